"""The SQL of members."""

COLUMNS = "m.project_id, m.user_id, m.role, m.created_at, m.updated_at, m.version"

GET = f"SELECT {COLUMNS} FROM project_members m WHERE m.project_id = $1 AND m.user_id = $2"
OTHER_OWNERS = """
SELECT EXISTS (SELECT FROM project_members WHERE project_id = $1 AND role = 'owner' AND user_id <> $2)
"""
ADD = f"""
INSERT INTO project_members AS m (project_id, user_id, role) VALUES ($1, $2, $3) RETURNING {COLUMNS}
"""
UPDATE = f"""
UPDATE project_members m SET role = $3, updated_at = now(), version = version + 1
WHERE m.project_id = $1 AND m.user_id = $2 RETURNING {COLUMNS}
"""
REMOVE = "DELETE FROM project_members WHERE project_id = $1 AND user_id = $2"

# The caller's role is a part of how they see the project, so that another one, or none, is a new version of it.
NEW_VERSION = "UPDATE projects SET version = version + 1, updated_at = now() WHERE id = $1"

# $1 project, $2 the user to begin after, $3 rows, $4 role
_LISTED = "FROM project_members m WHERE m.project_id = $1 AND ($2::project_role IS NULL OR m.role = $2)"
LIST = f"SELECT {COLUMNS} {_LISTED} AND m.user_id > $3 ORDER BY m.user_id LIMIT $4"
COUNT = f"SELECT count(*) {_LISTED}"
