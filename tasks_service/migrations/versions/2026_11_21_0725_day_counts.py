"""Numbers by day, times and loads are kept up to date as well."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_0725_day_counts"
down_revision = "2026_11_21_0715_cheaper_writes"
branch_labels = None
depends_on = None

FACETS_BEFORE = ("status", "priority", "due", "created", "assigned")
FACETS = (*FACETS_BEFORE, "made", "done", "flow", "lead", "cycle", "open", "late", "estimate")
ADDED: tuple[sa.Column[Any], ...] = (
    sa.Column("estimate_minutes", sa.Integer(), nullable=True),
    sa.Column("made_on", sa.Date(), nullable=False),
    sa.Column("completed_on", sa.Date(), nullable=True),
    sa.Column("lead", sa.BigInteger(), nullable=True),
    sa.Column("cycle", sa.BigInteger(), nullable=True),
    sa.Column("came", postgresql.ARRAY(sa.Text()), nullable=True),
    sa.Column("went", postgresql.ARRAY(sa.Text()), nullable=True),
)

# Seconds by their seven highest bits, so that a day has some hundred different ones at most.
ROUGH = """
CREATE FUNCTION rough_seconds(span interval) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (given.seconds >> given.bits) << given.bits FROM (
        SELECT seconds, greatest(length(to_bin(seconds)) - 7, 0) AS bits
        FROM (SELECT greatest(extract(epoch FROM span)::bigint, 0)) AS whole (seconds)
    ) AS given
$$
"""
BEGAN = """
CREATE FUNCTION work_began(task tasks) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN coalesce((SELECT c.from_status FROM task_status_changes c WHERE c.task_id = task.id
            ORDER BY c.id LIMIT 1), task.status) = 'in_progress' THEN task.created_at
        ELSE (SELECT min(c.changed_at) FROM task_status_changes c
            WHERE c.task_id = task.id AND c.to_status = 'in_progress') END
$$
"""
# On which days a task came to be counted under a status, and on which it went from there.
HISTORY = """
CREATE FUNCTION status_history(task tasks, OUT came text[], OUT went text[]) LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(value) FILTER (WHERE n > 0), '{}'), coalesce(array_agg(value) FILTER (WHERE n < 0), '{}')
    FROM (
        SELECT (at AT TIME ZONE 'UTC')::date || ' ' || status AS value, sum(n) AS n FROM (
            SELECT task.created_at, coalesce((SELECT c.from_status FROM task_status_changes c
                WHERE c.task_id = task.id ORDER BY c.id LIMIT 1), task.status), 1
            UNION ALL SELECT changed_at, from_status, -1 FROM task_status_changes WHERE task_id = task.id
            UNION ALL SELECT changed_at, to_status, 1 FROM task_status_changes WHERE task_id = task.id
        ) AS step (at, status, n) GROUP BY 1 HAVING sum(n) <> 0
    ) AS days
$$
"""
# A row for each task: to find those that are alike took longer than to write it, for the usual statement makes one.
COUNT_MADE = """
CREATE OR REPLACE FUNCTION count_tasks_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_count_changes (project_id, created_by, assignee_ids, status, priority, due_date,
        estimate_minutes, made_on, completed_on, lead, n)
    SELECT project_id, created_by, assignee_ids, status, priority, due_date, estimate_minutes,
        (created_at AT TIME ZONE 'UTC')::date, (completed_at AT TIME ZONE 'UTC')::date,
        rough_seconds(completed_at - created_at), 1
    FROM made WHERE deleted_at IS NULL;
    RETURN NULL;
END $$
"""
# What a task was before, and what it is now. Its days are looked up only when it comes or goes, or is somebody else's
# now; otherwise they stay, but for the change at hand, which is noted after this trigger (they fire by their names).
COUNT_CHANGED = """
CREATE OR REPLACE FUNCTION count_task_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    past record;
    came_now text[] := '{}';
    went_now text[] := '{}';
    began timestamptz;
