"""What is there has no parent in the trash; a task that changes its project keeps a key that its statement drew."""

from alembic import op

revision = "2026_11_21_0615_parents"
down_revision = "2026_11_21_0448_reports"
branch_labels = None
depends_on = None

# At the commit, when the parent's row is locked already by the counting of its subtasks: so of a parent that goes to
# the trash and a subtask that is made at the same moment one sees the other. What went to the trash in the same moment
# as its parent comes back in the same moment, or in the next batch of its project.
REQUIRE_PARENT = """
CREATE FUNCTION require_parent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM tasks t WHERE t.id = NEW.id AND t.parent_id = NEW.parent_id AND t.deleted_at IS NULL)
        AND NOT EXISTS (SELECT FROM tasks p WHERE p.id = NEW.parent_id AND (p.deleted_at IS NULL
            OR TG_OP = 'UPDATE' AND p.deleted_at = OLD.deleted_at AND OLD.parent_id = NEW.parent_id))
    THEN
        RAISE EXCEPTION 'the parent of task % is in the trash', NEW.id USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = {
    "made": ("INSERT", "NEW.parent_id IS NOT NULL AND NEW.deleted_at IS NULL"),
    "changed": (
        "UPDATE",
        "NEW.parent_id IS NOT NULL AND NEW.deleted_at IS NULL"
        " AND (OLD.parent_id IS DISTINCT FROM NEW.parent_id OR OLD.deleted_at IS NOT NULL)",
    ),
}

KEEP_IN_PROJECT = """
CREATE OR REPLACE FUNCTION keep_tasks_in_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.key IS NOT NULL {drawn} THEN
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
DRAWN = "OR TG_OP = 'UPDATE' AND NEW.project_id IS NOT NULL AND NEW.key <> coalesce(OLD.key, '')"


def upgrade() -> None:
    op.execute(KEEP_IN_PROJECT.format(drawn=DRAWN))
    op.execute(REQUIRE_PARENT)
    for name, (event, condition) in TRIGGERS.items():
        op.execute(
            f"CREATE CONSTRAINT TRIGGER tasks_{name}_below AFTER {event} ON tasks DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION require_parent()"
        )


def downgrade() -> None:
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER tasks_{name}_below ON tasks")
    op.execute("DROP FUNCTION require_parent()")
    op.execute(KEEP_IN_PROJECT.format(drawn=""))
