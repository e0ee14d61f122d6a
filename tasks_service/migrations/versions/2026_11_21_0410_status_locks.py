"""A status that a task is given stays locked until that is committed; keys that a statement drew itself are kept."""

from alembic import op

revision = "2026_11_21_0410_status_locks"
down_revision = "2026_11_21_0409_labels_and_time"
branch_labels = None
depends_on = None

AFTER = """
CREATE OR REPLACE FUNCTION keep_tasks_in_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.key IS NOT NULL THEN
        NULL;
    ELSIF TG_OP = 'INSERT' OR NEW.project_id IS DISTINCT FROM OLD.project_id THEN
        IF NEW.project_id IS NULL THEN
            NEW.key := NULL;
        ELSE
            UPDATE projects SET last_number = last_number + 1 WHERE id = NEW.project_id AND deleted_at IS NULL
            RETURNING key || '-' || last_number INTO NEW.key;
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
        END IF;
    END IF;
    IF NEW.project_id IS NULL THEN
        NEW.status_id := NULL;
        RETURN NEW;
    END IF;
    PERFORM FROM project_statuses s
    WHERE s.id = NEW.status_id AND s.project_id = NEW.project_id AND s.category = NEW.status FOR KEY SHARE;
    IF NOT FOUND THEN
        NEW.status_id := NULL;
        SELECT s.id INTO NEW.status_id FROM project_statuses s
        WHERE s.project_id = NEW.project_id AND s.category = NEW.status ORDER BY s.position, s.id LIMIT 1 FOR KEY SHARE;
    END IF;
    RETURN NEW;
END $$
"""
BEFORE = """
CREATE OR REPLACE FUNCTION keep_tasks_in_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.project_id IS DISTINCT FROM OLD.project_id THEN
        IF NEW.project_id IS NULL THEN
            NEW.key := NULL;
        ELSE
            UPDATE projects SET last_number = last_number + 1 WHERE id = NEW.project_id AND deleted_at IS NULL
            RETURNING key || '-' || last_number INTO NEW.key;
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
        END IF;
    END IF;
    IF NEW.project_id IS NULL THEN
        NEW.status_id := NULL;
    ELSIF NOT EXISTS (SELECT FROM project_statuses s
            WHERE s.id = NEW.status_id AND s.project_id = NEW.project_id AND s.category = NEW.status) THEN
        NEW.status_id := (SELECT s.id FROM project_statuses s
            WHERE s.project_id = NEW.project_id AND s.category = NEW.status ORDER BY s.position, s.id LIMIT 1);
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute(AFTER)


def downgrade() -> None:
    op.execute(BEFORE)
