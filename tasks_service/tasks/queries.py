"""The SQL of tasks. Each write is one statement that changes the task and records the event, so both or neither."""

from functools import cache
from itertools import count
from typing import Any

from tasks_service.policies import AUDIENCE, WATCHERS, editable, visible

COLUMNS = """t.id, t.key, t.project_id, t.parent_id, t.title, t.description, t.status, t.status_id, t.priority,
    t.due_date, t.assignee_ids, t.assignee_ids[1] AS assigned_user, t.created_by, t.labels, t.estimate_minutes,
    t.custom_fields, t.position, t.recurrence, t.blocked_by,
    ROW(t.subtasks_total, t.subtasks_completed)::subtask_counts AS subtasks, t.client_id, t.completed_at, t.created_at,
    t.updated_at, t.version"""
# What tells one rendering of a task from another (`RenderedTasks`).
VERSION = "t.version, t.subtasks_total, t.subtasks_completed"
# What a client sets, in the order in which CREATE takes it.
FIELDS = (
    *("title", "description", "status", "priority", "due_date", "assignee_ids", "labels", "estimate_minutes"),
    *("project_id", "status_id", "custom_fields", "parent_id", "blocked_by", "recurrence"),
)


def recorded(change: str, event_type: str, first: int, *, many: bool = False, changes: str = "") -> str:
    """The statement that makes `change` and records its event. Its own parameters begin at `first`:
    event id, actor, changes, request id, traceparent. With `many`, the change is to any number of tasks, and there
    is no event id among them: each event gets its own. `changes` may be SQL on the changed `task t` instead."""
    given = (f"${number}" for number in count(first))
    event_id = "uuidv7()" if many else f"{next(given)}::uuid"
    actor = next(given)
    changes = changes or f"{next(given)}::json"
    request_id, traceparent = next(given), next(given)
    watchers = "" if event_type == "task.created" else f", 'watchers', {WATCHERS}"
    return f"""
    WITH task AS ({change}), event AS (
        INSERT INTO events
            (event_id, type, subject_id, version, actor_id, audience, data, request_id, traceparent, task_id,
                project_id)
        SELECT {event_id}, '{event_type}', t.id, t.version, {actor}::bigint, {AUDIENCE}, json_build_object(
                'task', (SELECT to_json(shown) FROM (SELECT {COLUMNS}) shown), 'changes', {changes}{watchers}),
            {request_id}::text, {traceparent}::text, t.id, t.project_id
        FROM task t
    )
    SELECT {COLUMNS} FROM task t"""


# $1 task, $2 user, $3 whether that is an administrator
GET = f"""
SELECT {COLUMNS} FROM tasks t WHERE t.id = $1 AND t.deleted_at IS NULL AND {visible("$2", "$3")}
"""
# The same tasks for who is going to write them, with what `policies` decides by: the caller's role in the project.
_CHANGEABLE = f"""
SELECT {COLUMNS}, m.role, coalesce(p.archived, false) AS project_archived, p.deleted_at IS NOT NULL AS project_trashed
FROM tasks t LEFT JOIN projects p ON p.id = t.project_id
LEFT JOIN project_members m ON m.project_id = t.project_id AND m.user_id = $2"""
_TO_CHANGE = f"{_CHANGEABLE} WHERE t.id = $1 AND {visible('$2', '$3')} AND t.deleted_at IS"
GET_TO_CHANGE = f"{_TO_CHANGE} NULL"
GET_TO_RESTORE = f"{_TO_CHANGE} NOT NULL"
# Many of them, in the order in which all who lock several do it.
_MANY_TO_CHANGE = f"{_CHANGEABLE} WHERE t.id = ANY($1::bigint[]) AND {visible('$2', '$3')} AND t.deleted_at IS"
LOCK_TO_CHANGE = f"{_MANY_TO_CHANGE} NULL ORDER BY t.id FOR UPDATE OF t"
LOCK_TO_RESTORE = f"{_MANY_TO_CHANGE} NOT NULL ORDER BY t.id FOR UPDATE OF t"
GET_MANY = f"SELECT {COLUMNS} FROM tasks t WHERE t.id = ANY($1::bigint[]) AND {visible('$2', '$3')}"

