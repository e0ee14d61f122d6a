"""The SQL of sessions."""

from users_service.access_tokens.queries import LIVE as LIVE_TOKEN

LIVE = "s.revoked_at IS NULL AND s.expires_at > now() AND u.is_active"
"""What makes a session `s` of a user `u` good: every check of a token comes down to this."""

# The time of use is written once a minute at most, so a check of a token is a write as rarely as that.
PRINCIPAL = f"""
WITH found AS (
    SELECT u.id, u.username, u.role, s.last_used_at FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = $1 AND u.id = $2 AND {LIVE}
), used AS (
    UPDATE sessions SET last_used_at = now() FROM found
    WHERE sessions.id = $1 AND found.last_used_at < now() - interval '1 minute'
        AND sessions.last_used_at < now() - interval '1 minute'
)
SELECT id, username, role FROM found
"""
COLUMNS = "s.id, s.created_at, s.last_used_at, s.expires_at, s.address, s.user_agent"
LIST = f"""
SELECT {COLUMNS} FROM sessions s JOIN users u ON u.id = s.user_id
WHERE u.id = $1 AND {LIVE} AND ($2::uuid IS NULL OR s.id < $2) ORDER BY s.id DESC LIMIT $3
"""
COUNT = f"SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.id = $1 AND {LIVE}"
FIND = f"""
SELECT {COLUMNS} FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1 AND u.id = $2 AND {LIVE}
"""
REVOKE = "UPDATE sessions SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING user_id"
REVOKE_ALL = """
UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL AND ($2::uuid IS NULL OR id <> $2)
RETURNING id
"""
FORGET_ORIGINS = "UPDATE sessions SET user_agent = '', address = '', network = '' WHERE user_id = $1"
ENDED = f"""
SELECT id FROM unnest($1::uuid[]) AS asked(id)
WHERE NOT EXISTS (SELECT FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = asked.id AND {LIVE})
    AND NOT EXISTS (SELECT FROM access_tokens t JOIN users u ON u.id = t.user_id WHERE t.id = asked.id AND {LIVE_TOKEN})
"""
PURGE = """
DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < now() ORDER BY expires_at LIMIT $1)
"""
PURGE_TOKENS = """
DELETE FROM refresh_tokens
WHERE id IN (SELECT id FROM refresh_tokens WHERE expires_at < now() ORDER BY expires_at LIMIT $1)
"""
