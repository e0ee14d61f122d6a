"""The SQL of imports."""

SHOWN = """i.id, i.status, i.format, i.source, i.filename, i.atomic,
    jsonb_build_object('done', i.done, 'total', i.total) AS progress, i.created, i.updated, i.error_count,
    i.created_at, i.finished_at"""

OPEN = """
INSERT INTO imports (owner_id, format, source, filename, atomic, project_id, status)
VALUES ($1, $2, $3, $4, $5, $6, 'receiving') RETURNING id
"""
KEEP = "INSERT INTO import_parts (import_id, number, content) VALUES ($1, $2, $3)"
QUEUE = f"UPDATE imports AS i SET status = 'queued' WHERE id = $1 RETURNING {SHOWN}"
FORGET = "DELETE FROM imports WHERE id = $1"

# $1 import, $2 caller, $3 whether that is an administrator
GET = f"SELECT {SHOWN}, i.ignored_columns FROM imports i WHERE i.id = $1 AND (i.owner_id = $2 OR $3)"
LIST = f"""
SELECT {SHOWN} FROM imports i WHERE i.owner_id = $1 AND i.status <> 'receiving' AND i.id < $2
ORDER BY i.id DESC LIMIT $3
"""
COUNT = "SELECT count(*) FROM imports WHERE owner_id = $1 AND status <> 'receiving'"
ERRORS = """
SELECT e.id, e.row, e.pointer, e.message FROM import_errors e WHERE e.import_id = $1 AND e.id > $2
ORDER BY e.id LIMIT $3
"""
CANCEL = f"""
UPDATE imports AS i SET status = 'cancelled', finished_at = now()
WHERE id = $1 AND status IN ('receiving', 'queued', 'running') RETURNING {SHOWN}
"""

# The next one: new, or left behind by a worker that died. `attempt` tells a worker that it was given up.
CLAIM = """
UPDATE imports SET status = 'running', attempt = attempt + 1, beat_at = now() WHERE id = (
    SELECT id FROM imports
    WHERE status = 'queued' OR (status = 'running' AND beat_at < now() - make_interval(secs => $1))
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, attempt, owner_id, format, source, atomic, project_id, done, total
"""
OWNER = "SELECT username, role FROM people WHERE id = $1 AND is_active"
PART = "SELECT content FROM import_parts WHERE import_id = $1 AND number = $2"
COUNTED = "UPDATE imports SET total = $3, ignored_columns = $4, beat_at = now() WHERE id = $1 AND attempt = $2"
ADVANCE = """
UPDATE imports SET done = $3, created = created + $4, updated = updated + $5, error_count = error_count + $6,
    beat_at = now()
WHERE id = $1 AND attempt = $2 AND status = 'running'
"""
BEAT = "UPDATE imports SET beat_at = now() WHERE id = $1 AND attempt = $2 AND status = 'running'"
ADD_ERRORS = """
INSERT INTO import_errors (import_id, row, pointer, message)
SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::text[])
"""
END = """
UPDATE imports SET status = $3, finished_at = now() WHERE id = $1 AND attempt = $2 AND status = 'running'
"""
DROP_PARTS = "DELETE FROM import_parts WHERE import_id = $1"

# What was imported before: $1 owner, $2 source, $3 external ids
KNOWN = """
SELECT i.external_id, i.task_id, t.deleted_at IS NOT NULL AS is_trashed
FROM imported_tasks i JOIN tasks t ON t.id = i.task_id
WHERE i.owner_id = $1 AND i.source = $2 AND i.external_id = ANY($3::text[])
"""
REMEMBER = """
INSERT INTO imported_tasks (owner_id, source, external_id, task_id)
SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[])
"""
PEOPLE = """
SELECT DISTINCT ON (name) name, p.id FROM unnest($1::text[]) name
JOIN people p ON lower(p.username) = lower(name) OR lower(p.email) = lower(name) ORDER BY name, p.id
"""
PROJECTS = """
SELECT p.key, p.id FROM projects p WHERE p.key = ANY($1::text[]) AND p.deleted_at IS NULL
    AND ($3 OR EXISTS (SELECT FROM project_members m WHERE m.project_id = p.id AND m.user_id = $2))
"""

PURGE = """
DELETE FROM imports WHERE id IN (
    SELECT id FROM imports
    WHERE finished_at < now() - make_interval(days => $1)
        OR (status = 'receiving' AND created_at < now() - interval '1 day')
    LIMIT 100)
"""