# Of one client_id of a user there is one task: $1 user, $2 client_id.
GET_BY_CLIENT_ID = f"""
SELECT {COLUMNS}, t.deleted_at IS NOT NULL AS is_trashed FROM tasks t WHERE t.created_by = $1 AND t.client_id = $2
"""
LOCK_CLIENT_ID = "SELECT pg_advisory_xact_lock(hashtextextended($1::bigint || ' ' || $2::uuid, 0))"


def insert(columns: tuple[str, ...], conflict: str = "") -> str:
    change = f"""
    INSERT INTO tasks AS t ({", ".join(columns)}, completed_at)
    VALUES ({", ".join(f"${number}" for number in range(1, len(columns) + 1))},
        CASE WHEN $3 = 'completed'::task_status THEN now() END)
    {conflict} RETURNING t.*"""
    return recorded(change, "task.created", len(columns) + 1)


CREATE = insert((*FIELDS, "position", "created_by", "client_id"))


# Said by who writes many tasks, in their transaction: subtasks are counted once for a statement then.
MANY = "SELECT set_config('taskwire.many', 'on', true)"


# Fields that no rule looks at, but for who may change the task; a status is one of them outside of projects.
PLAIN = frozenset({"title", "description", "status", "priority", "due_date", "labels", "estimate_minutes"})


# $1 task, $2 user, $3 whether that is an administrator, $4 the version it must have, then the values, actor, request
# id, traceparent.
@cache
def update_plainly(fields: tuple[str, ...]) -> str:
    """Changes these of the plain fields without the task having been read; nothing comes back where anything stands
    against it, or more has to be done. Only with a version is `old` right: of a row that somebody else has changed
    meanwhile, PostgreSQL returns there what it was before that."""
    values = {name: f"${number}" for number, name in enumerate(fields, 5)}
    changes = ", ".join(
        f"""CASE WHEN old.{name} IS DISTINCT FROM new.{name}
            THEN '"{name}":' || json_build_object('from', old.{name}, 'to', new.{name}) END"""
        for name in fields
    )
    ruled = "AND t.project_id IS NULL AND t.recurrence IS NULL" if "status" in fields else ""
    change = f"""
    UPDATE tasks AS t SET {_assignments(values)}
    WHERE t.id = $1 AND t.version = $4 AND t.deleted_at IS NULL {ruled}
        AND {editable("$2", "$3")}
    RETURNING new.*, '{{' || concat_ws(',', {changes}) || '}}' AS changes"""
    return recorded(change, "task.updated", 5 + len(fields), many=True, changes="t.changes::json")


# Changes: $1 task, $2 the version it must still have; nothing comes back when somebody else was first.
@cache
def update(fields: tuple[str, ...]) -> str:
    """Sets these fields, whose values begin at $3, and no others: a new status needs neither the words of the
    description for the search once more nor another copy of it."""
    values = {name: f"${number}" for number, name in enumerate(fields, 3)}
    change = f"""
    UPDATE tasks AS t SET {_assignments(values)}
    WHERE t.id = $1 AND t.version = $2 AND t.deleted_at IS NULL
    RETURNING t.*"""
    return recorded(change, "task.updated", 3 + len(fields))


def _assignments(values: dict[str, str]) -> str:
    """Sets these columns to these expressions, and what follows from any change and from a new status."""
    assignments = [f"{name} = {value}" for name, value in values.items()]
    if status := values.get("status"):
        done = f"{status} = 'completed'::task_status"
        assignments.append(f"completed_at = CASE WHEN {done} THEN coalesce(t.completed_at, now()) END")
    return ", ".join([*assignments, "version = t.version + 1", "updated_at = now()"])


