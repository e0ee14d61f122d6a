"""The SQL of moves. The order is one for all tasks, by (position, id); a board shows a part of it."""

from tasks_service.policies import visible
from tasks_service.tasks.queries import recorded

# One move at a time: each finds the order as the one before left it. Held until the move is committed.
LOCK_ORDER = "SELECT pg_advisory_xact_lock(hashtext('taskwire order'))"

# $1 the tasks, $2 user, $3 whether that is an administrator
ANCHORS = f"""
SELECT t.id, t.position, t.project_id, t.status, t.status_id FROM tasks t
WHERE t.id = ANY($1::bigint[]) AND t.deleted_at IS NULL AND {visible("$2", "$3")}
"""
# The neighbours of a place ($1 position, $2 id), nearest first, without the task that moves ($3); $4 rows.
BELOW = """
SELECT id, position FROM tasks WHERE deleted_at IS NULL AND (position, id) < ($1, $2) AND id <> $3
ORDER BY position DESC, id DESC LIMIT $4
"""
ABOVE = """
SELECT id, position FROM tasks WHERE deleted_at IS NULL AND (position, id) > ($1, $2) AND id <> $3
ORDER BY position, id LIMIT $4
"""
LAST = "SELECT max(position) FROM tasks WHERE deleted_at IS NULL AND id <> $1"

# New positions ($2) for these tasks ($1): each is a new version of its task.
RESPACE = recorded(
    """
    UPDATE tasks AS t SET position = spaced.position, version = t.version + 1, updated_at = now()
    FROM unnest($1::bigint[], $2::text[]) AS spaced (id, position)
    WHERE t.id = spaced.id AND t.deleted_at IS NULL
    RETURNING t.*, old.position AS former""",
    "task.updated",
    3,
    many=True,
    changes="json_build_object('position', json_build_object('from', t.former, 'to', t.position))",
)
