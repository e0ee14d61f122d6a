"""Numbers of tasks that are kept up to date, and when tasks changed their status."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_0425_counts"
down_revision = "2026_11_21_0420_imports"
branch_labels = None
depends_on = None

# Once for a statement, so that tasks which are alike in everything that is counted take one row however many they are.
COUNT_MADE = """
CREATE FUNCTION count_tasks_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_count_changes (project_id, created_by, assignee_ids, status, priority, due_date, n)
    SELECT project_id, created_by, assignee_ids, status, priority, due_date, count(*) FROM made
    WHERE deleted_at IS NULL GROUP BY project_id, created_by, assignee_ids, status, priority, due_date;
    RETURN NULL;
END $$
"""
ON_MAKING = """
CREATE TRIGGER tasks_counted_made AFTER INSERT ON tasks REFERENCING NEW TABLE AS made
FOR EACH STATEMENT EXECUTE FUNCTION count_tasks_made()
"""
COUNT_CHANGED = """
CREATE FUNCTION count_task_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_count_changes (project_id, created_by, assignee_ids, status, priority, due_date, n)
    SELECT OLD.project_id, OLD.created_by, OLD.assignee_ids, OLD.status, OLD.priority, OLD.due_date, -1
    WHERE OLD.deleted_at IS NULL
    UNION ALL
    SELECT NEW.project_id, NEW.created_by, NEW.assignee_ids, NEW.status, NEW.priority, NEW.due_date, 1
    WHERE TG_OP = 'UPDATE' AND NEW.deleted_at IS NULL;
    RETURN NULL;
END $$
"""
ON_CHANGE = """
CREATE TRIGGER tasks_counted_changed AFTER UPDATE ON tasks FOR EACH ROW
WHEN (OLD.status <> NEW.status OR OLD.priority <> NEW.priority OR OLD.due_date IS DISTINCT FROM NEW.due_date
    OR OLD.project_id IS DISTINCT FROM NEW.project_id OR OLD.assignee_ids <> NEW.assignee_ids
    OR OLD.created_by <> NEW.created_by OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL))
EXECUTE FUNCTION count_task_changed()
"""
ON_DELETION = """
CREATE TRIGGER tasks_counted_deleted AFTER DELETE ON tasks FOR EACH ROW WHEN (OLD.deleted_at IS NULL)
EXECUTE FUNCTION count_task_changed()
"""
NOTE_STATUS = """
CREATE FUNCTION note_status_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_status_changes (task_id, from_status, to_status) VALUES (NEW.id, OLD.status, NEW.status);
    RETURN NULL;
END $$
"""
ON_STATUS = """
CREATE TRIGGER tasks_status_noted AFTER UPDATE ON tasks FOR EACH ROW WHEN (OLD.status <> NEW.status)
EXECUTE FUNCTION note_status_change()
"""
# The triggers that are there now keep others from writing until all is counted.
COUNT_ALL = """
INSERT INTO task_counts (person_id, project_id, facet, value, n)
SELECT s.person_id, s.project_id, f.facet, f.value, count(*)
FROM tasks t
CROSS JOIN LATERAL (
    SELECT DISTINCT who, coalesce(t.project_id, 0) FROM unnest(t.assignee_ids || t.created_by) who
    UNION ALL SELECT 0, t.project_id WHERE t.project_id IS NOT NULL
    UNION ALL SELECT 0, 0
) AS s (person_id, project_id)
CROSS JOIN LATERAL (
    SELECT 'status'::count_facet, t.status::text
    UNION ALL SELECT 'priority', t.priority::text
    UNION ALL SELECT 'due', t.due_date::text WHERE t.status IN ('todo', 'in_progress') AND t.due_date IS NOT NULL
    UNION ALL SELECT 'created', t.created_by::text
    UNION ALL SELECT 'assigned', who::text FROM unnest(t.assignee_ids) who
) AS f (facet, value)
WHERE t.deleted_at IS NULL GROUP BY 1, 2, 3, 4
"""
STATUSES_SO_FAR = """
INSERT INTO task_status_changes (task_id, from_status, to_status, changed_at)
SELECT e.task_id, (e.data #>> '{changes,status,from}')::task_status, (e.data #>> '{changes,status,to}')::task_status,
    e.occurred_at
FROM events e JOIN tasks t ON t.id = e.task_id
WHERE e.type = 'task.updated' AND e.data #>> '{changes,status,from}' <> e.data #>> '{changes,status,to}'
ORDER BY e.id
"""


def upgrade() -> None:
    status = postgresql.ENUM(name="task_status", create_type=False)
    op.create_table(
        "task_counts",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "facet",
            sa.Enum("status", "priority", "due", "created", "assigned", name="count_facet"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("value", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "project_id", "facet", "value", name=op.f("pk_task_counts")),
        postgresql_with={"fillfactor": "50"},  # the summary is updated over and over: room for that on the same page
    )
    op.create_table(
        "task_count_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("assignee_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("priority", postgresql.ENUM(name="task_priority", create_type=False), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_count_changes")),
    )
    op.create_table(
        "task_status_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("from_status", status, nullable=False),
        sa.Column("to_status", status, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_task_status_changes_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_status_changes")),
    )
    op.create_index("ix_task_status_changes_task_id_id", "task_status_changes", ["task_id", "id"])
    op.create_index("ix_task_status_changes_changed_at", "task_status_changes", ["changed_at"])
    for statement in (COUNT_MADE, ON_MAKING, COUNT_CHANGED, ON_CHANGE, ON_DELETION, NOTE_STATUS, ON_STATUS):
        op.execute(statement)
    for statement in (COUNT_ALL, STATUSES_SO_FAR):
        op.execute(statement)


def downgrade() -> None:
    for trigger in ("counted_made", "counted_changed", "counted_deleted", "status_noted"):
        op.execute(f"DROP TRIGGER tasks_{trigger} ON tasks")
    for function in ("count_tasks_made", "count_task_changed", "note_status_change"):
        op.execute(f"DROP FUNCTION {function}")
    for table in ("task_status_changes", "task_count_changes", "task_counts"):
        op.drop_table(table)
    op.execute("DROP TYPE count_facet")
