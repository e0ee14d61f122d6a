"""The SQL of single-use links."""

ISSUE = """
INSERT INTO links (hash, kind, user_id, invitation_id, email, expires_at)
VALUES ($1, $2, $3, $4, $5, now() + $6::interval)
"""
FIND = "SELECT user_id, invitation_id, email FROM links WHERE hash = $1 AND kind = $2 AND expires_at > now()"
USE = """
DELETE FROM links WHERE hash = $1 AND kind = $2 AND expires_at > now() RETURNING user_id, invitation_id, email
"""
WITHDRAW = "DELETE FROM links WHERE user_id = $1 AND ($2::text IS NULL OR kind = $2)"
WITHDRAW_INVITATION = "DELETE FROM links WHERE invitation_id = $1"
PURGE = "DELETE FROM links WHERE expires_at < now()"
