"""The SQL of schedules."""

COLUMNS = "s.id, s.kind, s.format, s.filter, s.every, s.next_at, s.created_at"

COUNT = "SELECT count(*) FROM report_schedules WHERE owner_id = $1"
CREATE = f"""
INSERT INTO report_schedules AS s (owner_id, as_admin, kind, format, filter, every, next_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {COLUMNS}
"""
# One's own: $1 schedule, $2 caller
GET = f"SELECT {COLUMNS} FROM report_schedules s WHERE s.id = $1 AND s.owner_id = $2"
LIST = f"""
SELECT {COLUMNS} FROM report_schedules s WHERE s.owner_id = $1 AND s.id < $2 ORDER BY s.id DESC LIMIT $3
"""
DELETE = "DELETE FROM report_schedules WHERE id = $1 AND owner_id = $2"

# Whose time has come, with their owner: nobody else takes these before the transaction ends.
DUE = """
SELECT s.id, s.owner_id, s.as_admin, s.kind, s.format, s.filter, s.every, p.timezone, coalesce(p.is_active, false)
    AS is_active
FROM report_schedules s LEFT JOIN people p ON p.id = s.owner_id
WHERE s.next_at <= $1 ORDER BY s.next_at LIMIT $2 FOR UPDATE OF s SKIP LOCKED
"""
NEXT = "UPDATE report_schedules SET next_at = $2 WHERE id = $1"
FORGET = "DELETE FROM report_schedules WHERE id = $1"
"""Of somebody whose account is not active any more."""
