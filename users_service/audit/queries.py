"""The SQL of the audit trail."""

RECORD = """
INSERT INTO audit_entries (occurred_at, action, actor_id, target, address, request_id, count, details)
VALUES (coalesce($1, now()), $2, $3, $4, $5, $6, $7, $8)
"""
FILTER = """
($1::bigint IS NULL OR actor_id = $1) AND ($2::text IS NULL OR action = $2 OR starts_with(action, $2 || '.'))
AND ($3::timestamptz IS NULL OR occurred_at >= $3) AND ($4::timestamptz IS NULL OR occurred_at < $4)
"""
LIST = f"""
SELECT id, occurred_at, action, actor_id, target, address, request_id, count, details FROM audit_entries
WHERE {FILTER} AND ($5::bigint IS NULL OR id < $5) ORDER BY id DESC LIMIT $6
"""
COUNT = f"SELECT count(*) FROM audit_entries WHERE {FILTER}"
PURGE = """
DELETE FROM audit_entries WHERE id IN (
    SELECT id FROM audit_entries WHERE occurred_at < now() - make_interval(days => $1) ORDER BY occurred_at LIMIT $2)
"""
