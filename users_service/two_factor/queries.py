"""The SQL of two-factor authentication."""

STATUS = """
SELECT (SELECT enabled_at FROM two_factor WHERE user_id = $1) AS enabled_at,
    (SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL) AS recovery_codes_left
"""
PREPARE = """
INSERT INTO two_factor (user_id, secret) VALUES ($1, $2)
ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE two_factor.enabled_at IS NULL
RETURNING true
"""
FIND_PREPARED = "SELECT secret, enabled_at FROM two_factor WHERE user_id = $1"
FIND_ENABLED = """
SELECT t.secret FROM two_factor t JOIN users u ON u.id = t.user_id
WHERE t.user_id = $1 AND t.enabled_at IS NOT NULL AND u.is_active
"""
# On the condition that the secret is still the one that the code was checked against.
ENABLE = """
UPDATE two_factor SET enabled_at = now(), last_step = $3 WHERE user_id = $1 AND secret = $2 AND enabled_at IS NULL
RETURNING true
"""
# Of several at once with one code the first takes it; the others wait for the row and find the step spent.
SPEND_STEP = """
UPDATE two_factor SET last_step = $2 WHERE user_id = $1 AND enabled_at IS NOT NULL AND last_step < $2 RETURNING true
"""
SPEND_RECOVERY_CODE = """
UPDATE recovery_codes SET used_at = now() WHERE user_id = $1 AND digest = $2 AND used_at IS NULL RETURNING true
"""
ADD_RECOVERY_CODES = "INSERT INTO recovery_codes (user_id, digest) SELECT $1, unnest($2::bytea[])"
FORGET_RECOVERY_CODES = "DELETE FROM recovery_codes WHERE user_id = $1"
IS_ACCOUNT = "SELECT true FROM users WHERE id = $1 AND deleted_at IS NULL"
FORGET = "DELETE FROM two_factor WHERE user_id = $1"
