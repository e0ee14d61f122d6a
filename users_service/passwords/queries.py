"""The SQL of changing passwords."""

FIND = "SELECT username, email FROM users WHERE id = $1 AND is_active"

# On the condition that nobody else changed it since it was checked.
CHANGE = "UPDATE users SET password_hash = $2 WHERE id = $1 AND password_hash = $3 AND is_active RETURNING email"
SET = "UPDATE users SET password_hash = $2, email_confirmed = true WHERE id = $1 AND is_active RETURNING email"
SET_BY_OTHERS = "UPDATE users SET password_hash = $2 WHERE id = $1 AND is_active RETURNING email"
