"""The SQL of schedules."""

COLUMNS = """s.id, s.kind, s.format, s.filter, s.every, CASE WHEN NOT s.paused THEN s.next_at END AS next_at, s.paused,
    s.created_at, s.updated_at, s.version"""

COUNT = "SELECT count(*) FROM report_schedules WHERE owner_id = $1"
CREATE = f"""
INSERT INTO report_schedules AS s (owner_id, as_admin, kind, format, filter, paused, every, next_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING {COLUMNS}
"""
# One's own: $1 schedule, $2 caller
GET = f"SELECT {COLUMNS} FROM report_schedules s WHERE s.id = $1 AND s.owner_id = $2"
LIST = f"""
SELECT {COLUMNS} FROM report_schedules s WHERE s.owner_id = $1 AND s.id < $2 ORDER BY s.id DESC LIMIT $3
"""
LOCK = f"{GET} FOR UPDATE"
UPDATE = f"""
UPDATE report_schedules AS s SET as_admin = $2, kind = $3, format = $4, filter = $5, paused = $6, every = $7,
    next_at = $8, updated_at = now(), version = version + 1
WHERE s.id = $1 RETURNING {COLUMNS}
"""
DELETE = "DELETE FROM report_schedules WHERE id = $1"

# Whose time has come, with their owner: nobody else takes these before the transaction ends.
DUE = """
SELECT s.id, s.owner_id, s.as_admin, s.kind, s.format, s.filter, s.every, p.timezone, coalesce(p.is_active, false)
    AS is_active
FROM report_schedules s LEFT JOIN people p ON p.id = s.owner_id
WHERE s.next_at <= $1 AND NOT s.paused ORDER BY s.next_at LIMIT $2 FOR UPDATE OF s SKIP LOCKED
"""
NEXT = "UPDATE report_schedules SET next_at = $2, version = version + 1 WHERE id = $1"
