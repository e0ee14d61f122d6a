"""The SQL of series. `{where}` says which `tasks t` a report is about; days are UTC's."""

# All that one report reads is of one moment, so that its parts add up.
ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

# By the day on which they were made, from {since} on, and the status that they were made with.
ARRIVALS = """
SELECT t.created_at::date AS day, coalesce(first.from_status, t.status) AS status, count(*) AS n
FROM tasks t LEFT JOIN (
    SELECT DISTINCT ON (c.task_id) c.task_id, c.from_status FROM task_status_changes c
    WHERE c.changed_at >= {since} ORDER BY c.task_id, c.id) first ON first.task_id = t.id
WHERE {where} AND t.created_at >= {since} GROUP BY 1, 2
"""
CHANGES = """
SELECT c.changed_at::date AS day, c.from_status, c.to_status, count(*) AS n
FROM task_status_changes c JOIN tasks t ON t.id = c.task_id
WHERE {where} AND c.changed_at >= {since} GROUP BY 1, 2, 3
"""
COMPLETED = """
SELECT t.completed_at::date AS day, count(*) AS n FROM tasks t
WHERE {where} AND t.completed_at >= {since} AND t.completed_at < {until} GROUP BY 1
"""
# In hours, of what was completed: since it was made, and since work on it began (NULL where nobody said so).
TIMES = """
SELECT count(*) AS lead_count, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY lead) AS lead,
    count(cycle) AS cycle_count, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY cycle) AS cycle
FROM (
    SELECT extract(epoch FROM t.completed_at - t.created_at)::float8 / 3600 AS lead,
        extract(epoch FROM t.completed_at - CASE WHEN began.status = 'in_progress' THEN t.created_at ELSE began.at END
            )::float8 / 3600 AS cycle
    FROM tasks t CROSS JOIN LATERAL (
        SELECT min(c.changed_at) FILTER (WHERE c.to_status = 'in_progress') AS at,
            (array_agg(c.from_status ORDER BY c.id))[1] AS status
        FROM task_status_changes c WHERE c.task_id = t.id) AS began
    WHERE {where} AND t.completed_at >= {since} AND t.completed_at < {until}
) AS done
"""
# Who has most to do, of open tasks.
LOAD = """
SELECT load.user_id, p.username, load.open, load.overdue, load.estimate_minutes
FROM (
    SELECT who AS user_id, count(*) AS open, count(*) FILTER (WHERE t.due_date < current_date) AS overdue,
        coalesce(sum(t.estimate_minutes), 0)::bigint AS estimate_minutes
    FROM tasks t CROSS JOIN LATERAL unnest(t.assignee_ids) who
    WHERE {where} AND t.status IN ('todo', 'in_progress') GROUP BY who
    ORDER BY count(*) DESC, who LIMIT {limit}
) AS load LEFT JOIN people p ON p.id = load.user_id ORDER BY load.open DESC, load.user_id
"""
