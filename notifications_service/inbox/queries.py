"""The SQL of the inbox."""

COLUMNS = "id, kind, message, task_id, project_id, actor_id, event_id, is_read, created_at"

# Tells people of an event, in their inboxes and by mail, in one statement. $1 event, $2 task, $3 project, $4 actor;
# for each recipient: $5 who, $6 kind, $7 deed, $8 whether it is personal, $9 whether it is mailed by default, $10 the
# bundle of the mail; $11 details for the mail; $12 the channels, null for those that each person wants, without
# what they muted; $13 the template of the mail, null for the kind's; $14 seconds for which a bundle is open.
ADD = f"""
WITH told AS MATERIALIZED (
    SELECT t.recipient_id, t.kind, t.bundle,
        CASE WHEN starts_with(t.deed, ' ') THEN
            coalesce((SELECT coalesce(nullif(full_name, ''), username) FROM people WHERE id = $4), 'Somebody')
        ELSE '' END || t.deed AS message,
        CASE WHEN $12::text[] IS NULL THEN coalesce((p.matrix -> t.kind ->> 'inbox')::boolean, true)
        ELSE 'inbox' = ANY($12) END AS in_inbox,
        CASE WHEN $12::text[] IS NULL THEN coalesce((p.matrix -> t.kind ->> 'email')::boolean, t.mailed)
        ELSE 'email' = ANY($12) END AS by_mail
    FROM unnest($5::bigint[], $6::text[], $7::text[], $8::boolean[], $9::boolean[], $10::text[])
        AS t (recipient_id, kind, deed, personal, mailed, bundle)
    LEFT JOIN preferences p ON p.user_id = t.recipient_id
    WHERE $12 IS NOT NULL OR t.personal OR NOT EXISTS (
        SELECT FROM mutes m WHERE m.user_id = t.recipient_id AND (m.task_id = $2 OR m.project_id = $3))
), mailed AS (
    SELECT told.* FROM told WHERE by_mail AND NOT EXISTS (
        SELECT FROM mail_items i WHERE i.event_id = $1 AND i.recipient_id = told.recipient_id AND i.kind = told.kind)
), mail AS (
    INSERT INTO mails AS m (recipient_id, bundle, template, send_at)
    SELECT recipient_id, bundle, $13, now() + make_interval(secs => CASE WHEN bundle IS NULL THEN 0 ELSE $14::int END)
    FROM mailed
    ON CONFLICT (recipient_id, bundle) WHERE bundle IS NOT NULL DO UPDATE SET recipient_id = m.recipient_id
    RETURNING id, recipient_id
), item AS (
    INSERT INTO mail_items (mail_id, event_id, recipient_id, kind, message, task_id, details)
    SELECT mail.id, $1, recipient_id, mailed.kind, mailed.message, $2, $11 FROM mail JOIN mailed USING (recipient_id)
)
INSERT INTO notifications (event_id, recipient_id, kind, message, task_id, project_id, actor_id)
SELECT $1, recipient_id, kind, message, $2, $3, $4 FROM told WHERE in_inbox
ON CONFLICT DO NOTHING
RETURNING recipient_id, {COLUMNS}
"""

UNREAD_COUNT = "SELECT count(*) FROM notifications WHERE recipient_id = $1 AND NOT is_read"
MARK = f"UPDATE notifications SET is_read = $3 WHERE id = $1 AND recipient_id = $2 RETURNING {COLUMNS}"
READ_ALL = "UPDATE notifications SET is_read = true WHERE recipient_id = $1 AND NOT is_read"
DELETE = "DELETE FROM notifications WHERE id = $1 AND recipient_id = $2"
PURGE = """
DELETE FROM notifications WHERE id IN (
    SELECT id FROM notifications WHERE is_read AND created_at < now() - make_interval(days => $1) LIMIT 5000)
"""


def count(is_read: bool | None) -> str:
    """$1 recipient, $2 kinds (none: all)."""
    return f"SELECT count(*) FROM notifications WHERE {_matching(is_read)}"


def page(is_read: bool | None, newest_first: bool) -> str:
    """$1 recipient, $2 kinds (none: all), $3 the id to go on from, $4 rows. Written out, so that the index for unread
    rows is used."""
    order, beyond = ("DESC", "<") if newest_first else ("ASC", ">")
    return f"""
    SELECT {COLUMNS} FROM notifications WHERE {_matching(is_read)} AND id {beyond} $3
    ORDER BY id {order} LIMIT $4"""


def _matching(is_read: bool | None) -> str:
    read = {None: "", True: "AND is_read ", False: "AND NOT is_read "}[is_read]
    return f"recipient_id = $1 {read}AND (cardinality($2::text[]) = 0 OR kind = ANY($2))"
