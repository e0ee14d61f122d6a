"""The SQL of mails. `$now` is a parameter everywhere, so that all times are of one clock."""

# Takes mails for a try: for the length of a lease nobody else does, and whoever dies meanwhile loses nothing.
# $1 now, $2 the end of the lease, $3 how many, $4 those under way here
CLAIM = """
UPDATE mails SET bundle = NULL, attempts = attempts + 1, send_at = $2 WHERE id IN (
    SELECT id FROM mails WHERE status = 'pending' AND send_at <= $1 AND id <> ALL($4::bigint[])
    ORDER BY send_at LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING id, recipient_id, template, is_planned, attempts
"""

# What is needed to write a mail. $1 mail, $2 recipient
RECIPIENT = """
SELECT p.username, p.full_name, p.email, p.timezone, p.locale, p.is_active, pause.email AS paused_email,
    coalesce(w.matrix, '{}') AS matrix, coalesce(w.digest, 'off') AS digest, coalesce(w.digest_hour, 9) AS digest_hour,
    w.quiet_from, w.quiet_to
FROM people p LEFT JOIN preferences w ON w.user_id = p.id LEFT JOIN mail_pauses pause ON pause.user_id = p.id
WHERE p.id = $1
"""
ITEMS = (
    "SELECT id, event_id, kind, message, task_id, details, happened_at FROM mail_items WHERE mail_id = $1 ORDER BY id"
)

SENT = "UPDATE mails SET status = 'sent', reason = '', done_at = $2 WHERE id = $1 AND status = 'pending'"
ENDED = "UPDATE mails SET status = $3, reason = $4, done_at = $2 WHERE id = $1 AND status = 'pending'"
AGAIN = "UPDATE mails SET send_at = $2, reason = $3 WHERE id = $1 AND status = 'pending'"

# Moves what a mail has to say into the one that waits for that time. $1 mail, $2 recipient, $3 when
POSTPONE = """
WITH later AS (
    INSERT INTO mails AS m (recipient_id, bundle, is_planned, send_at) VALUES ($2, 'later', true, $3)
    ON CONFLICT (recipient_id, bundle) WHERE bundle IS NOT NULL DO UPDATE SET send_at = least(m.send_at, $3)
    RETURNING id
), moved AS (
    UPDATE mail_items SET mail_id = later.id FROM later WHERE mail_id = $1
)
DELETE FROM mails WHERE id = $1
"""

# $1 user, $2 address, $3 reason; nothing comes back when this is known.
PAUSE = """
INSERT INTO mail_pauses AS p (user_id, email, reason) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, reason = excluded.reason, paused_at = now()
WHERE p.email <> excluded.email
RETURNING user_id
"""

PURGE = """
DELETE FROM mails WHERE id IN (
    SELECT id FROM mails WHERE done_at < now() - make_interval(days => $1) ORDER BY done_at LIMIT 1000)
"""

STATS = """
SELECT
    count(*) FILTER (WHERE status = 'pending') AS pending,
    count(*) FILTER (WHERE status = 'sent') AS sent,
    count(*) FILTER (WHERE status = 'failed') AS failed,
    count(*) FILTER (WHERE status = 'suppressed') AS suppressed,
    count(*) FILTER (WHERE status = 'pending' AND attempts > 1) AS retrying,
    min(created_at) FILTER (WHERE status = 'pending' AND send_at <= now()) AS waiting_since,
    (SELECT count(*) FROM mail_pauses pause JOIN people p ON p.id = pause.user_id AND p.email = pause.email)
        AS paused_addresses
FROM mails
"""
INBOX_STATS = "SELECT count(*) AS total, count(*) FILTER (WHERE NOT is_read) AS unread FROM notifications"
DEAD_LETTERS = "SELECT count(*) FROM dead_letters"

DELIVERY = """
    m.id, m.recipient_id, ARRAY(SELECT DISTINCT kind FROM mail_items i WHERE i.mail_id = m.id) AS kinds, m.status,
    m.attempts, m.reason, m.created_at, CASE WHEN m.status = 'pending' THEN m.send_at END AS next_attempt_at,
    m.done_at"""
# $1 the id to begin before, $2 rows, $3 status, null for any
DELIVERIES = f"""
SELECT {DELIVERY} FROM mails m WHERE m.id < $1 AND ($3::text IS NULL OR m.status = $3) ORDER BY m.id DESC LIMIT $2
"""
COUNT_DELIVERIES = "SELECT count(*) FROM mails WHERE $1::text IS NULL OR status = $1"
RETRY = f"""
UPDATE mails m SET status = 'pending', attempts = 0, send_at = now(), done_at = NULL WHERE id = $1 AND status = 'failed'
RETURNING {DELIVERY}
"""
