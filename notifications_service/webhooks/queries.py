"""The SQL of webhooks."""

COLUMNS = """w.id, w.url, w.events, w.project_id, w.format, w.description, w.is_active, w.disabled_reason,
    w.failing_since, w.created_at, w.updated_at, w.version"""
DELIVERY = """d.id, d.webhook_id, d.event_id, d.event_type, d.status, d.attempts, d.response_status, d.duration_ms,
    d.error, d.created_at, d.next_attempt_at"""
BOUND = 0x776562686F6F6B  # "webhook": the space of the lock under which one owner's are counted

ADD = f"""
INSERT INTO webhooks AS w (owner_id, owner_is_admin, url, events, project_id, format, description, is_active, secret)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE (SELECT count(*) FROM webhooks WHERE owner_id = $1) < $10
RETURNING {COLUMNS}
"""
LOCK_OWNER = f"SELECT pg_advisory_xact_lock({BOUND} # $1::bigint)"
GET = f"SELECT {COLUMNS} FROM webhooks w WHERE id = $1 AND owner_id = $2"
UPDATE = f"""
UPDATE webhooks w SET url = $4, events = $5, project_id = $6, format = $7, description = $8, is_active = $9,
    disabled_reason = CASE WHEN $9 THEN NULL ELSE disabled_reason END,
    failing_since = CASE WHEN $9 AND NOT is_active THEN NULL ELSE failing_since END,
    version = version + 1, updated_at = now()
WHERE id = $1 AND owner_id = $2 AND version = $3
RETURNING {COLUMNS}
"""
ROTATE = f"""
UPDATE webhooks w SET old_secret = secret, old_secret_until = now() + interval '24 hours', secret = $3,
    version = version + 1, updated_at = now()
WHERE id = $1 AND owner_id = $2
RETURNING {COLUMNS}
"""
DELETE = "DELETE FROM webhooks WHERE id = $1 AND owner_id = $2 AND version = $3"
COUNT = "SELECT count(*) FROM webhooks WHERE owner_id = $1"

ANY = "SELECT EXISTS (SELECT FROM webhooks WHERE is_active)"

# $1 event, $2 type, $3 payload, $4 topics, $5 audience, $6 project. The owner sees what the audience sees.
FAN_OUT = """
INSERT INTO webhook_deliveries (webhook_id, event_id, event_type, payload)
SELECT w.id, $1, $2, $3 FROM webhooks w
WHERE w.is_active AND (w.owner_is_admin OR w.owner_id = ANY($5::bigint[]))
    AND (w.events && $4::text[] OR '*' = ANY(w.events)) AND (w.project_id IS NULL OR w.project_id = $6)
ON CONFLICT DO NOTHING
"""

# The same for what is in the stream's log: $1 webhook, $2 its owner, $3 after, $4 since, $5 rows.
REPLAY = """
WITH found AS (
    SELECT w.id AS webhook_id, e.cursor, e.event_id, e.topics[1] AS type, e.frame::jsonb AS frame
    FROM webhooks w JOIN stream_events e ON e.cursor > $3 AND e.stored_at >= $4 AND e.kind <> 'notification'
        AND (w.owner_is_admin OR e.audience @> ARRAY[w.owner_id])
        AND (w.events && e.topics OR '*' = ANY(w.events)) AND (w.project_id IS NULL OR w.project_id = e.project_id)
    WHERE w.id = $1 AND w.owner_id = $2
    ORDER BY e.cursor LIMIT $5
), queued AS (
    INSERT INTO webhook_deliveries (webhook_id, event_id, event_type, payload)
    SELECT webhook_id, event_id, type, jsonb_build_object(
        'type', type, 'timestamp', frame -> 'occurred_at', 'data', frame - 'type' - 'action' - 'occurred_at')::text
    FROM found
    ON CONFLICT (webhook_id, event_id) DO UPDATE SET status = 'pending', attempts = 0, next_attempt_at = now()
)
SELECT count(*) AS queued, max(cursor) AS last FROM found
"""
TEST = f"""
INSERT INTO webhook_deliveries AS d (webhook_id, event_id, event_type, payload) VALUES ($1, $2, 'webhook.test', $3)
RETURNING {DELIVERY}
"""
REDELIVER = f"""
UPDATE webhook_deliveries d SET status = 'pending', attempts = 0, next_attempt_at = now()
FROM webhooks w WHERE d.id = $1 AND d.webhook_id = $2 AND w.id = d.webhook_id AND w.owner_id = $3
RETURNING {DELIVERY}
"""
GET_DELIVERY = f"""
SELECT {DELIVERY}, d.payload, d.response_excerpt, d.history FROM webhook_deliveries d
JOIN webhooks w ON w.id = d.webhook_id WHERE d.id = $1 AND d.webhook_id = $2 AND w.owner_id = $3
"""
COUNT_DELIVERIES = """
SELECT count(*) FROM webhook_deliveries WHERE webhook_id = $1 AND ($2::text IS NULL OR status = $2)
"""
PURGE = """
DELETE FROM webhook_deliveries WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE created_at < now() - make_interval(days => $1) LIMIT 5000)
"""
# Only down: who becomes an administrator makes their webhooks anew. $1 owner, $2 version, $3 admin, $4 active.
OWNER_CHANGED = """
UPDATE webhooks w SET owner_is_admin = w.owner_is_admin AND $3, is_active = w.is_active AND $4,
    disabled_reason = CASE WHEN $4 THEN w.disabled_reason ELSE 'owner_deactivated' END,
    version = w.version + 1, updated_at = now()
FROM people p
WHERE w.owner_id = $1 AND p.id = $1 AND p.version = $2 AND (w.owner_is_admin AND NOT $3 OR w.is_active AND NOT $4)
"""


