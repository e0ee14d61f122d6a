"""The SQL of the relations between tasks."""

from tasks_service.policies import editable, visible

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
