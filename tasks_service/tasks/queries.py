"""The SQL of tasks. Each write is one statement that changes the task and records the event, so both or neither."""

from functools import cache

from tasks_service.policies import AUDIENCE, visible

COLUMNS = """t.id, t.project_id, t.parent_id, t.title, t.description, t.status, t.priority, t.due_date, t.assignee_ids,
    t.assignee_ids[1] AS assigned_user, t.created_by, t.labels, t.estimate_minutes, t.position, t.completed_at,
    t.created_at, t.updated_at, t.version"""


def _recorded(change: str, event_type: str, first: int) -> str:
    """The statement that makes `change` and records its event. Its own parameters begin at `first`:
    event id, actor, changes, request id, traceparent."""
    event_id, actor, changes, request_id, traceparent = (f"${first + i}" for i in range(5))
    return f"""
    WITH task AS ({change}), event AS (
        INSERT INTO events
            (event_id, type, subject_id, version, actor_id, audience, data, request_id, traceparent)
        SELECT {event_id}::uuid, '{event_type}', t.id, t.version, {actor}::bigint, {AUDIENCE}, json_build_object(
                'task', (SELECT to_json(shown) FROM (SELECT {COLUMNS}) shown), 'changes', {changes}::json),
            {request_id}::text, {traceparent}::text
        FROM task t
    )
    SELECT {COLUMNS} FROM task t"""


# $1 task, $2 user, $3 whether that is an administrator
GET = f"""
SELECT {COLUMNS} FROM tasks t WHERE t.id = $1 AND t.deleted_at IS NULL AND {visible("$2", "$3")}
"""
GET_TRASHED = f"""
SELECT {COLUMNS} FROM tasks t WHERE t.id = $1 AND t.deleted_at IS NOT NULL AND {visible("$2", "$3")}
"""
GET_MANY = f"SELECT {COLUMNS} FROM tasks t WHERE t.id = ANY($1::bigint[]) AND {visible('$2', '$3')}"

CREATE = _recorded(
    """
    INSERT INTO tasks AS t (title, description, status, priority, due_date, assignee_ids, labels, estimate_minutes,
        position, created_by, completed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CASE WHEN $3 = 'completed'::task_status THEN now() END)
    RETURNING t.*""",
    "task.created",
    11,
)


# Changes: $1 task, $2 the version it must still have; nothing comes back when somebody else was first.
@cache
def update(fields: tuple[str, ...]) -> str:
    """Sets these fields, whose values begin at $3, and no others: a new status needs neither the words of the
    description for the search once more nor another copy of it."""
    values = {name: f"${number}" for number, name in enumerate(fields, 3)}
    assignments = [f"{name} = {value}" for name, value in values.items()]
    if status := values.get("status"):
        done = f"{status} = 'completed'::task_status"
        assignments.append(f"completed_at = CASE WHEN {done} THEN coalesce(t.completed_at, now()) END")
    change = f"""
    UPDATE tasks AS t SET {", ".join([*assignments, "version = t.version + 1", "updated_at = now()"])}
    WHERE t.id = $1 AND t.version = $2 AND t.deleted_at IS NULL
    RETURNING t.*"""
    return _recorded(change, "task.updated", 3 + len(fields))


DELETE = _recorded(
    """
    UPDATE tasks AS t SET deleted_at = now(), updated_at = now(), version = t.version + 1
    WHERE t.id = $1 AND t.version = $2 AND t.deleted_at IS NULL
    RETURNING t.*""",
    "task.deleted",
    3,
)
RESTORE = _recorded(
    """
    UPDATE tasks AS t SET deleted_at = NULL, updated_at = now(), version = t.version + 1
    WHERE t.id = $1 AND t.version = $2 AND t.deleted_at IS NOT NULL
    RETURNING t.*""",
    "task.restored",
    3,
)

# Which versions a page shows; `key` is what the page is sorted by. As the limit is a parameter, PostgreSQL plans for
# the caller at hand: along the sort's index for who sees much, from the caller's own tasks for who sees little.
LIST = "SELECT t.id, t.version, ({key})::text AS key FROM tasks t WHERE {where} ORDER BY {order} LIMIT {limit}"
COUNT = "SELECT count(*) FROM tasks t WHERE {where}"

PERSON = "(SELECT id FROM people WHERE lower(username) = lower({username}) ORDER BY id LIMIT 1)"
ZONE = "SELECT timezone FROM people WHERE id = $1"

LOCK = "SELECT FROM tasks WHERE id = $1 FOR UPDATE"

STATS = """
SELECT t.status, t.priority, count(*) AS total,
    count(*) FILTER (WHERE {open} AND t.due_date < current_date) AS overdue,
    count(*) FILTER (WHERE {open} AND t.due_date BETWEEN current_date AND (now() + {soon})::date) AS due_soon
FROM tasks t WHERE {where} GROUP BY t.status, t.priority
"""

PURGE_TRASH = """
DELETE FROM tasks WHERE id IN (
    SELECT id FROM tasks WHERE deleted_at < now() - make_interval(days => $1) LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""
