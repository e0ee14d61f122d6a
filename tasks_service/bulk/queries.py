"""The SQL of bulk requests that no single task needs."""

MATCHING = "SELECT t.id FROM tasks t WHERE {where} ORDER BY t.id LIMIT {limit}"
MATCHING_LOCKED = f"{MATCHING} FOR UPDATE"

# $1 creator, $2 client_ids
MADE_BEFORE = """
SELECT t.id, t.client_id, t.deleted_at IS NOT NULL AS is_trashed FROM tasks t
WHERE t.created_by = $1 AND t.client_id = ANY($2::uuid[])
"""
LOCK_CLIENT_IDS = """
SELECT pg_advisory_xact_lock(hashtextextended($1::bigint || ' ' || one, 0))
FROM (SELECT one FROM unnest($2::uuid[]) one ORDER BY one) AS sorted
"""
