"""The SQL of accounts."""

COLUMNS = """id, username, email, pending_email, full_name, first_name, last_name, role, is_active, timezone, locale,
    date_joined, last_login, version"""
DIRECTORY_COLUMNS = "id, username, full_name"
STATE_COLUMNS = "id, username, full_name, email, role, timezone, locale, is_active, version"

INSERT = f"""
INSERT INTO users (username, email, password_hash, full_name, first_name, last_name, role, timezone, locale)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {COLUMNS}
"""
FIND = f"SELECT {COLUMNS} FROM users WHERE id = $1"
FIND_BY_NAME = f"""
SELECT {COLUMNS} FROM users WHERE (lower(username) = lower($1) OR lower(email) = lower($1)) AND deleted_at IS NULL
"""
FIND_ENTRY = f"SELECT {DIRECTORY_COLUMNS}, version FROM users WHERE id = $1 AND is_active"
FIND_STATES = f"SELECT {STATE_COLUMNS} FROM users WHERE id = ANY($1) ORDER BY id"
LOCK = f"SELECT {COLUMNS} FROM users WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"

# Taken before any row's lock, so that two administrators who demote each other wait, and do not deadlock.
LOCK_ADMINS = "SELECT pg_advisory_xact_lock(hashtext('administrators'))"
OTHER_ADMINS = "SELECT EXISTS (SELECT FROM users WHERE role = 'admin' AND is_active AND id <> $1)"
ANY_ADMIN = "SELECT EXISTS (SELECT FROM users WHERE role = 'admin' AND is_active)"

UPDATE = f"""
UPDATE users SET username = $2, email = $3, pending_email = $4, full_name = $5, first_name = $6, last_name = $7,
    role = $8, is_active = $9, timezone = $10, locale = $11, version = version + 1,
    email_confirmed = email_confirmed AND lower(email) = lower($3)
WHERE id = $1 RETURNING {COLUMNS}
"""
UPDATED = (
    *("username", "email", "pending_email", "full_name", "first_name", "last_name", "role", "is_active", "timezone"),
    "locale",
)
"""The columns of UPDATE, in the order of its parameters."""

ANONYMISE = f"""
UPDATE users SET username = 'deleted-' || id, email = 'deleted-' || id || '@deleted.invalid', pending_email = NULL,
    password_hash = '!', full_name = 'Deleted user', first_name = '', last_name = '', role = 'user',
    is_active = false, timezone = 'UTC', locale = 'en', last_login = NULL, deleted_at = now(), version = version + 1
WHERE id = $1 RETURNING {COLUMNS}
"""
EMAIL_TAKEN = "SELECT EXISTS (SELECT FROM users WHERE lower(email) = lower($2) AND id <> $1)"
CONFIRM_EMAIL = "UPDATE users SET email_confirmed = true WHERE id = $1"
FORGET_IDENTITIES = "DELETE FROM oidc_identities WHERE user_id = $1"
FORGET_ANSWERS = "DELETE FROM idempotency_keys WHERE owner = $1"

FILTER = """
($1::text IS NULL OR role = $1) AND ($2::boolean IS NULL OR is_active = $2)
AND ($3::text IS NULL OR lower(username) LIKE lower($3) OR lower(full_name) LIKE lower($3)"""
IN_DIRECTORY = f"{FILTER})"
IN_FULL = f"{FILTER} OR lower(email) LIKE lower($3))"

KEYS = {"id": "$4::bigint, $5::bigint", "username": "lower($4), $5::bigint"}
ORDERS = {"id": "id", "username": "lower(username)"}


def list_page(sort: str, *, full: bool, first: bool) -> str:
    """Parameters: role, is_active, pattern, then, unless it is the first page, the cursor's value and id; the limit
    comes last."""
    order, down = ORDERS[sort.lstrip("-")], sort.startswith("-")
    columns, where = (COLUMNS, IN_FULL) if full else (DIRECTORY_COLUMNS, IN_DIRECTORY)
    limit = "$4" if first else "$6"
    if not first:
        where += f" AND ({order}, id) {'<' if down else '>'} ({KEYS[sort.lstrip('-')]})"
    direction = "DESC" if down else "ASC"
    return f"SELECT {columns} FROM users WHERE {where} ORDER BY {order} {direction}, id {direction} LIMIT {limit}"


def count(*, full: bool) -> str:
    return f"SELECT count(*) FROM users WHERE {IN_FULL if full else IN_DIRECTORY}"
