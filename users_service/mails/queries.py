"""The SQL of mails that are to leave."""

ENQUEUE = """
INSERT INTO mails (id, kind, recipient, user_id, invitation_id, give_up_at)
VALUES ($1, $2, $3, $4, $5, now() + $6::interval)
"""

# The pause before the next try is also the lease: it is longer than any sending takes, so a claim that died runs out.
CLAIM = """
UPDATE mails SET attempts = attempts + 1,
    next_attempt_at = now() + least(make_interval(mins => (2 ^ least(attempts, 10))::integer), interval '1 hour')
WHERE id = (
    SELECT id FROM mails WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, recipient, user_id, invitation_id, attempts, created_at, give_up_at <= now() AS too_late
"""
DONE = "DELETE FROM mails WHERE id = $1"
FORGET = "DELETE FROM mails WHERE user_id = $1 OR recipient = $2"

PERSON = """
SELECT id, username, full_name, email, pending_email, timezone FROM users
WHERE is_active AND (id = $1 OR ($1 IS NULL AND lower(email) = lower($2)))
"""
INVITATION = """
SELECT i.id, coalesce(nullif(u.full_name, ''), u.username) AS host
FROM invitations i JOIN users u ON u.id = i.invited_by
WHERE i.id = $1 AND i.accepted_at IS NULL AND i.expires_at > now()
"""
