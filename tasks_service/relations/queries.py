"""The SQL of the relations between tasks."""

from tasks_service.policies import editable, visible
from tasks_service.tasks.queries import recorded

# $1 the tasks, $2 user, $3 whether that is an administrator
SEEN = f"""
SELECT t.id, t.project_id, {editable("$2", "$3")} AS editable
FROM tasks t WHERE t.id = ANY($1::bigint[]) AND t.deleted_at IS NULL AND {visible("$2", "$3")}
"""
# Held until the end of the transaction by whoever gives a task that exists another parent or other blockers: two such
# changes at once, each right by itself, could make a circle.
LOCK_STRUCTURE = "SELECT pg_advisory_xact_lock(hashtext('taskwire structure'))"
# A task and what is above it, from below, and how many levels there are below it: $2 at most.
ANCESTORS = """
WITH RECURSIVE up AS (
    SELECT id, parent_id, 1 AS level FROM tasks WHERE id = $1
    UNION ALL
    SELECT t.id, t.parent_id, up.level + 1 FROM up JOIN tasks t ON t.id = up.parent_id WHERE up.level < $2)
SELECT id FROM up ORDER BY level
"""
HEIGHT = """
WITH RECURSIVE down AS (
    SELECT id, 0 AS level FROM tasks WHERE id = $1
    UNION ALL
    SELECT t.id, down.level + 1 FROM down JOIN tasks t ON t.parent_id = down.id WHERE down.level < $2)
SELECT max(level) FROM down
"""
# Whether a task ($2) is among what blocks these ($1), themselves included, at any distance.
IS_BEHIND = """
WITH RECURSIVE behind (id) AS (
    SELECT unnest($1::bigint[])
    UNION
    SELECT unnest(t.blocked_by) FROM behind JOIN tasks t ON t.id = behind.id)
SELECT EXISTS (SELECT FROM behind WHERE id = $2)
"""

# What is below these tasks ($1), each with the one of them it belongs to, the lowest level first; $2 levels at most.
BELOW = """
WITH RECURSIVE below AS (
    SELECT id, id AS root, 0 AS level FROM tasks WHERE id = ANY($1::bigint[])
    UNION ALL
    SELECT t.id, below.root, below.level + 1 FROM below JOIN tasks t ON t.parent_id = below.id
    WHERE t.deleted_at IS NULL AND below.level < $2)
SELECT id, root, level FROM below WHERE level > 0 ORDER BY level DESC, id
"""
# What is below a task in the trash and went there with it, or with the same task as it.
TRASHED_BELOW = """
WITH RECURSIVE below AS (
    SELECT id, coalesce(trashed_with, id) AS root, 0 AS level FROM tasks WHERE id = ANY($1::bigint[])
    UNION ALL
    SELECT t.id, below.root, below.level + 1 FROM below JOIN tasks t ON t.parent_id = below.id
    WHERE t.deleted_at IS NOT NULL AND t.trashed_with = below.root AND below.level < $2)
SELECT id, root, level FROM below WHERE level > 0 ORDER BY level DESC, id
"""
# $1 tasks, $2 with which task each goes
TRASH = recorded(
    """
    UPDATE tasks AS t SET deleted_at = now(), trashed_with = going.root, updated_at = now(), version = t.version + 1
    FROM unnest($1::bigint[], $2::bigint[]) AS going (id, root)
    WHERE t.id = going.id AND t.deleted_at IS NULL
    RETURNING t.*""",
    "task.deleted",
    3,
    many=True,
    changes="'{}'::json",
)
RESTORE = recorded(
    """
    UPDATE tasks AS t SET deleted_at = NULL, trashed_with = NULL, updated_at = now(), version = t.version + 1
    WHERE t.id = ANY($1::bigint[]) AND t.deleted_at IS NOT NULL
    RETURNING t.*""",
    "task.restored",
    2,
    many=True,
    changes="'{}'::json",
)
LOCK = "SELECT FROM tasks WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE"
PURGE = "DELETE FROM tasks WHERE id = ANY($1::bigint[]) AND deleted_at IS NOT NULL"