# Many at once: the ids in $1, in whose rows nobody comes between.
@cache
def update_many(fields: tuple[str, ...]) -> str:
    """Gives all of the tasks the same values, which begin at $5; the changes of each, as JSON, stand in $2 and, where
    `fields` has one, its position in $3 and its key in another project in $4. Then actor, request id, traceparent."""
    numbered = enumerate((name for name in fields if name != "position"), 5)
    values = {name: f"${number}" for number, name in numbered}
    last = 5 + len(values)
    if "position" in fields:
        values["position"] = "wanted.position"
    if "project_id" in fields:
        values["key"] = "wanted.key"
    change = f"""
    UPDATE tasks AS t SET {_assignments(values)}
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS wanted (id, changes, position, key)
    WHERE t.id = wanted.id AND t.deleted_at IS NULL
    RETURNING t.*, wanted.changes"""
    return recorded(change, "task.updated", last, many=True, changes="t.changes::json")


# $1 rows as a JSON list, each with its own position; $2 creator
CREATE_MANY = recorded(
    f"""
    INSERT INTO tasks AS t ({", ".join(FIELDS)}, key, position, client_id, created_by, completed_at)
    SELECT {", ".join(f"given.{name}" for name in FIELDS)}, given.key, given.position, given.client_id, $2,
        CASE WHEN given.status = 'completed' THEN now() END
    FROM json_populate_recordset(NULL::tasks, $1::json) AS given ORDER BY given.position
    RETURNING t.*""",
    "task.created",
    3,
    many=True,
)


# Not of a task that has subtasks (any more): they go first.
DELETE = recorded(
    """
    UPDATE tasks AS t SET deleted_at = now(), updated_at = now(), version = t.version + 1
    WHERE t.id = $1 AND t.version = $2 AND t.deleted_at IS NULL AND t.subtasks_total = 0
    RETURNING t.*""",
    "task.deleted",
    3,
)

# What remains of the blockers of `tasks t` when those that are purged are left out.
REMAINING_BLOCKERS = """CASE WHEN t.blocked_by = '{}' THEN t.blocked_by
        ELSE ARRAY(SELECT b FROM unnest(t.blocked_by) WITH ORDINALITY AS one (b, place)
            WHERE EXISTS (SELECT FROM tasks there WHERE there.id = b) ORDER BY place) END"""
# The changes of a `task t` that also has its former_parent_id and former_blocked_by.
RELATIONS_CHANGED = """(SELECT coalesce(json_object_agg(name, json_build_object('from', was, 'to', became)), '{}')
            FROM (VALUES ('parent_id', to_json(t.former_parent_id), to_json(t.parent_id)),
                ('blocked_by', to_json(t.former_blocked_by), to_json(t.blocked_by))) AS relation (name, was, became)
            WHERE was::text IS DISTINCT FROM became::text)"""

# $1 project, $2 how many at most, $3 when the project went to the trash, by which those are known that come back.
TRASH_OF_PROJECT = recorded(
    """
    UPDATE tasks AS t SET deleted_at = $3, updated_at = now(), version = t.version + 1
    WHERE t.id IN (SELECT id FROM tasks WHERE project_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE)
    RETURNING t.*""",
    "task.deleted",
    4,
    many=True,
    changes="'{}'::json",
)
RESTORE_OF_PROJECT = recorded(
    f"""
    UPDATE tasks AS t SET deleted_at = NULL, updated_at = now(), version = t.version + 1,
        blocked_by = {REMAINING_BLOCKERS}, parent_id = (SELECT p.id FROM tasks p
            WHERE p.id = t.parent_id AND (p.deleted_at IS NULL OR p.deleted_at = $3))
    WHERE t.id IN (SELECT id FROM tasks WHERE project_id = $1 AND deleted_at = $3 ORDER BY id LIMIT $2 FOR UPDATE)
    RETURNING new.*, old.parent_id AS former_parent_id, old.blocked_by AS former_blocked_by""",
    "task.restored",
    4,
    many=True,
    changes=RELATIONS_CHANGED,
)
# Subtasks elsewhere of what is in the project $1, which is about to go to the trash, stay there without a parent.
LOOSEN_FROM_PROJECT = recorded(
    """
    UPDATE tasks AS t SET parent_id = NULL, updated_at = now(), version = t.version + 1
    WHERE t.id IN (SELECT c.id FROM tasks p JOIN tasks c ON c.parent_id = p.id
        WHERE p.project_id = $1 AND p.deleted_at IS NULL AND p.subtasks_total > 0
        AND c.deleted_at IS NULL AND c.project_id IS DISTINCT FROM $1 ORDER BY c.id FOR UPDATE OF c)
    RETURNING new.*, old.parent_id AS former_parent_id, old.blocked_by AS former_blocked_by""",
    "task.updated",
    2,
    many=True,
    changes=RELATIONS_CHANGED,
)

