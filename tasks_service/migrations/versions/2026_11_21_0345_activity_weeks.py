"""What happened in a project, by week."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_0345_activity_weeks"
down_revision = "2026_11_21_0336_task_structure"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_weeks",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_activity_weeks_project_id_projects"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "week", "type", name=op.f("pk_activity_weeks")),
    )


def downgrade() -> None:
    op.drop_table("activity_weeks")
