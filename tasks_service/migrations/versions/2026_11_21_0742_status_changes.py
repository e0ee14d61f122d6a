"""Noting a new status does not look for its task, which is the one being written; nobody asks for a day's changes."""

from alembic import op

revision = "2026_11_21_0742_status_changes"
down_revision = "2026_11_21_0725_day_counts"
branch_labels = None
depends_on = None

FOREIGN_KEY = "fk_task_status_changes_task_id_tasks"
FORGET = """
CREATE FUNCTION forget_status_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM task_status_changes WHERE task_id = OLD.id;
    RETURN NULL;
END $$
"""
ON_DELETION = """
CREATE TRIGGER tasks_status_forgotten AFTER DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION forget_status_changes()
"""


def upgrade() -> None:
    op.drop_constraint(FOREIGN_KEY, "task_status_changes", type_="foreignkey")
    op.drop_index("ix_task_status_changes_changed_at", table_name="task_status_changes")
    op.execute(FORGET)
    op.execute(ON_DELETION)


def downgrade() -> None:
    op.execute("DROP TRIGGER tasks_status_forgotten ON tasks")
    op.execute("DROP FUNCTION forget_status_changes")
    op.create_index("ix_task_status_changes_changed_at", "task_status_changes", ["changed_at"])
    op.create_foreign_key(FOREIGN_KEY, "task_status_changes", "tasks", ["task_id"], ["id"], ondelete="CASCADE")
