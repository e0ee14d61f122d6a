"""The SQL of reminders."""

from tasks_service.policies import AUDIENCE, LIVELY
from tasks_service.tasks.conditions import OPEN
from tasks_service.tasks.queries import COLUMNS as TASK_COLUMNS

COLUMNS = "r.id, r.task_id, r.lead_minutes, r.at, r.created_at"
BATCH = 200

# Tasks to look at, each by one loop at a time. $1 now
DUE = f"""
SELECT c.task_id, t.due_date, coalesce(t.deleted_at IS NULL AND {OPEN}, false) AS is_open, t.id IS NOT NULL AS exists,
    NOT ({LIVELY}) AS is_archived,
    CASE WHEN cardinality(t.assignee_ids) > 0 THEN t.assignee_ids ELSE ARRAY[t.created_by] END AS recipients
FROM reminder_checks c LEFT JOIN tasks t ON t.id = c.task_id
WHERE c.check_at <= $1 ORDER BY c.check_at LIMIT {BATCH} FOR UPDATE OF c SKIP LOCKED
"""
OWN_OF = "SELECT id, task_id, user_id, lead_minutes, at FROM reminders WHERE task_id = ANY($1::bigint[])"
PEOPLE = "SELECT id, timezone, is_active FROM people WHERE id = ANY($1::bigint[])"

# Records the events of what was not told before. For each: $1 task, $2 recipient, $3 due date, $4 kind, $5 type of
# event, $6 lead in minutes. Who cannot see the task any more is not told.
SEND = f"""
WITH wanted AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::text[], $5::text[], $6::int[])
        AS w (task_id, recipient_id, due_date, kind, type, lead_minutes)
), new AS (
    INSERT INTO reminders_sent (task_id, recipient_id, due_date, kind)
    SELECT task_id, recipient_id, due_date, kind FROM wanted
    ON CONFLICT DO NOTHING RETURNING task_id, recipient_id, kind
)
INSERT INTO events
    (event_id, type, subject_id, version, actor_id, audience, data, request_id, traceparent, task_id, project_id)
SELECT uuidv7(), w.type, t.id, t.version, NULL, ARRAY[w.recipient_id], json_build_object(
        'task', (SELECT to_json(shown) FROM (SELECT {TASK_COLUMNS}) shown),
        'recipient', w.recipient_id, 'lead_minutes', w.lead_minutes), '', '', t.id,
    t.project_id
FROM new JOIN wanted w USING (task_id, recipient_id, kind) JOIN tasks t ON t.id = w.task_id
WHERE w.recipient_id = ANY({AUDIENCE})
"""
AGAIN = """
UPDATE reminder_checks c SET check_at = later.at FROM unnest($1::bigint[], $2::timestamptz[]) AS later (task_id, at)
WHERE c.task_id = later.task_id
"""
DONE = "DELETE FROM reminder_checks WHERE task_id = ANY($1::bigint[])"

# The clock was set back, or nobody looked for a while: what would be looked at within these days is looked at now.
# $1 until when
RECHECK = "UPDATE reminder_checks SET check_at = 'epoch' WHERE check_at <= $1 AND check_at > 'epoch'"

# Somebody lives in another time zone now. $1 who
RECHECK_PERSON = """
UPDATE reminder_checks SET check_at = 'epoch' WHERE task_id IN (
    SELECT id FROM tasks WHERE deleted_at IS NULL AND due_date IS NOT NULL
        AND (assignee_ids @> ARRAY[$1::bigint] OR created_by = $1)
    UNION ALL SELECT task_id FROM reminders WHERE user_id = $1)
"""

# $1 task, $2 user, $3 lead in minutes, $4 time, $5 how many one may have on a task. Nothing comes back for who has no
# part in the task, or as many as one may.
CREATE = f"""
WITH r AS (
    INSERT INTO reminders (task_id, user_id, lead_minutes, at)
    SELECT t.id, $2, $3, $4 FROM tasks t WHERE t.id = $1 AND t.deleted_at IS NULL AND $2 = ANY({AUDIENCE})
        AND (SELECT count(*) FROM reminders WHERE task_id = $1 AND user_id = $2) < $5
    RETURNING *
), looked_at AS (
    INSERT INTO reminder_checks (task_id, check_at) SELECT task_id, 'epoch' FROM r
    ON CONFLICT (task_id) DO UPDATE SET check_at = excluded.check_at
)
SELECT {COLUMNS} FROM r
"""
HAS_PART = f"SELECT $2 = ANY({AUDIENCE}) FROM tasks t WHERE t.id = $1"
GET = f"SELECT {COLUMNS} FROM reminders r WHERE r.task_id = $1 AND r.user_id = $2 AND r.id = $3"
LIST = f"""
SELECT {COLUMNS} FROM reminders r WHERE r.task_id = $1 AND r.user_id = $2 AND r.id > $3 ORDER BY r.id LIMIT $4
"""
COUNT = "SELECT count(*) FROM reminders WHERE task_id = $1 AND user_id = $2"
DELETE = "DELETE FROM reminders WHERE task_id = $1 AND user_id = $2 AND id = $3"
