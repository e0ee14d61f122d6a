"""The SQL of preferences."""

COLUMNS = "matrix, digest, digest_hour, quiet_from, quiet_to, version"

GET = f"SELECT {COLUMNS} FROM preferences WHERE user_id = $1"

# $1 user, $2 the version that is replaced (1: there is no row yet), then the new values. Nothing comes back when
# somebody else was first.
REPLACE = f"""
INSERT INTO preferences AS p (user_id, matrix, digest, digest_hour, quiet_from, quiet_to, version)
VALUES ($1, $3, $4, $5, $6, $7, $2::integer + 1)
ON CONFLICT (user_id) DO UPDATE SET matrix = excluded.matrix, digest = excluded.digest,
    digest_hour = excluded.digest_hour, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
    version = excluded.version
WHERE p.version = $2
RETURNING {COLUMNS}
"""
