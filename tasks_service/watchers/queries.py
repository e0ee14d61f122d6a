"""The SQL of watchers."""

from tasks_service.policies import seen_by

COLUMNS = "w.task_id, w.user_id, w.created_at"

# $1 task, $2 who watches, $3 whether that is the caller, who sees it; $4 how many there may be
ADD = f"""
INSERT INTO task_watchers AS w (task_id, user_id)
SELECT t.id, $2 FROM tasks t WHERE t.id = $1 AND t.deleted_at IS NULL AND ($3 OR {seen_by("$2")})
    AND (SELECT count(*) FROM task_watchers WHERE task_id = $1) < $4
ON CONFLICT (task_id, user_id) DO UPDATE SET user_id = excluded.user_id
RETURNING {COLUMNS}
"""
SEES = f"SELECT EXISTS (SELECT FROM tasks t WHERE t.id = $1 AND {seen_by('$2')})"
REMOVE = "DELETE FROM task_watchers WHERE task_id = $1 AND user_id = $2"
# $1 task, $2 the user to begin after, $3 rows
LIST = f"SELECT {COLUMNS} FROM task_watchers w WHERE w.task_id = $1 AND w.user_id > $2 ORDER BY w.user_id LIMIT $3"
COUNT = "SELECT count(*) FROM task_watchers WHERE task_id = $1"
