"""Reports that the worker makes, their files, and those that are made again and again."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_0448_reports"
down_revision = "2026_11_21_0425_counts"
branch_labels = None
depends_on = None


def _wanted() -> list[sa.Column[Any]]:
    """What is asked for, by whom."""
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("as_admin", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "reports",
        *_wanted(),
        sa.Column("schedule_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
            for name in ("attempt", "total", "done")
        ),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_owner_id_id", "reports", ["owner_id", "id"])
    op.create_index("ix_reports_open", "reports", ["id"], postgresql_where=sa.text("status IN ('queued', 'running')"))
    op.create_table(
        "report_parts",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_parts_report_id_reports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_report_parts")),
    )
    op.create_table(
        "report_schedules",
        *_wanted(),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
    )
    op.create_index(op.f("ix_report_schedules_owner_id"), "report_schedules", ["owner_id"])
    op.create_index(op.f("ix_report_schedules_next_at"), "report_schedules", ["next_at"])


def downgrade() -> None:
    for table in ("report_schedules", "report_parts", "reports"):
        op.drop_table(table)
