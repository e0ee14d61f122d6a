"""The SQL of labels. Tasks carry their names, so another name is a change of each task that has it."""

from tasks_service.tasks.queries import recorded

COLUMNS = "l.id, l.name, l.color, l.project_id, l.owner_id, l.created_at, l.updated_at, l.version"
# $1 user, $2 administrator: their own, and those of their projects, with their role there.
_SEEN = """
FROM labels l LEFT JOIN project_members m ON m.project_id = l.project_id AND m.user_id = $1
LEFT JOIN projects p ON p.id = l.project_id
WHERE (l.owner_id = $1 OR m.user_id IS NOT NULL OR $2::boolean) AND p.deleted_at IS NULL"""
GET = f"SELECT {COLUMNS}, m.role, coalesce(p.archived, false) AS archived {_SEEN} AND l.id = $3"
# The tasks that a label is for: those of its project, or those outside of projects that its owner created.
_TASKS = """t.deleted_at IS NULL AND t.labels @> ARRAY[{name}::text] AND (t.project_id = {project}
    OR ({project} IS NULL AND t.project_id IS NULL AND t.created_by = {owner}))"""
_OF_LABEL = _TASKS.format(name="l.name", project="l.project_id", owner="l.owner_id")
USAGE = f"(SELECT count(*) FROM tasks t WHERE {_OF_LABEL}) AS usage"
# $3 project (NULL: all), $4 beginning of the name, $5 and $6 the name and id to begin after, $7 rows
_LISTED = f"""
{_SEEN} AND ($3::bigint IS NULL OR l.project_id = $3) AND ($4::text IS NULL OR starts_with(lower(l.name), lower($4)))"""
LIST = f"""
SELECT {COLUMNS}, {{usage}}, lower(l.name) AS key {_LISTED}
    AND ($5::text IS NULL OR (lower(l.name), l.id) > ($5, $6::bigint)) ORDER BY lower(l.name), l.id LIMIT $7
"""
COUNT = f"SELECT count(*) {_LISTED}"
READ = f"SELECT {COLUMNS}, {USAGE} FROM labels l WHERE l.id = $1"

CREATE = f"INSERT INTO labels AS l (name, color, project_id, owner_id) VALUES ($1, $2, $3, $4) RETURNING {COLUMNS}"
UPDATE = f"""
UPDATE labels AS l SET name = $3, color = $4, updated_at = now(), version = version + 1
WHERE l.id = $1 AND l.version = $2 RETURNING {COLUMNS}
"""
DELETE = "DELETE FROM labels WHERE id = $1 AND version = $2"

# $1 name, $2 project, $3 owner, $4 how many at most
HAVING = f"""
SELECT count(*) FROM (
    SELECT FROM tasks t WHERE {_TASKS.format(name="$1", project="$2::bigint", owner="$3::bigint")} LIMIT $4)
"""
# The same tasks get another name ($4), once, or none (NULL).
RELABEL = recorded(
    f"""
    UPDATE tasks AS t SET version = t.version + 1, updated_at = now(),
        labels = CASE WHEN $4::text IS NULL OR t.labels @> ARRAY[$4::text] THEN array_remove(t.labels, $1)
            ELSE array_replace(t.labels, $1, $4) END
    WHERE t.id IN (SELECT t.id FROM tasks t
        WHERE {_TASKS.format(name="$1", project="$2::bigint", owner="$3::bigint")} ORDER BY t.id FOR UPDATE)
    RETURNING t.*, old.labels AS former""",
    "task.updated",
    5,
    many=True,
    changes="json_build_object('labels', json_build_object('from', t.former, 'to', t.labels))",
)
