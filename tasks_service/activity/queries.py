"""The SQL of the activity: the events of tasks, newest first."""

from tasks_service.policies import visible

COLUMNS = """e.id AS row_id, e.event_id AS id, replace(e.type, '.', '_') AS action, e.task_id, e.actor_id,
    e.version, coalesce(e.data ->> 'changes', '{}') AS changes, e.occurred_at"""

# $1 the row to begin before, $2 rows, $3 user, $4 whether that is an administrator
ALL = f"""
SELECT {COLUMNS} FROM events e
WHERE e.id < $1 AND EXISTS (
    SELECT FROM tasks t WHERE t.id = e.task_id AND t.deleted_at IS NULL AND {visible("$3", "$4")})
ORDER BY e.id DESC LIMIT $2
"""
OF_TASK = f"""
SELECT {COLUMNS} FROM events e WHERE e.id < $1 AND e.task_id = $3 ORDER BY e.id DESC LIMIT $2
"""
