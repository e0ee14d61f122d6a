"""Triggers on tasks look at the columns that a statement sets before they look at a condition.

PostgreSQL reads the text of a trigger's condition anew for each statement, also where nothing that it asks about was
written; the list of columns costs nothing. What is asked of every change of those stands in the functions.
"""

from importlib import import_module

from alembic import op

revision = "2026_11_21_1015_cheaper_triggers"
down_revision = "2026_11_21_0747_cheaper_counting"
branch_labels = None
depends_on = None

COUNTED = ("status", "priority", "due_date", "project_id", "assignee_ids", "created_by", "estimate_minutes")
DIFFERS = " OR ".join(
    [
        *(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in COUNTED),
        "(OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)",
    ]
)
BELOW = "NEW.parent_id IS NOT NULL AND NEW.deleted_at IS NULL"
COME_BELOW = f"{BELOW} AND (OLD.parent_id IS DISTINCT FROM NEW.parent_id OR OLD.deleted_at IS NOT NULL)"
IS_MANY = "current_setting('taskwire.many', true) IS NOT DISTINCT FROM 'on'"
DEFERRED = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
COUNT_SUBTASKS = """
CREATE OR REPLACE FUNCTION count_subtasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {first}UPDATE tasks t SET subtasks_total = subtasks_total + change.total,
        subtasks_completed = subtasks_completed + change.completed
    FROM (
        SELECT parent.id, sum(sign)::integer AS total,
            sum(CASE WHEN parent.done THEN sign ELSE 0 END)::integer AS completed
        FROM (
            SELECT OLD.parent_id, OLD.status = 'completed', -1 WHERE TG_OP <> 'INSERT' AND OLD.deleted_at IS NULL
            UNION ALL
            SELECT NEW.parent_id, NEW.status = 'completed', 1 WHERE TG_OP <> 'DELETE' AND NEW.deleted_at IS NULL
        ) AS parent (id, done, sign)
        WHERE parent.id IS NOT NULL GROUP BY parent.id ORDER BY parent.id
    ) AS change
    WHERE t.id = change.id AND (change.total <> 0 OR change.completed <> 0);
    RETURN NULL;
END $$
"""
UNLESS_MANY = f"""IF {IS_MANY} THEN
        RETURN NULL;
    END IF;
    """
CHECK_REMINDERS = """
CREATE OR REPLACE FUNCTION check_reminders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {first}INSERT INTO reminder_checks (task_id, check_at) VALUES (NEW.id, 'epoch')
    ON CONFLICT (task_id) DO UPDATE SET check_at = excluded.check_at;
    RETURN NULL;
END $$
"""
OF_A_NEW_TASK = """IF TG_OP = 'INSERT' THEN
        INSERT INTO reminder_checks (task_id, check_at) VALUES (NEW.id, 'epoch');
        RETURN NULL;
    END IF;
    """


def set_trigger(name: str, when: str, function: str, condition: str = "", each: str = "FOR EACH ROW") -> None:
    constraint = "CONSTRAINT " if each == DEFERRED else ""
    asked = f"WHEN ({condition}) " if condition else ""
    op.execute(f"DROP TRIGGER {name} ON tasks")
    op.execute(f"CREATE {constraint}TRIGGER {name} AFTER {when} ON tasks {each} {asked}EXECUTE FUNCTION {function}()")


def upgrade() -> None:
    counted = ", ".join((*COUNTED, "deleted_at"))
    op.execute(count_changed(f"IF TG_OP = 'UPDATE' AND NOT ({DIFFERS}) THEN\n        RETURN NULL;\n    END IF;\n    "))
    op.execute(COUNT_SUBTASKS.format(first=UNLESS_MANY))
    op.execute(CHECK_REMINDERS.format(first=OF_A_NEW_TASK))
    set_trigger("tasks_counted_changed", f"UPDATE OF {counted}", "count_task_changed")
    set_trigger("tasks_status_noted", "UPDATE OF status", "note_status_change", "OLD.status <> NEW.status")
    set_trigger(
        "tasks_departed",
        "UPDATE OF assignee_ids, project_id",
        "tasks_departed",
        "OLD.assignee_ids <> NEW.assignee_ids OR OLD.project_id IS DISTINCT FROM NEW.project_id",
    )
    set_trigger("tasks_made_below", "INSERT", "require_parent", "NEW.parent_id IS NOT NULL", DEFERRED)
    set_trigger("tasks_changed_below", "UPDATE OF parent_id, deleted_at", "require_parent", COME_BELOW, DEFERRED)
    set_trigger("count_subtasks_insert", "INSERT", "count_subtasks", "NEW.parent_id IS NOT NULL")
    set_trigger("count_subtasks_delete", "DELETE", "count_subtasks", "OLD.parent_id IS NOT NULL")
    set_trigger(
        "count_subtasks_update",
        "UPDATE OF parent_id, status, deleted_at",
        "count_subtasks",
        "OLD.parent_id IS NOT NULL OR NEW.parent_id IS NOT NULL",
    )


def downgrade() -> None:
    versions = "tasks_service.migrations.versions"
    import_module(f"{versions}.2026_11_21_0705_counting_many").count_rows(f" AND NOT ({IS_MANY})")
    op.execute(COUNT_SUBTASKS.format(first=""))
    op.execute(CHECK_REMINDERS.format(first=""))
    op.execute(count_changed(""))
    set_trigger("tasks_counted_changed", "UPDATE", "count_task_changed", DIFFERS)
    set_trigger("tasks_status_noted", "UPDATE", "note_status_change", "OLD.status <> NEW.status")
    set_trigger(
        "tasks_departed",
        "UPDATE",
        "tasks_departed",
        "OLD.assignee_ids <> NEW.assignee_ids OR OLD.project_id IS DISTINCT FROM NEW.project_id",
    )
    set_trigger("tasks_made_below", "INSERT", "require_parent", BELOW, DEFERRED)
    set_trigger("tasks_changed_below", "UPDATE", "require_parent", COME_BELOW, DEFERRED)


def count_changed(first: str) -> str:
    before = import_module("tasks_service.migrations.versions.2026_11_21_0747_cheaper_counting")
    return str(before.COUNT_CHANGED.replace("\nBEGIN\n    ", f"\nBEGIN\n    {first}", 1))
