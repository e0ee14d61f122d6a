"""The SQL of signing in and of refresh tokens. Each change is one statement, so it happens whole or not at all."""

from users_service.sessions.queries import LIVE
from users_service.users.queries import COLUMNS

FIND_ACCOUNT = """
SELECT id, password_hash, EXISTS (SELECT FROM sessions WHERE user_id = users.id AND network = $2) AS known
FROM users WHERE lower(username) = lower($1) OR lower(email) = lower($1)
"""
FIND_HASH = "SELECT password_hash FROM users WHERE id = $1"

IS_ACTIVE = "SELECT is_active FROM users WHERE id = $1"

# The account is checked again under its lock: it may have been deactivated while the password was hashed.
OPEN_SESSION = f"""
WITH signed_in AS (
    UPDATE users SET last_login = now() WHERE id = $1 AND ($2::text IS NULL OR password_hash = $2) AND is_active
    RETURNING {COLUMNS}
), opened AS (
    INSERT INTO sessions (id, user_id, expires_at, address, network, user_agent)
    SELECT $3::uuid, id, now() + $5::interval, $6, $7, $8 FROM signed_in
), issued AS (
    INSERT INTO refresh_tokens (id, session_id, expires_at)
    SELECT $4::uuid, $3::uuid, now() + $5::interval FROM signed_in
), recorded AS (
    INSERT INTO audit_entries (action, actor_id, target, address, request_id, details)
    SELECT 'session.opened', id, 'session/' || $3::uuid::text, $6, $9, $10::json FROM signed_in
)
SELECT * FROM signed_in
"""

# Of several at once the first takes the row; the others wait for it, find it used and touch nothing.
ROTATE = f"""
WITH used AS (
    UPDATE refresh_tokens t SET used_at = now(), successor_id = $2::uuid
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE t.id = $1 AND t.used_at IS NULL AND t.expires_at > now() AND s.id = t.session_id AND {LIVE}
    RETURNING t.session_id, s.user_id
), renewed AS (
    UPDATE sessions SET expires_at = now() + $3::interval, last_used_at = now() FROM used WHERE id = used.session_id
), issued AS (
    INSERT INTO refresh_tokens (id, session_id, expires_at)
    SELECT $2::uuid, session_id, now() + $3::interval FROM used
)
SELECT session_id, user_id FROM used
"""
SESSION_OF = "SELECT session_id FROM refresh_tokens WHERE id = $1 AND used_at IS NULL"
FIND_USED = f"""
SELECT t.session_id, t.successor_id, s.user_id, t.used_at >= now() - $2::interval AS in_grace
FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
WHERE t.id = $1 AND t.used_at IS NOT NULL AND t.expires_at > now() AND {LIVE}
"""
