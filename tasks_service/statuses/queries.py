"""The SQL of statuses and transitions."""

from tasks_service.tasks.queries import recorded

COLUMNS = "s.id, s.project_id, s.name, s.category, s.color, s.position, s.created_at, s.updated_at, s.version"

# $1 project, $2 status
GET = f"SELECT {COLUMNS} FROM project_statuses s WHERE s.project_id = $1 AND s.id = $2"
# Before it is asked whether tasks have it: who is about to give it to one waits.
LOCK = f"{GET} FOR UPDATE"
# $2 and $3 the position and the id to begin after, $4 rows
LIST = f"""
SELECT {COLUMNS} FROM project_statuses s WHERE s.project_id = $1 AND (s.position, s.id) > ($2, $3)
ORDER BY s.position, s.id LIMIT $4
"""
COUNT = "SELECT count(*) FROM project_statuses WHERE project_id = $1"
NAME_IS_TAKEN = """
SELECT EXISTS (SELECT FROM project_statuses WHERE project_id = $1 AND lower(name) = lower($2) AND id <> $3)
"""
# Without a position it is the last one.
CREATE = f"""
INSERT INTO project_statuses AS s (project_id, name, category, color, position)
VALUES ($1, $2, $3, $4,
    coalesce($5, (SELECT coalesce(max(position) + 1, 0) FROM project_statuses WHERE project_id = $1)))
RETURNING {COLUMNS}
"""
UPDATE = f"""
UPDATE project_statuses s SET name = $2, category = $3, color = $4, position = $5, updated_at = now(),
    version = version + 1
WHERE s.id = $1 RETURNING {COLUMNS}
"""
DELETE = "DELETE FROM project_statuses WHERE id = $1"

IS_USED = "SELECT EXISTS (SELECT FROM tasks WHERE status_id = $1)"
# $1 the status, $2 how many tasks at most, $3 the one instead of it, $4 that one's category
REPLACE = recorded(
    """
    UPDATE tasks AS t SET status = $4, status_id = $3, updated_at = now(), version = t.version + 1,
        completed_at = CASE WHEN $4 = 'completed'::task_status THEN coalesce(t.completed_at, now()) END
    WHERE t.id IN (SELECT id FROM tasks WHERE status_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE)
    RETURNING t.*""",
    "task.updated",
    5,
    many=True,
)
# What is in the trash has no events; it is seen anew when it comes back.
REPLACE_TRASHED = "UPDATE tasks SET status = $3, status_id = $2 WHERE status_id = $1 AND deleted_at IS NOT NULL"

TRANSITIONS = """
SELECT from_status_id, to_status_id, roles FROM status_transitions WHERE project_id = $1
ORDER BY from_status_id, to_status_id
"""
DELETE_TRANSITIONS = "DELETE FROM status_transitions WHERE project_id = $1"
# $1 project, $2 from, $3 to, $4 roles as text, parted by commas
ADD_TRANSITIONS = """
INSERT INTO status_transitions (project_id, from_status_id, to_status_id, roles)
SELECT $1, way.from_id, way.to_id, string_to_array(way.roles, ',')
FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS way (from_id, to_id, roles)
"""
STATUS_IDS = "SELECT id FROM project_statuses WHERE project_id = $1"
