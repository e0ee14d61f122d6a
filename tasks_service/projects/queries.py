"""The SQL of projects. `role` is the caller's in the project; null for an administrator who is no member."""

COLUMNS = """p.id, p.key, p.name, p.description, p.archived, p.is_template, m.role, p.created_by, p.created_at,
    p.updated_at, p.version"""

# $1 project, $2 user, $3 whether that is an administrator
_FROM = "FROM projects p LEFT JOIN project_members m ON m.project_id = p.id AND m.user_id = $2"
_SEEN = "($3::boolean OR m.role IS NOT NULL)"
GET = f"SELECT {COLUMNS} {_FROM} WHERE p.id = $1 AND p.deleted_at IS NULL AND {_SEEN}"
LOCK = f"{GET} FOR NO KEY UPDATE OF p"
MOVING = "SELECT tasks_follow IS NOT NULL FROM projects WHERE id = $1"
LOCK_TRASHED = f"""
SELECT {COLUMNS}, p.deleted_at {_FROM} WHERE p.id = $1 AND p.deleted_at IS NOT NULL AND {_SEEN} FOR NO KEY UPDATE OF p
"""
# $1 projects, $2 user: what bears on the user's tasks in them.
RULES = """
SELECT p.id, m.role::text AS role, p.archived,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'category', s.category) ORDER BY s.position, s.id)
        FROM project_statuses s WHERE s.project_id = p.id), '[]') AS statuses,
    coalesce((SELECT jsonb_agg(jsonb_build_object('from', w.from_status_id, 'to', w.to_status_id, 'roles', w.roles))
        FROM status_transitions w WHERE w.project_id = p.id), '[]') AS transitions,
    coalesce((SELECT jsonb_agg(jsonb_build_object('key', f.key, 'type', f.type, 'required', f.required,
            'options', f.options))
        FROM project_fields f WHERE f.project_id = p.id), '[]') AS fields
FROM projects p LEFT JOIN project_members m ON m.project_id = p.id AND m.user_id = $2
WHERE p.id = ANY($1::bigint[]) AND p.deleted_at IS NULL
"""
# Records an event of a project for its members and those in $5: $1 type, $2 project, $3 version, $4 actor, $6 data, $7
# event id, $8 request id, $9 traceparent.
RECORD = """
INSERT INTO events
    (type, subject_id, project_id, version, actor_id, audience, data, event_id, request_id, traceparent)
SELECT $1, $2, $2, $3, $4, ARRAY(SELECT user_id FROM project_members WHERE project_id = $2
    UNION SELECT unnest($5::bigint[]) ORDER BY 1), $6, $7, $8, $9
"""

TAKEN_KEYS = "SELECT key FROM projects WHERE key = ANY($1::text[])"
# Nothing comes back when the key is taken.
CREATE = """
INSERT INTO projects (key, name, description, archived, is_template, created_by) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (key) DO NOTHING RETURNING id
"""
ADD_OWNER = "INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, 'owner')"

COUNT_TASKS = "SELECT count(*) FROM tasks WHERE project_id = $1 AND deleted_at IS NULL"
# $1 project, $2 how many; the project's key and the number before the first of them. Nothing when it is in the trash.
TAKE_NUMBERS = """
UPDATE projects SET last_number = last_number + $2 WHERE id = $1 AND deleted_at IS NULL
RETURNING key, last_number - $2 AS number
"""
HAS_NUMBERS = "SELECT last_number > 0 FROM projects WHERE id = $1"
KEY_IS_TAKEN = "SELECT EXISTS (SELECT FROM projects WHERE key = $2 AND id <> $1)"
UPDATE = """
UPDATE projects SET key = $2, name = $3, description = $4, archived = $5, is_template = $6, updated_at = now(),
    version = version + 1
WHERE id = $1
"""
NEW_VERSION = "UPDATE projects SET version = version + 1, updated_at = now() WHERE id = $1"
# $1 project, $2 who moves it; the moment by which its tasks are known that follow.
TRASH = """
UPDATE projects SET deleted_at = now(), tasks_follow = now(), tasks_moved_by = $2, updated_at = now(),
    version = version + 1
WHERE id = $1 RETURNING tasks_follow
"""
RESTORE = """
UPDATE projects SET deleted_at = NULL, tasks_follow = deleted_at, tasks_moved_by = $2, updated_at = now(),
    version = version + 1
WHERE id = $1 RETURNING tasks_follow
"""
NEXT_MOVING = """
SELECT id, tasks_follow, tasks_moved_by, deleted_at IS NOT NULL AS is_trashed FROM projects
WHERE tasks_follow IS NOT NULL ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
MOVED = "UPDATE projects SET tasks_follow = NULL, tasks_moved_by = NULL WHERE id = $1"

# Those whose tasks are all purged.
PURGE_TRASH = """
DELETE FROM projects WHERE id IN (
    SELECT p.id FROM projects p WHERE p.deleted_at < now() - make_interval(days => $1)
    AND NOT EXISTS (SELECT FROM tasks t WHERE t.project_id = p.id) LIMIT 100 FOR UPDATE SKIP LOCKED)
"""

# $1 user, $2 whether that is an administrator, $3 archived, $4 trashed, $5 template, $6 role, $7 pattern
_LISTED = """
FROM projects p LEFT JOIN project_members m ON m.project_id = p.id AND m.user_id = $1
WHERE ($2::boolean OR m.role IS NOT NULL) AND p.archived = $3 AND (p.deleted_at IS NOT NULL) = $4
    AND ($5::boolean IS NULL OR p.is_template = $5) AND ($6::project_role IS NULL OR m.role = $6)
    AND ($7::text IS NULL OR lower(p.name) LIKE $7 OR lower(p.key) LIKE $7)"""
COUNT = f"SELECT count(*) {_LISTED}"
ORDERS = {"created_at": ("p.created_at", "timestamptz"), "name": ("lower(p.name)", "text"), "key": ("p.key", "text")}


def list_page(sort: str, *, first: bool) -> str:
    """$8 is the limit; $9 and $10 the value and the id that the page begins after, unless it is the first."""
    (key, kind), down = ORDERS[sort.lstrip("-")], sort.startswith("-")
    after = "" if first else f"AND ({key}, p.id) {'<' if down else '>'} ($9::{kind}, $10::bigint)"
    way = "DESC" if down else "ASC"
    return f"SELECT {COLUMNS}, ({key})::text AS sort_key {_LISTED} {after} ORDER BY {key} {way}, p.id {way} LIMIT $8"
