"""The SQL of the dashboard: somebody's own open tasks, soonest first."""

from tasks_service.policies import made_or_assigned
from tasks_service.tasks.queries import VERSION

# How many open tasks are somebody's own ($1), and how many there are: roughly, as far as they are folded.
SIZES = """
SELECT coalesce(sum(n) FILTER (WHERE person_id <> 0), 0)::bigint AS own,
    coalesce(sum(n) FILTER (WHERE person_id = 0), 0)::bigint AS all
FROM task_counts WHERE (person_id = $1 OR (person_id = 0 AND project_id = 0))
    AND facet = 'status' AND value IN ('todo', 'in_progress')
"""

# $1 the person, $2 and $3 the first and the last day, $4 rows; -infinity and infinity take in what has no due date. The
# columns are those of a list.
_KEY = "coalesce(t.due_date, 'infinity'::date)"
_COLUMNS = f"t.id, {VERSION}, {_KEY} AS key"
_OPEN = f"""t.deleted_at IS NULL AND t.status IN ('todo', 'in_progress')
        AND {_KEY} BETWEEN $2::date AND $3::date"""
_MADE, _ASSIGNED = made_or_assigned("$1")
_END = "ORDER BY key, id LIMIT $4"

# Along the open tasks, over $5 of them at most.
WALK = f"""
SELECT t.id, {VERSION}, t.key::text AS key FROM (
    SELECT {_COLUMNS}, t.created_by, t.assignee_ids FROM tasks t WHERE {_OPEN} ORDER BY {_KEY}, t.id LIMIT $5
) AS t WHERE {_MADE} OR {_ASSIGNED} ORDER BY t.key, t.id LIMIT $4
"""
# From all that is theirs; OFFSET 0 keeps the planner from walking instead.
COLLECT = f"""
SELECT id, version, subtasks_total, subtasks_completed, key::text AS key FROM (
    (SELECT * FROM (SELECT {_COLUMNS} FROM tasks t WHERE {_OPEN} AND {_MADE} OFFSET 0) AS made {_END})
    UNION
    (SELECT * FROM (SELECT {_COLUMNS} FROM tasks t WHERE {_OPEN} AND {_ASSIGNED} OFFSET 0) AS assigned {_END})
) AS found {_END}
"""
