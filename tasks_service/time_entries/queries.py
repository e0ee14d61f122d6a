"""The SQL of time entries."""

from tasks_service.policies import editable, visible

COLUMNS = """e.id, e.task_id, e.user_id, e.started_at, e.ended_at,
    round(extract(epoch FROM e.ended_at - e.started_at) / 60)::integer AS minutes, e.note, e.created_at, e.updated_at,
    e.version"""

# An entry is seen by whoever made it and by those who see its task: $1 entry, $2 user, $3 administrator.
SEEN = f"""(e.user_id = $2 OR EXISTS (
    SELECT FROM tasks t WHERE t.id = e.task_id AND t.deleted_at IS NULL AND {visible("$2", "$3")}))"""
GET = f"SELECT {COLUMNS} FROM time_entries e WHERE e.id = $1 AND ($3 OR {SEEN})"

# Held until the end of the transaction by whoever writes a person's entries, so that no two overlap.
LOCK_PERSON = "SELECT pg_advisory_xact_lock(hashtextextended('time of ' || $1::bigint, 0))"
# Whether the person ($1) has another entry than $2 between $3 and $4 (NULL: it is still running).
OVERLAPS = """
SELECT EXISTS (SELECT FROM time_entries WHERE user_id = $1 AND id <> $2
    AND ($4::timestamptz IS NULL OR started_at < $4) AND coalesce(ended_at, 'infinity') > $3::timestamptz)
"""
# $1 task, $2 user, $3 administrator, $4 beginning (NULL: now), $5 end, $6 note
CREATE = f"""
INSERT INTO time_entries AS e (task_id, user_id, started_at, ended_at, note)
SELECT t.id, $2, coalesce($4::timestamptz, clock_timestamp()), $5::timestamptz, $6 FROM tasks t
WHERE t.id = $1 AND t.deleted_at IS NULL AND {editable("$2", "$3")}
RETURNING {COLUMNS}
"""
# $1 entry, $2 version, $3 beginning, $4 end, $5 note
UPDATE = f"""
UPDATE time_entries AS e SET started_at = $3, ended_at = $4, note = $5, updated_at = now(), version = e.version + 1
WHERE e.id = $1 AND e.version = $2 RETURNING {COLUMNS}
"""
STOP = f"""
UPDATE time_entries AS e SET ended_at = clock_timestamp(), updated_at = now(), version = e.version + 1
WHERE {{which}} AND e.ended_at IS NULL RETURNING {COLUMNS}
"""
STOP_ONE = STOP.format(which="e.id = $1")
STOP_RUNNING = STOP.format(which="e.user_id = $1")
DELETE = "DELETE FROM time_entries WHERE id = $1 AND version = $2"

LIST = f"""
SELECT {COLUMNS}, e.started_at::text AS key FROM time_entries e LEFT JOIN tasks t ON t.id = e.task_id
WHERE {{where}} ORDER BY e.started_at DESC, e.id DESC LIMIT {{limit}}
"""
COUNT = "SELECT count(*) FROM time_entries e LEFT JOIN tasks t ON t.id = e.task_id WHERE {where}"
# By task, user or project; who is working now is counted up to now.
TOTALS = """
SELECT {key} AS key, count(*) AS entries,
    round(sum(extract(epoch FROM coalesce(e.ended_at, now()) - e.started_at)) / 60)::bigint AS minutes
FROM time_entries e LEFT JOIN tasks t ON t.id = e.task_id WHERE {where} GROUP BY 1 ORDER BY 1 LIMIT {limit}
"""
