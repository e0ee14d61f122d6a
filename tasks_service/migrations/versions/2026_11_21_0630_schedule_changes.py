"""Schedules of reports can be changed and paused."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_0630_schedule_changes"
down_revision = "2026_11_21_0615_parents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_schedules", sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(
        "report_schedules",
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("report_schedules", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))


def downgrade() -> None:
    for column in ("version", "updated_at", "paused"):
        op.drop_column("report_schedules", column)
