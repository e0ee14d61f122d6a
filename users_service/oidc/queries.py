"""The SQL of signing in through a provider."""

SPEND_ATTEMPT = """
INSERT INTO oidc_attempts (digest, expires_at) VALUES ($1, now() + $2::interval) ON CONFLICT DO NOTHING RETURNING true
"""

FIND_IDENTITY = """
SELECT u.id, u.is_active FROM oidc_identities i JOIN users u ON u.id = i.user_id WHERE i.issuer = $1 AND i.subject = $2
"""
ADD_IDENTITY = "INSERT INTO oidc_identities (issuer, subject, user_id) VALUES ($1, $2, $3)"
LIST_IDENTITIES = "SELECT issuer, created_at FROM oidc_identities WHERE user_id = $1 ORDER BY created_at LIMIT 100"
# Not the last way into an account that no password opens.
UNLINK = """
WITH account AS (SELECT id, password_hash FROM users WHERE id = $1 FOR UPDATE)
DELETE FROM oidc_identities i USING account a
WHERE i.user_id = a.id AND i.issuer = $2 AND (a.password_hash <> '!'
    OR EXISTS (SELECT FROM oidc_identities o WHERE o.user_id = a.id AND o.issuer <> $2))
"""
IS_LINKED = "SELECT EXISTS (SELECT FROM oidc_identities WHERE user_id = $1 AND issuer = $2)"
# Under its lock, so that role and activity stay what they are while it is linked.
LOCK_BY_EMAIL = """
SELECT u.id, u.role, u.is_active, u.email_confirmed,
    EXISTS (SELECT FROM two_factor t WHERE t.user_id = u.id AND t.enabled_at IS NOT NULL) AS two_factor
FROM users u WHERE lower(u.email) = lower($1) FOR UPDATE
"""
CLOSE_TO_PASSWORDS = "UPDATE users SET password_hash = '!', email_confirmed = true WHERE id = $1"

ADD_CODE = """
INSERT INTO oidc_codes (digest, browser, user_id, expires_at) VALUES ($1, $2, $3, now() + $4::interval)
"""
FIND_CODE = "SELECT user_id FROM oidc_codes WHERE digest = $1 AND browser = $2 AND expires_at > now()"
EXTEND_CODE = "UPDATE oidc_codes SET expires_at = created_at + $2::interval WHERE digest = $1"
SPEND_CODE = "DELETE FROM oidc_codes WHERE digest = $1 AND browser = $2 AND expires_at > now() RETURNING user_id"

PURGE_ATTEMPTS = "DELETE FROM oidc_attempts WHERE expires_at < now()"
PURGE_CODES = "DELETE FROM oidc_codes WHERE expires_at < now()"
