"""The SQL of the stream."""

from notifications_service.policies import visible

CHANNEL = "stream"  # says to the API processes that there are new rows
APPEND_LOCK = 0x73747265616D  # "stream"

# $1 kind, $2 task, $3 version, $4 event, $5 audience, $6 head, $7 task as JSON, $8 tail, $9 topics, $10 project, $11
# who has a part in the task; then for each notification $12 recipient, $13 frame.
# The lock is taken before a cursor is and kept until the commit, so cursors become visible in their order. All events
# go through this one statement, because those of one text run together at the end of a transaction.
# What hangs on a task may come after a newer version of it: then it shows that one, to who may see that one too, so
# that nobody sees a task go back or hears of it after they lost it.
APPEND = f"""
WITH locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock({APPEND_LOCK})
), newest AS (
    INSERT INTO task_heads (task_id, version, project_id, people)
    SELECT $2::bigint, $3::integer, $10::bigint, $11::bigint[] FROM locked WHERE $1::text = 'task'
    ON CONFLICT (task_id) DO UPDATE
    SET version = excluded.version, project_id = excluded.project_id, people = excluded.people
    WHERE task_heads.version < excluded.version
    RETURNING task_id
), newer AS (
    SELECT shown.audience, (shown.frame::json -> 'task')::text AS task FROM locked
    JOIN task_heads head ON head.task_id = $2 AND head.version > $3
    CROSS JOIN LATERAL (
        SELECT s.audience, s.frame FROM stream_events s WHERE s.task_id = $2 AND s.kind = 'task'
        ORDER BY s.cursor DESC LIMIT 1
    ) shown
    WHERE $1 = 'hanging'
), appended AS (
    INSERT INTO stream_events (event_id, kind, task_id, project_id, topics, audience, frame)
    SELECT $4::uuid, $1, $2, $10, $9::text[],
        CASE WHEN newer.task IS NULL THEN $5::bigint[]
        ELSE ARRAY(SELECT unnest($5) INTERSECT SELECT unnest(newer.audience)) END,
        $6::text || coalesce(newer.task, $7::text, '') || $8::text
    FROM locked LEFT JOIN newest ON true LEFT JOIN newer ON true
    WHERE $1 <> 'task' OR newest.task_id IS NOT NULL
    UNION ALL
    SELECT NULL, 'notification', $2, $10, '{{}}', ARRAY[told.recipient_id], told.frame
    FROM locked, unnest($12::bigint[], $13::text[]) AS told (recipient_id, frame)
    RETURNING cursor
)
SELECT pg_notify('{CHANNEL}', '') WHERE EXISTS (SELECT FROM appended)
"""

# For each notification: $1 task, $2 recipient, $3 frame.
APPEND_NOTIFICATIONS = f"""
WITH locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock({APPEND_LOCK})
), appended AS (
    INSERT INTO stream_events (event_id, kind, task_id, audience, frame)
    SELECT NULL, 'notification', told.task_id, ARRAY[told.recipient_id], told.frame
    FROM locked, unnest($1::bigint[], $2::bigint[], $3::text[]) AS told (task_id, recipient_id, frame)
    RETURNING cursor
)
SELECT pg_notify('{CHANNEL}', '') WHERE EXISTS (SELECT FROM appended)
"""

_TAIL = "greatest(purged_to, (SELECT max(cursor) FROM stream_events))"

IDENTITY = "SELECT stream_id FROM stream_state"
STATE = f"SELECT stream_id, {_TAIL} AS tail FROM stream_state"
NEW = """
SELECT cursor, kind, audience, task_id, project_id, topics, frame FROM stream_events
WHERE cursor > $1 ORDER BY cursor LIMIT $2
"""


def read(task: bool = False, project: bool = False, topics: bool = False) -> str:
    """One snapshot: the stream's state, and beside it what the user may see. $1 after, $2 up to, $3 user, $4 admin,
    $5 rows, then what is filtered by: $6 task, $7 project, $8 topics."""
    filters = [
        "AND e.task_id = $6" if task else "AND $6::bigint IS NULL",
        "AND e.project_id = $7" if project else "AND $7::bigint IS NULL",
        "AND e.topics && $8" if topics else "AND cardinality($8::text[]) = 0",
    ]
    return f"""
    SELECT state.stream_id, state.purged_to, state.tail, event.*
    FROM (SELECT stream_id, purged_to, {_TAIL} AS tail FROM stream_state) state
    LEFT JOIN LATERAL (
        SELECT e.cursor, e.frame, e.task_id, e.project_id, e.topics FROM stream_events e
        WHERE e.cursor > $1 AND e.cursor <= $2 AND e.kind <> 'notification' AND {visible("$3", "$4")}
        {" ".join(filters)}
        ORDER BY e.cursor LIMIT $5
    ) event ON true
    ORDER BY event.cursor
    """


PURGE = """
WITH expired AS (
    SELECT max(cursor) AS cursor FROM (SELECT cursor, stored_at FROM stream_events ORDER BY cursor LIMIT 5000) oldest
    WHERE stored_at < now() - make_interval(days => $1)
), gone AS (
    DELETE FROM stream_events USING expired WHERE stream_events.cursor <= expired.cursor
)
UPDATE stream_state SET purged_to = expired.cursor FROM expired WHERE expired.cursor IS NOT NULL
"""