# The tasks $1 with what `include` can add to them, and what it is for a task that has none.
INCLUDES: dict[str, tuple[str, Any]] = {
    "comments_count": (
        "SELECT task_id AS id, count(*) AS value FROM comments WHERE task_id = ANY($1::bigint[]) GROUP BY task_id",
        0,
    ),
    "attachments_count": (
        "SELECT task_id AS id, count(*) AS value FROM attachments WHERE task_id = ANY($1::bigint[]) GROUP BY task_id",
        0,
    ),
    "blocking": (
        f"""
        SELECT one.id, array_agg(t.id ORDER BY t.id) AS value FROM unnest($1::bigint[]) AS one (id)
        JOIN tasks t ON t.blocked_by @> ARRAY[one.id] AND t.blocked_by <> '{{}}' AND t.deleted_at IS NULL
            AND {visible("$2", "$3")}
        GROUP BY one.id""",
        [],
    ),
    "spent_minutes": (
        """
        SELECT task_id AS id, round(sum(extract(epoch FROM coalesce(ended_at, now()) - started_at)) / 60)::bigint
            AS value
        FROM time_entries WHERE task_id = ANY($1::bigint[]) GROUP BY task_id""",
        0,
    ),
    "rollup": (
        """
        WITH RECURSIVE below AS (
            SELECT id, id AS root FROM tasks WHERE id = ANY($1::bigint[])
            UNION ALL
            SELECT t.id, below.root FROM below JOIN tasks t ON t.parent_id = below.id AND t.deleted_at IS NULL)
        SELECT below.root AS id, jsonb_build_object('total', count(*),
            'completed', count(*) FILTER (WHERE t.status = 'completed'),
            'estimate_minutes', coalesce(sum(t.estimate_minutes), 0)) AS value
        FROM below JOIN tasks t ON t.id = below.id WHERE below.id <> below.root GROUP BY below.root""",
        {"total": 0, "completed": 0, "estimate_minutes": 0},
    ),
}

# Those that are not the same for everybody: they also take $2 user and $3 whether that is an administrator.
PERSONAL = {"blocking"}

# Conditions on words, where {words} is a tsquery: in the task itself, in a comment on it, and the rank by both. What is
# found in the task comes before what only comments say.
IN_TASK = "t.search @@ {words}"
IN_COMMENT = "t.id = ANY(ARRAY(SELECT c.task_id FROM comments c WHERE c.search @@ {words}))"
RANK = """(CASE WHEN t.search @@ {words} THEN 1 + ts_rank(t.search, {words})
    ELSE (SELECT max(ts_rank(c.search, {words})) FROM comments c WHERE c.task_id = t.id AND c.search @@ {words})
    END)::float8"""

PERSON = "(SELECT id FROM people WHERE lower(username) = lower({username}) ORDER BY id LIMIT 1)"
PROJECT = "(SELECT id FROM projects WHERE key = upper({key}))"
COLUMNS_NAMED = "(SELECT id FROM project_statuses WHERE lower(name) = lower({name}))"
ZONE = "SELECT timezone FROM people WHERE id = $1"

LOCK = "SELECT FROM tasks WHERE id = $1 FOR UPDATE"
