"""The SQL of the inbox."""

COLUMNS = "id, kind, message, task_id, project_id, actor_id, event_id, is_read, created_at"

# $1 event, $2 task, $3 project, $4 actor, then for each recipient: $5 who, $6 kind, $7 deed, $8 whether it is personal.
# Who muted the task or the project, or wants nothing of this kind in the inbox, gets no row.
ADD = f"""
INSERT INTO notifications (event_id, recipient_id, kind, message, task_id, project_id, actor_id)
SELECT $1, told.recipient_id, told.kind,
    CASE WHEN starts_with(told.deed, ' ') THEN
        coalesce((SELECT coalesce(nullif(full_name, ''), username) FROM people WHERE id = $4), 'Somebody')
    ELSE '' END || told.deed,
    $2, $3, $4
FROM unnest($5::bigint[], $6::text[], $7::text[], $8::boolean[]) AS told (recipient_id, kind, deed, personal)
LEFT JOIN preferences p ON p.user_id = told.recipient_id
WHERE coalesce((p.matrix -> told.kind ->> 'inbox')::boolean, true) AND (told.personal OR NOT EXISTS (
    SELECT FROM mutes m WHERE m.user_id = told.recipient_id AND (m.task_id = $2 OR m.project_id = $3)))
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
