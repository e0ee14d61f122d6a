"""Indexes in the order of lists within what somebody sees, and statistics for the conditions on due dates."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_0413_list_indexes"
down_revision = "2026_11_21_0410_status_locks"
branch_labels = None
depends_on = None

LIVE = sa.text("deleted_at IS NULL")
IN_PROJECT = sa.text("project_id IS NOT NULL")
COVERING = "ix_tasks_status_priority_created_at_id"
COVERED = ["status", "priority", "created_at", "id"]
INCLUDED = ["created_by", "assignee_ids", "version"]
# PostgreSQL keeps no statistics of the expressions of a partial index.
EDGES = {"first": "infinity", "last": "-infinity"}


def upgrade() -> None:
    op.drop_index("ix_tasks_created_by_id", table_name="tasks")
    op.drop_index("ix_tasks_project_id", table_name="tasks")
    op.drop_index(COVERING, table_name="tasks")
    op.create_index(
        "ix_tasks_created_by_created_at_id", "tasks", ["created_by", "created_at", "id"], postgresql_where=LIVE
    )
    op.create_index(
        "ix_tasks_project_id_created_at_id", "tasks", ["project_id", "created_at", "id"], postgresql_where=IN_PROJECT
    )
    included = [*INCLUDED, "project_id", "subtasks_total", "subtasks_completed"]
    op.create_index(COVERING, "tasks", COVERED, postgresql_include=included, postgresql_where=LIVE)
    op.create_index(
        "ix_tasks_custom_fields",
        "tasks",
        ["custom_fields"],
        postgresql_using="gin",
        postgresql_ops={"custom_fields": "jsonb_path_ops"},
        postgresql_where=sa.text("custom_fields <> '{}'"),
    )
    for name, edge in EDGES.items():
        op.execute(f"CREATE STATISTICS tasks_due_{name} ON (coalesce(due_date, '{edge}'::date)) FROM tasks")


def downgrade() -> None:
    for name in EDGES:
        op.execute(f"DROP STATISTICS tasks_due_{name}")
    for name in ("custom_fields", "project_id_created_at_id", "created_by_created_at_id"):
        op.drop_index(f"ix_tasks_{name}", table_name="tasks")
    op.drop_index(COVERING, table_name="tasks")
    op.create_index(COVERING, "tasks", COVERED, postgresql_include=INCLUDED, postgresql_where=LIVE)
    op.create_index("ix_tasks_created_by_id", "tasks", ["created_by", "id"], postgresql_where=LIVE)
    op.create_index("ix_tasks_project_id", "tasks", ["project_id"], postgresql_where=IN_PROJECT)
