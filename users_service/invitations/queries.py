"""The SQL of invitations."""

COLUMNS = "id, email, role, invited_by, created_at, expires_at, accepted_at, accepted_by"

INSERT = f"""
INSERT INTO invitations (id, email, role, invited_by, expires_at) VALUES ($1, $2, $3, $4, now() + $5::interval)
RETURNING {COLUMNS}
"""
LIST = f"SELECT {COLUMNS} FROM invitations WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2"
COUNT = "SELECT count(*) FROM invitations"
FIND = f"SELECT {COLUMNS} FROM invitations WHERE id = $1"
FIND_OPEN = f"SELECT {COLUMNS} FROM invitations WHERE id = $1 AND accepted_at IS NULL AND expires_at > now()"
ACCEPT = f"""
UPDATE invitations SET accepted_at = now() WHERE id = $1 AND accepted_at IS NULL AND expires_at > now()
RETURNING {COLUMNS}
"""
MARK = "UPDATE invitations SET accepted_by = $2 WHERE id = $1"
DELETE = "DELETE FROM invitations WHERE id = $1 RETURNING email"
EMAIL_TAKEN = "SELECT EXISTS (SELECT FROM users WHERE lower(email) = lower($1))"
