"""The SQL of tasks that follow others."""

from tasks_service.tasks.queries import COLUMNS, FIELDS, insert, recorded

# A new task with the one whose completion makes it; nothing comes back when that has made one already.
CREATE_NEXT = insert(
    (*FIELDS, "position", "created_by", "recurrence_of"),
    "ON CONFLICT (recurrence_of) WHERE recurrence_of IS NOT NULL DO NOTHING",
)

# What is below a task ($1), each after its parent, $2 levels and $3 tasks at most: without what is archived, itself or
# with its project, and without what recurs itself and has been followed already.
BELOW = f"""
WITH RECURSIVE below AS (
    SELECT id, 0 AS level FROM tasks WHERE id = $1
    UNION ALL
    SELECT t.id, below.level + 1 FROM below JOIN tasks t ON t.parent_id = below.id
    WHERE t.deleted_at IS NULL AND t.status <> 'archived' AND below.level < $2
        AND NOT EXISTS (SELECT FROM tasks later WHERE later.recurrence_of = t.id)
        AND NOT EXISTS (SELECT FROM projects p WHERE p.id = t.project_id AND (p.archived OR p.deleted_at IS NOT NULL)))
SELECT {COLUMNS} FROM below JOIN tasks t ON t.id = below.id
WHERE below.level > 0 ORDER BY below.level, t.position, t.id LIMIT $3
"""
GONE = "SELECT id FROM people WHERE id = ANY($1::bigint[]) AND NOT is_active"
NEW_IDS = "SELECT nextval(pg_get_serial_sequence('tasks', 'id')) AS id FROM generate_series(1, $1::integer)"
# $1 rows as a JSON list, each with its own id and position
COPY = recorded(
    f"""
    INSERT INTO tasks AS t (id, {", ".join(FIELDS)}, key, position, created_by)
    OVERRIDING SYSTEM VALUE
    SELECT given.id, {", ".join(f"given.{name}" for name in FIELDS)}, given.key, given.position, given.created_by
    FROM json_populate_recordset(NULL::tasks, $1::json) AS given ORDER BY given.id
    RETURNING t.*""",
    "task.created",
    2,
    many=True,
)
# Who watches the tasks $1 watches those that follow them, $2.
WATCH = """
INSERT INTO task_watchers (task_id, user_id)
SELECT later.id, w.user_id FROM unnest($1::bigint[], $2::bigint[]) AS later (of, id)
JOIN task_watchers w ON w.task_id = later.of ON CONFLICT DO NOTHING
"""
