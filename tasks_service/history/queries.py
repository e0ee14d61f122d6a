"""The SQL of taking changes back."""

# $1 event, $2 task
CHANGES = """
SELECT coalesce(e.data ->> 'changes', '{}') FROM events e
WHERE e.event_id = $1 AND e.task_id = $2 AND e.type LIKE 'task.%'
"""
