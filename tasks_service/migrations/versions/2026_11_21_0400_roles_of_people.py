"""The role of people, as the users service says it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_0400_roles_of_people"
down_revision = "2026_11_21_0352_calendars"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("role", sa.Text(), server_default="user", nullable=False))


def downgrade() -> None:
    op.drop_column("people", "role")
