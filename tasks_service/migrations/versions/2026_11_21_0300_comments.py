"""Comments, and which task and project an event is about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_0300_comments"
down_revision = "2026_11_20_0001_initial"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reactions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("mentioned", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple', translate(body, '@./-_:#+&=%?~', '             '))", persisted=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_comments_task_id_tasks"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_task_id_id", "comments", ["task_id", "id"], unique=False)
    op.create_index("ix_comments_search", "comments", ["search"], unique=False, postgresql_using="gin")
    op.create_table(
        "former_comments",
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_former_comments_comment_id_comments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "version", name=op.f("pk_former_comments")),
    )
    op.add_column(
        "events",
        sa.Column("task_id", sa.BigInteger(), sa.Computed("(data #>> '{task,id}')::bigint", persisted=True)),
    )
    op.add_column(
        "events",
        sa.Column(
            "project_id",
            sa.BigInteger(),
            sa.Computed("coalesce(data #>> '{task,project_id}', data #>> '{project,id}')::bigint", persisted=True),
        ),
    )
    op.create_index("ix_events_task_id_id", "events", ["task_id", "id"], unique=False)
    op.create_index(
        "ix_events_project_id_id",
        "events",
        ["project_id", "id"],
        unique=False,
        postgresql_where=sa.text("project_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_events_project_id_id", table_name="events")
    op.drop_index("ix_events_task_id_id", table_name="events")
    op.drop_column("events", "project_id")
    op.drop_column("events", "task_id")
    op.drop_table("former_comments")
    op.drop_table("comments")
