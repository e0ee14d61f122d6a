"""The SQL of counting guesses."""

# Taken before the count is read, so that of several at once each sees those before it.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('guess ' || $1, 0))"

RESERVE = """
INSERT INTO guesses (account, network, known)
SELECT $1, $2, $3::boolean FROM (
    SELECT count(*) AS all_of_them, count(*) FILTER (WHERE network = $2) AS from_here,
        count(*) FILTER (WHERE NOT known) AS from_strangers
    FROM guesses WHERE account = $1 AND made_at > now() - $4::interval
) AS made
WHERE all_of_them < $5 AND from_here < $6 AND ($3 OR from_strangers < $7)
RETURNING id
"""
REFUSAL = """
SELECT coalesce(bool_or(NOT settled AND made_at > now() - interval '10 seconds'), false) AS under_way,
    ceil(extract(epoch FROM min(made_at) + $2::interval - now()))::integer AS seconds_left
FROM guesses WHERE account = $1 AND made_at > now() - $2::interval
"""
SETTLE = "UPDATE guesses SET settled = true WHERE id = $1"
TAKE_BACK = "DELETE FROM guesses WHERE id = $1"
FORGET = "DELETE FROM guesses WHERE account = $1"
PURGE = "DELETE FROM guesses WHERE id IN (SELECT id FROM guesses WHERE made_at < now() - $1::interval LIMIT $2)"
