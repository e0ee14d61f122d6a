"""What each person wants to be told, and what not."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_0305_preferences"
down_revision = "2026_11_20_0001_initial"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("matrix", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("digest_hour", sa.SmallInteger(), nullable=False),
        sa.Column("quiet_from", sa.Text(), nullable=True),
        sa.Column("quiet_to", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "mutes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(task_id, project_id) = 1", name=op.f("ck_mutes_one_thing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutes")),
        sa.UniqueConstraint("user_id", "project_id", name=op.f("uq_mutes_user_id_project_id")),
        sa.UniqueConstraint("user_id", "task_id", name=op.f("uq_mutes_user_id_task_id")),
    )
    op.create_index("ix_mutes_user_id_id", "mutes", ["user_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_mutes_user_id_id", table_name="mutes")
    op.drop_table("mutes")
    op.drop_table("preferences")
