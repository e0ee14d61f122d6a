"""The SQL of presence."""

CHANNEL = "presence"  # says to the API processes at which task somebody came or went
STALE = 30  # seconds after which a process that does not renew its rows counts as gone

# $1 project, $2 users, $3 whether they belong to it, $4 the project's version.
REMEMBER = """
INSERT INTO project_members (project_id, user_id, is_member, version) SELECT $1, unnest($2::bigint[]), $3, $4
ON CONFLICT (project_id, user_id) DO UPDATE SET is_member = excluded.is_member, version = excluded.version
WHERE project_members.version <= excluded.version
"""

# Which of the users $2 see the task $1; administrators $3 see every task that there is.
SEE = """
SELECT u.id FROM task_heads t, unnest($2::bigint[]) AS u (id)
WHERE t.task_id = $1 AND (
    u.id = ANY(t.people) OR u.id = ANY($3::bigint[])
    OR EXISTS (SELECT FROM project_members m WHERE m.project_id = t.project_id AND m.user_id = u.id AND m.is_member))
"""

LOOKING = f"""
SELECT DISTINCT user_id FROM presence WHERE task_id = $1 AND seen_at > now() - interval '{STALE} seconds'
ORDER BY user_id LIMIT 100
"""

ENTER = f"""
WITH entered AS (
    INSERT INTO presence (task_id, user_id, process_id) VALUES ($1::bigint, $2, $3)
    ON CONFLICT (task_id, user_id, process_id) DO UPDATE SET seen_at = now()
)
SELECT pg_notify('{CHANNEL}', $1::bigint::text)
"""
LEAVE = f"""
WITH gone AS (DELETE FROM presence WHERE task_id = $1::bigint AND user_id = $2 AND process_id = $3)
SELECT pg_notify('{CHANNEL}', $1::bigint::text)
"""
# All of a process at once, also when the table was emptied by a crash of the server. $1 tasks, $2 users, $3 process.
RENEW = """
INSERT INTO presence (task_id, user_id, process_id) SELECT unnest($1::bigint[]), unnest($2::bigint[]), $3
ON CONFLICT (task_id, user_id, process_id) DO UPDATE SET seen_at = now()
"""
FORGET = f"""
WITH gone AS (
    DELETE FROM presence WHERE process_id = $1::uuid OR seen_at < now() - interval '{STALE} seconds' RETURNING task_id)
SELECT pg_notify('{CHANNEL}', task_id::text) FROM (SELECT DISTINCT task_id FROM gone) AS tasks
"""
