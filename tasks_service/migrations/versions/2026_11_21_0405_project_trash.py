"""The tasks of big projects follow them into the trash and out of it bit by bit."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_0405_project_trash"
down_revision = "2026_11_21_0400_roles_of_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("tasks_follow", sa.DateTime(timezone=True), nullable=True))
    op.add_column("projects", sa.Column("tasks_moved_by", sa.BigInteger(), nullable=True))
    where = sa.text("tasks_follow IS NOT NULL")
    op.create_index("ix_projects_tasks_follow", "projects", ["id"], unique=False, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_projects_tasks_follow", table_name="projects")
    op.drop_column("projects", "tasks_moved_by")
    op.drop_column("projects", "tasks_follow")