BEGIN
    SELECT '{}'::text[] AS came, '{}'::text[] AS went INTO past;
    IF TG_OP = 'DELETE' OR (OLD.project_id, OLD.created_by, OLD.assignee_ids, OLD.deleted_at IS NULL)
            IS DISTINCT FROM (NEW.project_id, NEW.created_by, NEW.assignee_ids, NEW.deleted_at IS NULL) THEN
        past := status_history(OLD);
    END IF;
    IF OLD.status <> NEW.status THEN
        came_now := ARRAY[today || ' ' || NEW.status];
        went_now := ARRAY[today || ' ' || OLD.status];
    END IF;
    IF OLD.completed_at IS NOT NULL OR NEW.completed_at IS NOT NULL THEN
        began := work_began(OLD);
    END IF;
    INSERT INTO task_count_changes (project_id, created_by, assignee_ids, status, priority, due_date,
        estimate_minutes, made_on, completed_on, lead, cycle, came, went, n)
    SELECT OLD.project_id, OLD.created_by, OLD.assignee_ids, OLD.status, OLD.priority, OLD.due_date,
        OLD.estimate_minutes, (OLD.created_at AT TIME ZONE 'UTC')::date, (OLD.completed_at AT TIME ZONE 'UTC')::date,
        rough_seconds(OLD.completed_at - OLD.created_at), rough_seconds(OLD.completed_at - began), past.came, past.went,
        -1
    WHERE OLD.deleted_at IS NULL
    UNION ALL
    SELECT NEW.project_id, NEW.created_by, NEW.assignee_ids, NEW.status, NEW.priority, NEW.due_date,
        NEW.estimate_minutes, (NEW.created_at AT TIME ZONE 'UTC')::date, (NEW.completed_at AT TIME ZONE 'UTC')::date,
        rough_seconds(NEW.completed_at - NEW.created_at), rough_seconds(NEW.completed_at - began),
        past.came || came_now, past.went || went_now, 1
    WHERE TG_OP = 'UPDATE' AND NEW.deleted_at IS NULL;
    RETURN OLD;
END $$
"""
ON_CHANGE = """
CREATE TRIGGER tasks_counted_changed AFTER UPDATE ON tasks FOR EACH ROW
WHEN (OLD.status <> NEW.status OR OLD.priority <> NEW.priority OR OLD.due_date IS DISTINCT FROM NEW.due_date
    OR OLD.project_id IS DISTINCT FROM NEW.project_id OR OLD.assignee_ids <> NEW.assignee_ids
    OR OLD.created_by <> NEW.created_by OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
    OR OLD.estimate_minutes IS DISTINCT FROM NEW.estimate_minutes)
EXECUTE FUNCTION count_task_changed()
"""
# Before, since what is known of its days goes with the task.
ON_DELETION = """
CREATE TRIGGER tasks_counted_deleted BEFORE DELETE ON tasks FOR EACH ROW WHEN (OLD.deleted_at IS NULL)
EXECUTE FUNCTION count_task_changed()
"""
# The triggers that are there now keep others from writing until all is counted.
COUNT_ALL = """
INSERT INTO task_counts (person_id, project_id, facet, value, n)
SELECT s.person_id, s.project_id, f.facet, f.value, sum(f.weight)
FROM tasks t
LEFT JOIN LATERAL status_history(t) AS past ON EXISTS (SELECT FROM task_status_changes c WHERE c.task_id = t.id)
CROSS JOIN LATERAL (
    SELECT t.status IN ('todo', 'in_progress') AS is_open, (t.created_at AT TIME ZONE 'UTC')::date AS made_on,
        (t.completed_at AT TIME ZONE 'UTC')::date AS completed_on,
        rough_seconds(t.completed_at - t.created_at) AS lead,
        CASE WHEN t.completed_at IS NOT NULL THEN rough_seconds(t.completed_at - work_began(t)) END AS cycle
) AS more
CROSS JOIN LATERAL (
    SELECT DISTINCT who, coalesce(t.project_id, 0) FROM unnest(t.assignee_ids || t.created_by) who
    UNION ALL SELECT 0, t.project_id WHERE t.project_id IS NOT NULL
    UNION ALL SELECT 0, 0
) AS s (person_id, project_id)
CROSS JOIN LATERAL (
    SELECT 'status'::count_facet, t.status::text, 1
    UNION ALL SELECT 'priority', t.priority::text, 1
    UNION ALL SELECT 'due', t.due_date::text, 1 WHERE is_open AND t.due_date IS NOT NULL
    UNION ALL SELECT 'created', t.created_by::text, 1
    UNION ALL SELECT 'assigned', who::text, 1 FROM unnest(t.assignee_ids) who
    UNION ALL SELECT 'made', made_on::text, 1
    UNION ALL SELECT 'done', completed_on::text, 1 WHERE completed_on IS NOT NULL
    UNION ALL SELECT 'flow', unnest(coalesce(past.came, ARRAY[made_on || ' ' || t.status])), 1
    UNION ALL SELECT 'flow', unnest(past.went), -1
    UNION ALL SELECT 'lead', completed_on || ' ' || lead, 1 WHERE lead IS NOT NULL
    UNION ALL SELECT 'cycle', completed_on || ' ' || cycle, 1 WHERE cycle IS NOT NULL
    UNION ALL SELECT 'open', who::text, 1 FROM unnest(t.assignee_ids) who WHERE is_open
    UNION ALL SELECT 'late', t.due_date || ' ' || who, 1 FROM unnest(t.assignee_ids) who
        WHERE is_open AND t.due_date IS NOT NULL
    UNION ALL SELECT 'estimate', who::text, t.estimate_minutes FROM unnest(t.assignee_ids) who
        WHERE is_open AND t.estimate_minutes <> 0
) AS f (facet, value, weight)
WHERE t.deleted_at IS NULL GROUP BY 1, 2, 3, 4 HAVING sum(f.weight) <> 0
"""
MADE_BEFORE = """
CREATE OR REPLACE FUNCTION count_tasks_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_count_changes (project_id, created_by, assignee_ids, status, priority, due_date, n)
    SELECT project_id, created_by, assignee_ids, status, priority, due_date, count(*) FROM made
    WHERE deleted_at IS NULL GROUP BY project_id, created_by, assignee_ids, status, priority, due_date;
    RETURN NULL;
