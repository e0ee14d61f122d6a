"""The SQL of the activity: the events of tasks, of what hangs on them, and of projects, newest first."""

from tasks_service.policies import visible

LIST = """
SELECT e.id AS row_id, e.event_id AS id, replace(e.type, '.', '_') AS action, e.subject_id, e.task_id, e.project_id,
    coalesce(e.data -> 'task' ->> 'title', e.data -> 'project' ->> 'name') AS title, e.actor_id, e.version,
    e.data ->> 'changes' AS changes, e.data ->> 'member' AS member,
    e.data -> 'attachment' ->> 'filename' AS filename, e.occurred_at
FROM events e WHERE {where} ORDER BY e.id DESC LIMIT {limit}
"""
COUNT = "SELECT count(*) FROM events e WHERE {where}"
# A reminder is between us and one person.
OPEN_TO_ALL = "e.type NOT IN ('task.due_soon', 'task.overdue')"

# What the caller may see now: events of tasks that are not in the trash, and of projects. Walking the events from the
# newest serves who sees much; who sees few tasks is served from those.
# For a page each event is looked up by itself, for a count all at once by a hash, which is read whole first.
ONE_BY_ONE, ALL_AT_ONCE = "(SELECT true FROM", "EXISTS (SELECT FROM"
SEEN_TASK = "(SELECT true FROM tasks t WHERE t.id = e.task_id AND t.deleted_at IS NULL AND {visible})"
SEEN_PROJECT = """(SELECT true FROM projects p
    WHERE p.id = e.project_id AND p.deleted_at IS NULL AND ({admin}::boolean OR EXISTS (
        SELECT FROM project_members own WHERE own.project_id = p.id AND own.user_id = {user}::bigint)))"""
FEW_TASKS = f"SELECT t.id FROM tasks t WHERE t.deleted_at IS NULL AND {visible('$1', '$2')} LIMIT $3"
THEIR_PROJECTS = """
SELECT p.id FROM projects p JOIN project_members own ON own.project_id = p.id
WHERE own.user_id = $1 AND p.deleted_at IS NULL
"""

# Events that are old enough leave, counted by project, week and type on the way, so that no week is counted twice or
# not at all. $1 days, $2 rows
PURGE = """
WITH gone AS (
    DELETE FROM events WHERE id IN (
        SELECT id FROM (SELECT id, published_at FROM events ORDER BY id LIMIT $2) AS oldest
        WHERE published_at < now() - make_interval(days => $1))
    RETURNING project_id, type, occurred_at
), counted AS (
    INSERT INTO activity_weeks AS w (project_id, week, type, count)
    SELECT gone.project_id, date_trunc('week', occurred_at)::date, type, count(*)
    FROM gone JOIN projects p ON p.id = gone.project_id GROUP BY 1, 2, 3
    ON CONFLICT (project_id, week, type) DO UPDATE SET count = w.count + excluded.count
)
SELECT count(*) FROM gone
"""
# $1 project, $2 the week to begin before, $3 weeks
WEEKS = """
WITH counted AS (
    SELECT week, type, count FROM activity_weeks WHERE project_id = $1 AND week < $2::date
    UNION ALL
    SELECT date_trunc('week', occurred_at)::date, type, count(*) FROM events
    WHERE project_id = $1 AND occurred_at < $2::date GROUP BY 1, 2
), summed AS (SELECT week, type, sum(count)::bigint AS count FROM counted GROUP BY week, type)
SELECT week, sum(count)::bigint AS total, jsonb_object_agg(replace(type, '.', '_'), count) AS actions
FROM summed GROUP BY week ORDER BY week DESC LIMIT $3
"""
COUNT_WEEKS = """
SELECT count(*) FROM (
    SELECT week FROM activity_weeks WHERE project_id = $1
    UNION SELECT date_trunc('week', occurred_at)::date FROM events WHERE project_id = $1)
"""
