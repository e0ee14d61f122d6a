"""Subtasks of many tasks are counted once for a statement."""

from alembic import op

revision = "2026_11_21_0705_counting_many"
down_revision = "2026_11_21_0640_covering_lists"
branch_labels = None
depends_on = None

# Row by row a parent is written as often as it has subtasks, and each time passes over all its former versions. Once
# for a statement would be dearer for the one task of most requests, so who writes many says so.
MANY = "current_setting('taskwire.many', true) IS NOT DISTINCT FROM 'on'"

COUNT = """
CREATE FUNCTION count_subtasks_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tasks t SET subtasks_total = subtasks_total + change.total,
        subtasks_completed = subtasks_completed + change.completed
    FROM (
        SELECT child.parent_id, sum(sign)::integer AS total,
            sum(CASE WHEN child.status = 'completed' THEN sign ELSE 0 END)::integer AS completed
        FROM ({children}) AS child
        WHERE child.parent_id IS NOT NULL AND child.deleted_at IS NULL GROUP BY child.parent_id ORDER BY child.parent_id
    ) AS change
    WHERE t.id = change.parent_id AND (change.total <> 0 OR change.completed <> 0);
    RETURN NULL;
END $$
"""
BEFORE = "SELECT parent_id, status, deleted_at, -1 AS sign FROM before"
AFTER = "SELECT parent_id, status, deleted_at, 1 AS sign FROM after"
STATEMENTS = {
    "made": ("INSERT", "NEW TABLE AS after", AFTER),
    "changed": ("UPDATE", "OLD TABLE AS before NEW TABLE AS after", f"{BEFORE} UNION ALL {AFTER}"),
    "ended": ("DELETE", "OLD TABLE AS before", BEFORE),
}
ROWS = {
    "INSERT": "NEW.parent_id IS NOT NULL",
    "DELETE": "OLD.parent_id IS NOT NULL",
    "UPDATE": "(OLD.parent_id IS NOT NULL OR NEW.parent_id IS NOT NULL)"
    " AND (OLD.parent_id, OLD.status, OLD.deleted_at IS NULL)"
    " IS DISTINCT FROM (NEW.parent_id, NEW.status, NEW.deleted_at IS NULL)",
}


def count_rows(more: str = "") -> None:
    for event, condition in ROWS.items():
        op.execute(
            f"CREATE OR REPLACE TRIGGER count_subtasks_{event.lower()} AFTER {event} ON tasks FOR EACH ROW"
            f" WHEN ({condition}{more}) EXECUTE FUNCTION count_subtasks()"
        )


def upgrade() -> None:
    count_rows(f" AND NOT ({MANY})")
    for name, (event, tables, children) in STATEMENTS.items():
        op.execute(COUNT.format(name=name, children=children))
        op.execute(
            f"CREATE TRIGGER count_subtasks_{name} AFTER {event} ON tasks REFERENCING {tables} FOR EACH STATEMENT"
            f" WHEN (pg_trigger_depth() = 0 AND {MANY}) EXECUTE FUNCTION count_subtasks_{name}()"
        )


def downgrade() -> None:
    for name in STATEMENTS:
        op.execute(f"DROP TRIGGER count_subtasks_{name} ON tasks")
        op.execute(f"DROP FUNCTION count_subtasks_{name}()")
    count_rows()
