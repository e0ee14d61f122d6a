"""The SQL that copies what the project $1 holds into the new project $2. Statuses find each other by their names."""

from tasks_service.tasks.queries import recorded

STATUSES = """
INSERT INTO project_statuses (project_id, name, category, color, position)
SELECT $2, name, category, color, position FROM project_statuses WHERE project_id = $1 ORDER BY position, id
"""
TRANSITIONS = """
INSERT INTO status_transitions (project_id, from_status_id, to_status_id, roles)
SELECT $2, new_from.id, new_to.id, way.roles FROM status_transitions way
JOIN project_statuses old_from ON old_from.id = way.from_status_id
JOIN project_statuses old_to ON old_to.id = way.to_status_id
JOIN project_statuses new_from ON new_from.project_id = $2 AND lower(new_from.name) = lower(old_from.name)
JOIN project_statuses new_to ON new_to.project_id = $2 AND lower(new_to.name) = lower(old_to.name)
WHERE way.project_id = $1
"""
FIELDS = """
INSERT INTO project_fields (project_id, key, name, type, required, options, position)
SELECT $2, key, name, type, required, options, position FROM project_fields WHERE project_id = $1 ORDER BY position, id
"""
LABELS = """
INSERT INTO labels (project_id, name, color) SELECT $2, name, color FROM labels WHERE project_id = $1 ORDER BY id
"""
MEMBERS = """
INSERT INTO project_members (project_id, user_id, role)
SELECT $2, user_id, role FROM project_members WHERE project_id = $1 ORDER BY user_id
ON CONFLICT DO NOTHING RETURNING user_id, role
"""

# $3 whose the copies are, $4 whether labels are kept, $5 fields, $6 assignees, $7 the new project's key. The new ids
# are drawn first, so that subtasks and blockers find their copies.
TASKS = recorded(
    """
    WITH source AS MATERIALIZED (
        SELECT s.*, nextval(pg_get_serial_sequence('tasks', 'id')) AS new_id
        FROM (SELECT * FROM tasks WHERE project_id = $1 AND deleted_at IS NULL ORDER BY id) s
    )
    INSERT INTO tasks AS t (id, key, title, description, status, priority, due_date, assignee_ids, labels,
        estimate_minutes, project_id, status_id, custom_fields, parent_id, blocked_by, recurrence, position, created_by,
        completed_at)
    OVERRIDING SYSTEM VALUE
    SELECT s.new_id, $7 || '-' || row_number() OVER (ORDER BY s.new_id), s.title, s.description, s.status, s.priority,
        s.due_date, CASE WHEN $6 THEN s.assignee_ids ELSE '{}' END, CASE WHEN $4 THEN s.labels ELSE '{}' END,
        s.estimate_minutes, $2, new_status.id, CASE WHEN $5 THEN s.custom_fields ELSE '{}' END, parent.new_id,
        CASE WHEN s.blocked_by = '{}' THEN '{}'
            ELSE ARRAY(SELECT b.new_id FROM source b WHERE b.id = ANY(s.blocked_by) ORDER BY b.new_id) END,
        s.recurrence, s.position, $3, s.completed_at
    FROM source s LEFT JOIN source parent ON parent.id = s.parent_id
    LEFT JOIN project_statuses old_status ON old_status.id = s.status_id
    LEFT JOIN project_statuses new_status
        ON new_status.project_id = $2 AND lower(new_status.name) = lower(old_status.name)
    ORDER BY s.new_id
    RETURNING t.*""",
    "task.created",
    8,
    many=True,
)
