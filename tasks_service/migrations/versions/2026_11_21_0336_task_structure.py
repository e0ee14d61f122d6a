"""Tasks have subtasks that are counted, blockers and a rule by which they recur."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_0336_task_structure"
down_revision = "2026_11_21_0335_views"
branch_labels = None
depends_on = None

# For each row, and only for those that have a parent: a statement that touches none costs nothing. Two parents are
# counted in the order of their ids, so that two moves in opposite directions do not wait for each other.
COUNT_SUBTASKS = """
CREATE FUNCTION count_subtasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tasks t SET subtasks_total = subtasks_total + change.total,
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


def upgrade() -> None:
    op.add_column(
        "tasks", sa.Column("blocked_by", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False)
    )
    op.add_column("tasks", sa.Column("recurrence", sa.Text(), nullable=True))
    op.add_column("tasks", sa.Column("recurrence_of", sa.BigInteger(), nullable=True))
    op.add_column("tasks", sa.Column("subtasks_total", sa.Integer(), server_default="0", nullable=False))
    op.add_column("tasks", sa.Column("subtasks_completed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("tasks", sa.Column("trashed_with", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_tasks_blocked_by",
        "tasks",
        ["blocked_by"],
        postgresql_using="gin",
        postgresql_where=sa.text("blocked_by <> '{}'"),
    )
    op.create_index(
        "uq_tasks_recurrence_of",
        "tasks",
        ["recurrence_of"],
        unique=True,
        postgresql_where=sa.text("recurrence_of IS NOT NULL"),
    )
    op.execute("CREATE TYPE subtask_counts AS (total integer, completed integer)")
    op.execute(COUNT_SUBTASKS)
    for event, row, changed in (
        ("INSERT", "NEW.parent_id IS NOT NULL", ""),
        ("DELETE", "OLD.parent_id IS NOT NULL", ""),
        (
            "UPDATE",
            "(OLD.parent_id IS NOT NULL OR NEW.parent_id IS NOT NULL)",
            " AND (OLD.parent_id, OLD.status, OLD.deleted_at IS NULL)"
            " IS DISTINCT FROM (NEW.parent_id, NEW.status, NEW.deleted_at IS NULL)",
        ),
    ):
        op.execute(
            f"CREATE TRIGGER count_subtasks_{event.lower()} AFTER {event} ON tasks FOR EACH ROW"
            f" WHEN ({row}{changed}) EXECUTE FUNCTION count_subtasks()"
        )


def downgrade() -> None:
    for event in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER count_subtasks_{event} ON tasks")
    op.execute("DROP FUNCTION count_subtasks()")
    op.execute("DROP TYPE subtask_counts")
    op.drop_index("uq_tasks_recurrence_of", table_name="tasks")
    op.drop_index("ix_tasks_blocked_by", table_name="tasks")
    for column in ("trashed_with", "subtasks_completed", "subtasks_total", "recurrence_of", "recurrence", "blocked_by"):
        op.drop_column("tasks", column)
