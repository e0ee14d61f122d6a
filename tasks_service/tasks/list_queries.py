"""The SQL of lists: ways to find the rows of a page, see `pages`. All show the same columns in the same order."""

from tasks_service.policies import made_or_assigned
from tasks_service.tasks.queries import VERSION

# Which versions a page shows; `key` is what the page is sorted by.
LIST = f"""
SELECT t.id, {VERSION}, ({{key}})::text AS key FROM tasks t WHERE {{where}} ORDER BY {{order}} LIMIT {{limit}}
"""
# For who sees little of much: each way to see a task has its own page, and the first rows of these are the page. What
# there is besides costs nothing. OFFSET 0 keeps the planner from walking along the order instead, except where an index
# has the order of this part.
_PART = f"SELECT t.id, {VERSION}, {{key}} AS key FROM tasks t WHERE {{where}} AND"
_END = "ORDER BY key {direction}, id {direction} LIMIT {limit}"
_FENCED = f"SELECT * FROM ({_PART} {{part}} OFFSET 0) AS t {_END}"
_ORDERED = f"{_PART} {{part}} ORDER BY {{order}} LIMIT {{limit}}"


def list_by_part(is_ordered: bool) -> str:
    """The same columns as those of LIST. `is_ordered` says that the indexes of the parts have the order of the list."""
    made, assigned = made_or_assigned("$1")
    form = _ORDERED if is_ordered else _FENCED
    in_project = form.replace("{part}", "t.project_id = own.project_id")
    return f"""
SELECT id, version, subtasks_total, subtasks_completed, key::text AS key FROM (
    ({form.replace("{part}", made)}) UNION ({_FENCED.replace("{part}", assigned)})
    UNION (SELECT part.* FROM project_members own CROSS JOIN LATERAL ({in_project}) AS part WHERE own.user_id = $1)
) AS found ORDER BY found.key {{direction}}, found.id {{direction}} LIMIT {{limit}}
"""


LIST_BY_PART = {is_ordered: list_by_part(is_ordered) for is_ordered in (True, False)}
# Of each status and priority, which have an index in the order of the newest, the first rows; of these the page.
LIST_BY_KIND = f"""
SELECT found.id, found.version, found.subtasks_total, found.subtasks_completed, found.key::text AS key
FROM unnest({{statuses}}::task_status[], {{priorities}}::task_priority[]) AS kind (status, priority)
CROSS JOIN LATERAL (
    SELECT t.id, {VERSION}, {{key}} AS key FROM tasks t
    WHERE t.status = kind.status AND t.priority = kind.priority AND {{where}} ORDER BY {{order}} LIMIT {{limit}}
) AS found ORDER BY found.key {{direction}}, found.id {{direction}} LIMIT {{limit}}
"""
# All that match, and then their order.
LIST_COLLECTED = f"""
SELECT id, version, subtasks_total, subtasks_completed, key::text AS key
FROM (SELECT t.id, {VERSION}, {{key}} AS key FROM tasks t WHERE {{where}} OFFSET 0) AS t
ORDER BY t.key {{direction}}, t.id {{direction}} LIMIT {{limit}}
"""
# What is found among the next `window` tasks in the order.
LIST_NEARBY = f"""
SELECT t.id, {VERSION}, t.place::text AS key FROM (
    SELECT t.*, {{key}} AS place FROM tasks t WHERE t.deleted_at IS NULL AND {{begin}}
    ORDER BY {{order}} LIMIT {{window}}
) AS t WHERE {{where}} ORDER BY t.place {{direction}}, t.id {{direction}} LIMIT {{limit}}
"""
# What the planner knows: how many tasks there are, how many somebody sees ($1, in the projects $2), how many match.
TASKS = "SELECT reltuples FROM pg_class WHERE oid = 'tasks'::regclass"
PROJECTS_OF = "SELECT ARRAY(SELECT project_id FROM project_members WHERE user_id = $1)"
GUESS_SEEN = f"""
EXPLAIN (FORMAT JSON) SELECT FROM tasks t
WHERE t.deleted_at IS NULL AND ({" OR ".join(made_or_assigned("$1"))} OR t.project_id = ANY($2::bigint[]))
"""
GUESS_MATCHING = "EXPLAIN (FORMAT JSON) SELECT FROM tasks t WHERE {where}"

COUNT = "SELECT count(*) FROM tasks t WHERE {where}"
