"""The SQL of the stream."""

from notifications_service.policies import visible

CHANNEL = "stream"  # says to the API processes that there are new rows
APPEND_LOCK = 0x73747265616D  # "stream"

# $1 task, $2 version, $3 event, $4 audience, $5 frame; then for each notification $6 recipient, $7 frame.
# The lock is taken before a cursor is and kept until the commit, so cursors become visible in their order.
APPEND = f"""
WITH locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock({APPEND_LOCK})
), newest AS (
    INSERT INTO task_heads (task_id, version) SELECT $1::bigint, $2::integer FROM locked
    ON CONFLICT (task_id) DO UPDATE SET version = excluded.version WHERE task_heads.version < excluded.version
    RETURNING task_id
), appended AS (
    INSERT INTO stream_events (event_id, kind, task_id, audience, frame)
    SELECT $3::uuid, 'task', newest.task_id, $4::bigint[], $5::text FROM newest
    UNION ALL
    SELECT NULL, 'notification', $1, ARRAY[told.recipient_id], told.frame
    FROM locked, unnest($6::bigint[], $7::text[]) AS told (recipient_id, frame)
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

STATE = f"SELECT stream_id, {_TAIL} AS tail FROM stream_state"
NEW = "SELECT cursor, kind, audience, frame FROM stream_events WHERE cursor > $1 ORDER BY cursor LIMIT $2"

# One snapshot: the stream's state, and beside it what the user may see. $1 after, $2 up to, $3 user, $4 admin, $5 rows.
READ = f"""
SELECT state.stream_id, state.purged_to, state.tail, event.cursor, event.frame
FROM (SELECT stream_id, purged_to, {_TAIL} AS tail FROM stream_state) state
LEFT JOIN LATERAL (
    SELECT e.cursor, e.frame FROM stream_events e
    WHERE e.cursor > $1 AND e.cursor <= $2 AND e.kind = 'task' AND {visible("$3", "$4")}
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
