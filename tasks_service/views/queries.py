"""The SQL of views."""

COLUMNS = """v.id, v.name, v.query, v.filter, v.sort, v.project_id, v.shared, v.created_by, v.created_at, v.updated_at,
    v.version"""


def _seen(user: str, admin: str) -> str:
    return f"""(v.created_by = {user}::bigint OR v.shared AND ({admin}::boolean OR EXISTS (
        SELECT FROM project_members m WHERE m.project_id = v.project_id AND m.user_id = {user}::bigint)))"""


# $1 view, $2 user, $3 whether that is an administrator; with the caller's role in the view's project.
GET = f"""
SELECT {COLUMNS}, (SELECT m.role FROM project_members m WHERE m.project_id = v.project_id AND m.user_id = $2) AS role
FROM views v WHERE v.id = $1 AND {_seen("$2", "$3")}
"""
# $1 user, $2 administrator, $3 the id to begin before, $4 rows, $5 project or NULL for all
_LISTED = f"v.id < $3 AND {_seen('$1', '$2')} AND ($5::bigint IS NULL OR v.project_id = $5)"
LIST = f"SELECT {COLUMNS} FROM views v WHERE {_LISTED} ORDER BY v.id DESC LIMIT $4"
COUNT = f"""
SELECT count(*) FROM views v WHERE {_seen("$1", "$2")} AND ($3::bigint IS NULL OR v.project_id = $3)
"""

# $1 creator, $2 how many one may have; nothing comes back beyond that.
CREATE = f"""
INSERT INTO views AS v (created_by, name, query, filter, sort, project_id, shared)
SELECT $1, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM views WHERE created_by = $1) < $2
RETURNING {COLUMNS}
"""
# $1 view, $2 the version it must still have
UPDATE = f"""
UPDATE views AS v SET name = $3, query = $4, filter = $5, sort = $6, project_id = $7, shared = $8,
    version = v.version + 1, updated_at = now()
WHERE v.id = $1 AND v.version = $2 RETURNING {COLUMNS}
"""
DELETE = "DELETE FROM views WHERE id = $1 AND version = $2"