def page(newest_first: bool) -> str:
    """$1 owner, $2 the id to go on from, $3 rows."""
    order, beyond = ("DESC", "<") if newest_first else ("ASC", ">")
    return f"SELECT {COLUMNS} FROM webhooks w WHERE owner_id = $1 AND id {beyond} $2 ORDER BY id {order} LIMIT $3"


def delivery_page(newest_first: bool) -> str:
    """$1 webhook, $2 status, $3 the id to go on from, $4 rows."""
    order, beyond = ("DESC", "<") if newest_first else ("ASC", ">")
    return f"""
    SELECT {DELIVERY} FROM webhook_deliveries d
    WHERE d.webhook_id = $1 AND ($2::text IS NULL OR d.status = $2) AND d.id {beyond} $3
    ORDER BY d.id {order} LIMIT $4
    """


# What is due, for each webhook as much as it has room for, now taken for $4 seconds. $1 at a time for each webhook, $2
# webhooks with deliveries under way and $3 how many those are, $5 rows, $6 of them where nothing gets through.
CLAIM = """
WITH due AS (
    SELECT d.id, d.next_attempt_at, w.failing_since IS NULL AS is_well,
        row_number() OVER (PARTITION BY w.failing_since IS NULL ORDER BY d.next_attempt_at) AS place
    FROM webhooks w CROSS JOIN LATERAL (
        SELECT d.id, d.next_attempt_at FROM webhook_deliveries d
        WHERE d.webhook_id = w.id AND d.status = 'pending' AND d.next_attempt_at <= now()
        ORDER BY d.next_attempt_at, d.id
        LIMIT greatest(0, $1::integer
            - coalesce((SELECT busy.n FROM unnest($2::bigint[], $3::integer[]) busy (id, n) WHERE busy.id = w.id), 0))
    ) d
    WHERE w.is_active
), next AS (
    SELECT id FROM due WHERE is_well OR place <= $6 ORDER BY next_attempt_at LIMIT $5
), taken AS (
    SELECT id FROM webhook_deliveries WHERE id = ANY(ARRAY(SELECT id FROM next))
        AND status = 'pending' AND next_attempt_at <= now()
    FOR UPDATE SKIP LOCKED
)
UPDATE webhook_deliveries d SET attempts = d.attempts + 1, next_attempt_at = now() + make_interval(secs => $4)
FROM taken, webhooks w
WHERE d.id = taken.id AND w.id = d.webhook_id
RETURNING d.id, d.webhook_id, d.event_id, d.event_type, d.payload, d.attempts, w.owner_id, w.url, w.format, w.secret,
    w.failing_since IS NULL AS is_well,
    CASE WHEN w.old_secret_until > now() THEN w.old_secret END AS old_secret,
    (SELECT coalesce(nullif(p.full_name, ''), p.username) FROM people p
     WHERE p.id = (d.payload::json -> 'data' ->> 'actor_id')::bigint) AS actor
"""
# $1 delivery, $2 status, $3 seconds until the next attempt (none: no more), $4 response status, $5 excerpt, $6 error,
# $7 milliseconds, $8 the attempt for the history.
RECORD = """
UPDATE webhook_deliveries SET status = $2, next_attempt_at = now() + make_interval(secs => $3::float8),
    response_status = $4, response_excerpt = $5, error = $6, duration_ms = $7, history = history || $8::jsonb
WHERE id = $1
"""
SUCCEEDED = "UPDATE webhooks SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL"
FAILED = "UPDATE webhooks SET failing_since = now() WHERE id = $1 AND failing_since IS NULL"
# $1 webhook, $2 why, $3 hours that it must have been failing.
DISABLE = """
UPDATE webhooks SET is_active = false, disabled_reason = $2, version = version + 1, updated_at = now()
WHERE id = $1 AND is_active AND ($3 = 0 OR failing_since < now() - make_interval(hours => $3)) RETURNING owner_id
"""
