"""The SQL of reports that the worker makes."""

COLUMNS = """r.id, r.kind, r.format, r.filter, r.status,
    jsonb_build_object('done', r.done, 'total', r.total) AS progress, r.size, r.error, r.schedule_id, r.created_at,
    r.finished_at"""

# Taken by whoever asks for one of a person's reports, so that they cannot ask for too many at once.
LOCK_OWNER = "SELECT pg_advisory_xact_lock(hashtextextended('reports of ' || $1::bigint, 0))"
WAITING = "SELECT count(*) FROM reports WHERE owner_id = $1 AND status IN ('queued', 'running')"
CREATE = f"""
INSERT INTO reports AS r (owner_id, as_admin, kind, format, filter, schedule_id, status)
VALUES ($1, $2, $3, $4, $5, $6, 'queued') RETURNING {COLUMNS}
"""
# One's own: $1 report, $2 caller
GET = f"SELECT {COLUMNS} FROM reports r WHERE r.id = $1 AND r.owner_id = $2"
LIST = f"SELECT {COLUMNS} FROM reports r WHERE r.owner_id = $1 AND r.id < $2 ORDER BY r.id DESC LIMIT $3"
COUNT = "SELECT count(*) FROM reports WHERE owner_id = $1"
CANCEL = f"""
UPDATE reports AS r SET status = 'cancelled', finished_at = now()
WHERE id = $1 AND owner_id = $2 AND status IN ('queued', 'running') RETURNING {COLUMNS}
"""
DELETE = "DELETE FROM reports WHERE id = $1 AND owner_id = $2"
PART = "SELECT content FROM report_parts WHERE report_id = $1 AND number = $2"

# The next one: new, or left behind by a worker that died. `attempt` tells a worker that it was given up.
CLAIM = """
UPDATE reports SET status = 'running', attempt = attempt + 1, done = 0, total = 0, beat_at = now() WHERE id = (
    SELECT id FROM reports
    WHERE status = 'queued' OR (status = 'running' AND beat_at < now() - make_interval(secs => $1))
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, attempt, owner_id, as_admin, kind, format, filter
"""
OWNER = "SELECT username, role FROM people WHERE id = $1 AND is_active"
ADVANCE = """
UPDATE reports SET done = $3::int, total = greatest($4::int, $3::int), beat_at = now()
WHERE id = $1 AND attempt = $2 AND status = 'running'
"""
KEEP = "INSERT INTO report_parts (report_id, number, content) VALUES ($1, $2, $3)"
END = """
UPDATE reports SET status = $3, error = $4, size = $5, done = greatest(done, $6::int), total = greatest(total, $6::int),
    finished_at = now()
WHERE id = $1 AND attempt = $2 AND status = 'running'
"""
PURGE = """
DELETE FROM reports WHERE id IN (
    SELECT id FROM reports WHERE finished_at < now() - make_interval(days => $1) ORDER BY id LIMIT 20)
"""

# Some tasks at a time, with the names that a reader knows: {after} and {limit} are parameters.
TASKS = """
SELECT t.id, t.key, t.title, t.description, t.status::text, t.priority::text, t.due_date,
    ARRAY(SELECT p.username FROM unnest(t.assignee_ids) WITH ORDINALITY AS a (id, place)
        JOIN people p ON p.id = a.id ORDER BY a.place) AS assignees,
    (SELECT p.username FROM people p WHERE p.id = t.created_by) AS created_by, t.labels,
    (SELECT p.key FROM projects p WHERE p.id = t.project_id) AS project, t.parent_id, t.estimate_minutes,
    (SELECT round(sum(extract(epoch FROM coalesce(e.ended_at, now()) - e.started_at)) / 60)::bigint
        FROM time_entries e WHERE e.task_id = t.id) AS spent_minutes,
    t.created_at, t.updated_at, t.completed_at
FROM tasks t WHERE {where} AND t.id > {after} ORDER BY t.id LIMIT {limit}
"""
