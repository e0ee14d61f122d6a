"""The SQL of the dashboard: somebody's own open tasks, soonest first."""

from tasks_service.policies import made_or_assigned
from tasks_service.tasks.queries import VERSION

# $1 the person, $2 the days, among which `infinity` is no due date, $3 rows. The columns are those of a list.
_KEY = "coalesce(t.due_date, 'infinity'::date)"
_OPEN = f"{_KEY} = ANY($2::date[]) AND t.status IN ('todo', 'in_progress') AND t.deleted_at IS NULL"
_MADE, _ASSIGNED = made_or_assigned("$1")

# Along these days in an index that holds all that is looked at, passing over what is not theirs. CASE hides from the
# planner how little that may be.
WALK = f"""
SELECT t.id, {VERSION}, {_KEY}::text AS key FROM tasks t
WHERE {_OPEN} AND CASE WHEN {_MADE} OR {_ASSIGNED} THEN true ELSE false END ORDER BY {_KEY}, t.id LIMIT $3
"""
# From all that is theirs. OFFSET 0 keeps the planner from walking.
COLLECT = f"""
SELECT id, version, subtasks_total, subtasks_completed, key::text AS key FROM (
    (SELECT t.id, {VERSION}, {_KEY} AS key FROM tasks t WHERE {_OPEN} AND {_MADE} OFFSET 0)
    UNION (SELECT t.id, {VERSION}, {_KEY} AS key FROM tasks t WHERE {_OPEN} AND {_ASSIGNED} OFFSET 0)
) AS t ORDER BY t.key, t.id LIMIT $3
"""
