"""The SQL of the relations between tasks."""

from tasks_service.policies import LIVELY, editable, visible
from tasks_service.tasks.queries import RELATIONS_CHANGED, REMAINING_BLOCKERS, recorded

# $1 the tasks, $2 user, $3 whether that is an administrator, $4 levels that are counted
SEEN = f"""
SELECT t.id, t.project_id, {editable("$2", "$3")} AS editable, NOT {LIVELY} AS archived, (
    WITH RECURSIVE up AS (
        SELECT t.parent_id, 1 AS level
        UNION ALL
        SELECT above.parent_id, up.level + 1 FROM up JOIN tasks above ON above.id = up.parent_id WHERE up.level < $4)
    SELECT max(level) FROM up) AS level
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

# What is below these tasks ($1), each with the topmost of them that it belongs to, the lowest level first; $2 levels at
# most.
BELOW = """
WITH RECURSIVE below AS (
    SELECT id, id AS root, 0 AS level FROM tasks WHERE id = ANY($1::bigint[])
    UNION ALL
    SELECT t.id, below.root, below.level + 1 FROM below JOIN tasks t ON t.parent_id = below.id
    WHERE t.deleted_at IS NULL AND below.level < $2)
SELECT * FROM (SELECT DISTINCT ON (id) id, root, level FROM below ORDER BY id, level DESC) AS lowest
WHERE level > 0 ORDER BY level DESC, id
"""
# What is below these tasks ($1) and in the same project as they are, all the way up; each after its parent. $2 rows.
IN_THE_SAME_PROJECT = """
WITH RECURSIVE below AS (
    SELECT id, project_id, 0 AS level FROM tasks WHERE id = ANY($1::bigint[])
    UNION ALL
    SELECT t.id, t.project_id, below.level + 1 FROM below JOIN tasks t ON t.parent_id = below.id
    WHERE t.deleted_at IS NULL AND t.project_id IS NOT DISTINCT FROM below.project_id)
SELECT id, max(level) AS level FROM below WHERE level > 0 GROUP BY id ORDER BY level, id LIMIT $2
"""
# What is below a task in the trash and went there with it, or with the same task as it. What is in a project that is in
# the trash stays there.
TRASHED_BELOW = """
WITH RECURSIVE below AS (
    SELECT id, coalesce(trashed_with, id) AS root, 0 AS level FROM tasks WHERE id = ANY($1::bigint[])
    UNION ALL
    SELECT t.id, below.root, below.level + 1 FROM below JOIN tasks t ON t.parent_id = below.id
    WHERE t.deleted_at IS NOT NULL AND t.trashed_with = below.root AND below.level < $2
        AND NOT EXISTS (SELECT FROM projects p WHERE p.id = t.project_id AND p.deleted_at IS NOT NULL))
SELECT id, max(level) AS level FROM below WHERE id <> ALL ($1::bigint[]) GROUP BY id ORDER BY level DESC, id
"""
# $1 tasks, $2 with which task each goes (NULL: by itself). Not those that got a subtask meanwhile.
TRASH = recorded(
    """
    UPDATE tasks AS t SET deleted_at = now(), trashed_with = going.root, updated_at = now(), version = t.version + 1
    FROM unnest($1::bigint[], $2::bigint[]) AS going (id, root)
    WHERE t.id = going.id AND t.deleted_at IS NULL AND t.subtasks_total = 0
    RETURNING t.*""",
    "task.deleted",
    3,
    many=True,
    changes="'{}'::json",
)
# Below its parent if that is there or comes back as well, by itself otherwise; without blockers that are purged.
RESTORE = recorded(
    f"""
    UPDATE tasks AS t SET deleted_at = NULL, trashed_with = NULL, updated_at = now(), version = t.version + 1,
        blocked_by = {REMAINING_BLOCKERS}, parent_id = (SELECT p.id FROM tasks p WHERE p.id = t.parent_id
            AND (p.deleted_at IS NULL OR p.id = ANY($1::bigint[]) OR p.id = ANY($2::bigint[])))
    WHERE t.id = ANY($1::bigint[]) AND t.deleted_at IS NOT NULL
    RETURNING new.*, old.parent_id AS former_parent_id, old.blocked_by AS former_blocked_by""",
    "task.restored",
    3,
    many=True,
    changes=RELATIONS_CHANGED,
)
LOCK = "SELECT FROM tasks WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE"
# What waits for tasks that are about to end ($1) does not any more.
RELEASE = recorded(
    """
    UPDATE tasks AS t SET updated_at = now(), version = t.version + 1,
        blocked_by = ARRAY(SELECT b FROM unnest(t.blocked_by) WITH ORDINALITY AS one (b, place)
            WHERE b <> ALL ($1::bigint[]) ORDER BY place)
    WHERE t.id IN (SELECT w.id FROM tasks w WHERE w.blocked_by && $1::bigint[] AND w.blocked_by <> '{}'
        AND w.deleted_at IS NULL ORDER BY w.id FOR UPDATE)
    RETURNING new.*, old.parent_id AS former_parent_id, old.blocked_by AS former_blocked_by""",
    "task.updated",
    2,
    many=True,
    changes=RELATIONS_CHANGED,
)
# $1 days
EXPIRED = """
SELECT id FROM tasks WHERE deleted_at < now() - make_interval(days => $1) LIMIT 1000 FOR UPDATE SKIP LOCKED
"""
PURGE = "DELETE FROM tasks WHERE id = ANY($1::bigint[]) AND deleted_at IS NOT NULL"
