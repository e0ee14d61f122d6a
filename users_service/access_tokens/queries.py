"""The SQL of personal access tokens. One that is revoked is deleted: its id is no live session's any more."""

COLUMNS = "id, name, scopes, created_at, expires_at, last_used_at"
LIVE = "(t.expires_at IS NULL OR t.expires_at > now()) AND u.is_active"
"""What makes a token `t` of a user `u` good."""

# The time of use is written once a minute at most, and read back from the row that was locked, not from the snapshot.
PRINCIPAL = f"""
WITH found AS (
    SELECT t.id AS token_id, t.scopes, t.expires_at, t.last_used_at, u.id, u.username, u.role
    FROM access_tokens t JOIN users u ON u.id = t.user_id
    WHERE t.digest = $1 AND {LIVE}
), used AS (
    UPDATE access_tokens SET last_used_at = now() FROM found
    WHERE access_tokens.id = found.token_id
        AND (found.last_used_at IS NULL OR found.last_used_at < now() - interval '1 minute')
        AND (access_tokens.last_used_at IS NULL OR access_tokens.last_used_at < now() - interval '1 minute')
)
SELECT token_id, scopes, expires_at, id, username, role FROM found
"""
INSERT = f"""
INSERT INTO access_tokens (id, user_id, name, scopes, digest, expires_at)
SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM access_tokens WHERE user_id = $2) < $7
RETURNING {COLUMNS}
"""
LIST = f"""
SELECT {COLUMNS} FROM access_tokens WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
"""
COUNT = "SELECT count(*) FROM access_tokens WHERE user_id = $1"
FIND = f"SELECT {COLUMNS} FROM access_tokens WHERE id = $1 AND user_id = $2"
REVOKE = "DELETE FROM access_tokens WHERE id = $1 AND user_id = $2"
REVOKE_ALL = "DELETE FROM access_tokens WHERE user_id = $1"
