"""Reminders: whom to remind of what and when, and what was sent."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_0345_reminders"
down_revision = "2026_11_21_0345_activity_weeks"
branch_labels = None
depends_on = None

# Whatever changes a task's due date, people or state has the reminders loop look at it, in the same transaction.
CHECK = """
CREATE FUNCTION check_reminders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reminder_checks (task_id, check_at) VALUES (NEW.id, 'epoch')
    ON CONFLICT (task_id) DO UPDATE SET check_at = excluded.check_at;
    RETURN NULL;
END $$
"""
ON_CHANGE = """
CREATE TRIGGER tasks_check_reminders AFTER INSERT OR UPDATE OF due_date, assignee_ids, status, deleted_at ON tasks
FOR EACH ROW WHEN (NEW.due_date IS NOT NULL) EXECUTE FUNCTION check_reminders()
"""
TASKS_THERE = "INSERT INTO reminder_checks (task_id, check_at) SELECT id, 'epoch' FROM tasks WHERE due_date IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "reminder_checks",
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_reminder_checks")),
    )
    op.create_index("ix_reminder_checks_check_at", "reminder_checks", ["check_at"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(lead_minutes, at) = 1", name=op.f("ck_reminders_one_time")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_reminders_task_id_tasks"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    op.create_index("ix_reminders_task_id_user_id", "reminders", ["task_id", "user_id", "id"], unique=False)
    op.create_table(
        "reminders_sent",
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_reminders_sent_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "recipient_id", "due_date", "kind", name=op.f("pk_reminders_sent")),
    )
    for statement in (CHECK, ON_CHANGE, TASKS_THERE):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER tasks_check_reminders ON tasks")
    op.execute("DROP FUNCTION check_reminders")
    op.drop_table("reminders_sent")
    op.drop_index("ix_reminders_task_id_user_id", table_name="reminders")
    op.drop_table("reminders")
    op.drop_index("ix_reminder_checks_check_at", table_name="reminder_checks")
    op.drop_table("reminder_checks")
