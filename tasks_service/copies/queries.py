"""The SQL of copies."""

from tasks_service.policies import visible
from tasks_service.tasks.queries import COLUMNS

# $1 parent, $2 user, $3 administrator, $4 rows
CHILDREN = f"""
SELECT {COLUMNS} FROM tasks t WHERE t.parent_id = $1 AND t.deleted_at IS NULL AND {visible("$2", "$3")}
ORDER BY t.position, t.id LIMIT $4
"""