END $$
"""
CHANGED_BEFORE = """
CREATE OR REPLACE FUNCTION count_task_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_count_changes (project_id, created_by, assignee_ids, status, priority, due_date, n)
    SELECT OLD.project_id, OLD.created_by, OLD.assignee_ids, OLD.status, OLD.priority, OLD.due_date, -1
    WHERE OLD.deleted_at IS NULL
    UNION ALL
    SELECT NEW.project_id, NEW.created_by, NEW.assignee_ids, NEW.status, NEW.priority, NEW.due_date, 1
    WHERE TG_OP = 'UPDATE' AND NEW.deleted_at IS NULL;
    RETURN NULL;
END $$
"""
ON_CHANGE_BEFORE = ON_CHANGE.replace("\n    OR OLD.estimate_minutes IS DISTINCT FROM NEW.estimate_minutes", "")
ON_DELETION_BEFORE = ON_DELETION.replace("BEFORE DELETE", "AFTER DELETE")


def set_facets(names: tuple[str, ...]) -> None:
    """A value that is added to a type cannot be used in the same transaction; one of a new type can."""
    op.execute("ALTER TYPE count_facet RENAME TO former_count_facet")
    op.execute(f"CREATE TYPE count_facet AS ENUM ({', '.join(map(repr, names))})")
    op.execute("ALTER TABLE task_counts ALTER COLUMN facet TYPE count_facet USING facet::text::count_facet")
    op.execute("DROP TYPE former_count_facet")


def set_triggers(*statements: str) -> None:
    op.execute("DROP TRIGGER tasks_counted_changed ON tasks")
    op.execute("DROP TRIGGER tasks_counted_deleted ON tasks")
    for statement in statements:
        op.execute(statement)


def upgrade() -> None:
    set_triggers(ROUGH, BEGAN, HISTORY, COUNT_MADE, COUNT_CHANGED, ON_CHANGE, ON_DELETION)
    op.execute("TRUNCATE task_counts, task_count_changes")
    set_facets(FACETS)
    for column in ADDED:
        op.add_column("task_count_changes", column)
    op.execute(COUNT_ALL)


def downgrade() -> None:
    set_triggers(MADE_BEFORE, CHANGED_BEFORE, ON_CHANGE_BEFORE, ON_DELETION_BEFORE)
    for function in ("status_history(tasks)", "work_began(tasks)", "rough_seconds(interval)"):
        op.execute(f"DROP FUNCTION {function}")
    for column in reversed(ADDED):
        op.drop_column("task_count_changes", column.name)
    op.execute("DELETE FROM task_counts WHERE facet > 'assigned'")
    set_facets(FACETS_BEFORE)
