"""Nobody looks events up by their subject."""

from alembic import op

revision = "2026_11_21_0705_event_subjects"
down_revision = "2026_11_21_0400_roles_of_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_events_subject_id_id", table_name="events")


def downgrade() -> None:
    op.create_index("ix_events_subject_id_id", "events", ["subject_id", "id"])
