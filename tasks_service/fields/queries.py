"""The SQL of field definitions."""

from tasks_service.tasks.queries import recorded

COLUMNS = """f.id, f.project_id, f.key, f.name, f.type, f.required, f.options, f.position, f.created_at, f.updated_at,
    f.version"""

# $1 project, $2 field
GET = f"SELECT {COLUMNS} FROM project_fields f WHERE f.project_id = $1 AND f.id = $2"
# $2 and $3 the position and the id to begin after, $4 rows
LIST = f"""
SELECT {COLUMNS} FROM project_fields f WHERE f.project_id = $1 AND (f.position, f.id) > ($2, $3)
ORDER BY f.position, f.id LIMIT $4
"""
COUNT = "SELECT count(*) FROM project_fields WHERE project_id = $1"
KEYS = "SELECT key FROM project_fields WHERE project_id = $1"
# Without a position it is the last one.
CREATE = f"""
INSERT INTO project_fields AS f (project_id, key, name, type, required, options, position)
VALUES ($1, $2, $3, $4, $5, $6,
    coalesce($7, (SELECT coalesce(max(position) + 1, 0) FROM project_fields WHERE project_id = $1)))
RETURNING {COLUMNS}
"""
UPDATE = f"""
UPDATE project_fields f SET name = $2, required = $3, options = $4, position = $5, updated_at = now(),
    version = version + 1
WHERE f.id = $1 RETURNING {COLUMNS}
"""
DELETE = "DELETE FROM project_fields WHERE id = $1"

# $1 project, $2 how many tasks at most, $3 the key whose values go
CLEAR = recorded(
    """
    UPDATE tasks AS t SET custom_fields = t.custom_fields - $3::text, updated_at = now(), version = t.version + 1
    WHERE t.id IN (SELECT id FROM tasks
        WHERE project_id = $1 AND custom_fields ? $3::text AND deleted_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE)
    RETURNING new.*, old.custom_fields AS former_fields""",
    "task.updated",
    4,
    many=True,
    changes="json_build_object('custom_fields', json_build_object('from', t.former_fields, 'to', t.custom_fields))",
)
# What is in the trash has no events; it is seen anew when it comes back.
CLEAR_TRASHED = """
UPDATE tasks SET custom_fields = custom_fields - $2::text
WHERE project_id = $1 AND custom_fields ? $2::text AND deleted_at IS NOT NULL
"""
