"""What a changed task costs to be counted: its history and its times are looked at only where they matter."""

from importlib import import_module

from alembic import op

revision = "2026_11_21_0747_cheaper_counting"
down_revision = "2026_11_21_0742_status_changes"
branch_labels = None
depends_on = None

# Its days are looked up only when it comes or goes, or is somebody else's now; otherwise they stay, but for the change
# at hand, which is noted after this trigger (they fire by their names).
COUNT_CHANGED = """
CREATE OR REPLACE FUNCTION count_task_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made date := (OLD.created_at AT TIME ZONE 'UTC')::date;
    today date;
    came text[] := '{}';
    went text[] := '{}';
    came_now text[];
    went_now text[];
    moves boolean := TG_OP = 'DELETE' OR (OLD.project_id, OLD.created_by, OLD.assignee_ids, OLD.deleted_at IS NULL)
        IS DISTINCT FROM (NEW.project_id, NEW.created_by, NEW.assignee_ids, NEW.deleted_at IS NULL);
    began timestamptz;
    was_done date;
    is_done date;
    lead_before bigint;
    lead_now bigint;
    cycle_before bigint;
    cycle_now bigint;
BEGIN
    IF moves AND EXISTS (SELECT FROM task_status_changes c WHERE c.task_id = OLD.id) THEN
        SELECT h.came, h.went INTO came, went FROM status_history(OLD) h;
    ELSIF moves THEN
        came := ARRAY[made || ' ' || OLD.status];
    END IF;
    came_now := came;
    went_now := went;
    IF OLD.status <> NEW.status THEN
        today := (now() AT TIME ZONE 'UTC')::date;
        came_now := came || (today || ' ' || NEW.status);
        went_now := went || (today || ' ' || OLD.status);
    END IF;
    IF OLD.completed_at IS NOT NULL OR NEW.completed_at IS NOT NULL THEN
        began := work_began(OLD);
        was_done := (OLD.completed_at AT TIME ZONE 'UTC')::date;
        lead_before := rough_seconds(OLD.completed_at - OLD.created_at);
        cycle_before := rough_seconds(OLD.completed_at - began);
        is_done := (NEW.completed_at AT TIME ZONE 'UTC')::date;
        lead_now := rough_seconds(NEW.completed_at - NEW.created_at);
        cycle_now := rough_seconds(NEW.completed_at - began);
    END IF;
    IF OLD.deleted_at IS NULL THEN
        INSERT INTO task_count_changes (project_id, created_by, assignee_ids, status, priority, due_date,
            estimate_minutes, made_on, completed_on, lead, cycle, came, went, n)
        VALUES (OLD.project_id, OLD.created_by, OLD.assignee_ids, OLD.status, OLD.priority, OLD.due_date,
            OLD.estimate_minutes, made, was_done, lead_before, cycle_before, came, went, -1);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.deleted_at IS NULL THEN
        INSERT INTO task_count_changes (project_id, created_by, assignee_ids, status, priority, due_date,
            estimate_minutes, made_on, completed_on, lead, cycle, came, went, n)
        VALUES (NEW.project_id, NEW.created_by, NEW.assignee_ids, NEW.status, NEW.priority, NEW.due_date,
            NEW.estimate_minutes, made, is_done, lead_now, cycle_now, came_now, went_now, 1);
    END IF;
    RETURN OLD;
END $$
"""


def upgrade() -> None:
    op.execute(COUNT_CHANGED)


def downgrade() -> None:
    before = import_module("tasks_service.migrations.versions.2026_11_21_0725_day_counts")
    op.execute(before.COUNT_CHANGED)
