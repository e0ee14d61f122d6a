"""The orders of most lists hold what the row-level rule and the commonest filters look at."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_0640_covering_lists"
down_revision = "2026_11_21_0630_schedule_changes"
branch_labels = None
depends_on = None

LIVE = sa.text("deleted_at IS NULL")
SEEN_BY = ["created_by", "assignee_ids", "project_id", "version", "subtasks_total", "subtasks_completed"]
LOOKED_AT = [*SEEN_BY, "status", "priority", "due_date"]
ORDERS = {
    "created_at_id": sa.text("created_at"),
    "due_first": sa.text("coalesce(due_date, 'infinity'::date)"),
    "due_last": sa.text("coalesce(due_date, '-infinity'::date)"),
}
KINDS = "ix_tasks_status_priority_created_at_id"
KIND = ["status", "priority", "created_at", "id"]


def upgrade() -> None:
    _make_anew(LOOKED_AT, [*SEEN_BY, "due_date"])


def downgrade() -> None:
    _make_anew([], SEEN_BY)


def _make_anew(looked_at: list[str], of_a_kind: list[str]) -> None:
    for name, order in ORDERS.items():
        op.drop_index(f"ix_tasks_{name}", table_name="tasks")
        op.create_index(f"ix_tasks_{name}", "tasks", [order, "id"], postgresql_include=looked_at, postgresql_where=LIVE)
    op.drop_index(KINDS, table_name="tasks")
    op.create_index(KINDS, "tasks", KIND, postgresql_include=of_a_kind, postgresql_where=LIVE)
