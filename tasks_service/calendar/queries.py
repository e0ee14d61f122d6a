"""The SQL of calendar feeds."""

COLUMNS = """c.id, c.scope, CASE WHEN c.scope = 'project' THEN c.target_id END AS project_id,
    CASE WHEN c.scope = 'view' THEN c.target_id END AS view_id, c.created_at"""

# The one feed of its owner and target: made, or with another secret from now on. $1 owner, $2 scope, $3 target, $4
# hash.
SAVE = f"""
INSERT INTO calendars AS c (owner_id, scope, target_id, secret_hash) VALUES ($1, $2, $3, $4)
ON CONFLICT (owner_id, scope, target_id) DO UPDATE SET secret_hash = excluded.secret_hash, created_at = now()
RETURNING {COLUMNS}
"""
LIST = f"SELECT {COLUMNS} FROM calendars c WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT $3"
COUNT = "SELECT count(*) FROM calendars WHERE owner_id = $1"
DELETE = "DELETE FROM calendars WHERE owner_id = $1 AND ($2::bigint IS NULL OR id = $2)"

# Whose it is; nobody's any more when they were deactivated.
FIND = """
SELECT c.owner_id, c.scope, c.target_id FROM calendars c LEFT JOIN people p ON p.id = c.owner_id
WHERE c.secret_hash = $1 AND coalesce(p.is_active, true)
"""
EVENTS = """
SELECT t.id, t.key, t.title, t.description, t.priority, t.due_date, t.labels, t.created_at, t.updated_at, t.version
FROM tasks t WHERE {where} ORDER BY t.due_date, t.id LIMIT {limit}
"""
