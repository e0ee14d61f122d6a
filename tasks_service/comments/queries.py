"""The SQL of comments. Each write is one statement that changes the comment and records the event."""

from tasks_service.policies import AUDIENCE, LIVELY, deletable, editable, visible
from tasks_service.tasks.hanging import ARCHIVED, recorded

COLUMNS = """comment.id, comment.task_id, comment.author_id, comment.body, comment.reactions, comment.created_at,
    comment.updated_at, comment.version"""
LIVE = "t.id = comment.task_id AND t.deleted_at IS NULL"
MENTIONED = ", 'mentioned', comment.newly_mentioned"
WITH_MENTIONED = f"""{AUDIENCE} || ARRAY(
        SELECT p.id FROM people p
        WHERE p.id = ANY(comment.newly_mentioned) AND p.role = 'admin' AND p.id <> ALL({AUDIENCE}))"""

# $1 comment, $2 user, $3 whether that is an administrator
GET = f"""
SELECT {COLUMNS} FROM comments comment JOIN tasks t ON {LIVE} WHERE comment.id = $1 AND {visible("$2", "$3")}
"""
MAY = f"""
SELECT {COLUMNS}, comment.author_id = $2 OR $3 AS edits, comment.author_id = $2 OR {deletable("$2", "$3")} AS deletes,
    {editable("$2", "$3")} AS reacts, {ARCHIVED} AS archived
FROM comments comment JOIN tasks t ON {LIVE} WHERE comment.id = $1 AND {visible("$2", "$3")}
"""
# $4 the id to begin beyond, $5 rows
LIST = f"""
SELECT {COLUMNS} FROM comments comment JOIN tasks t ON {LIVE}
WHERE t.id = $1 AND {visible("$2", "$3")} AND comment.id > $4 ORDER BY comment.id LIMIT $5
"""
LIST_NEWEST_FIRST = f"""
SELECT {COLUMNS} FROM comments comment JOIN tasks t ON {LIVE}
WHERE t.id = $1 AND {visible("$2", "$3")} AND comment.id < $4 ORDER BY comment.id DESC LIMIT $5
"""
COUNT = "SELECT count(*) FROM comments WHERE task_id = $1"

# Whom the names $2 mean, of those who may see the task $1; administrators see every task.
MENTIONED_PEOPLE = f"""
SELECT p.id, lower(p.username) AS name FROM tasks t JOIN people p ON p.id = ANY({AUDIENCE}) OR p.role = 'admin'
WHERE t.id = $1 AND p.is_active AND lower(p.username) = ANY($2::text[])
"""
UNKNOWN_PEOPLE = f"""
SELECT seen.id FROM tasks t, unnest({AUDIENCE}) AS seen (id)
WHERE t.id = $1 AND NOT EXISTS (SELECT FROM people p WHERE p.id = seen.id) LIMIT 1000
"""

# $1 task, $4 words, $5 those mentioned
CREATE = recorded(
    f"""
    INSERT INTO comments AS comment (task_id, author_id, body, mentioned)
    SELECT t.id, $2, $4, $5::bigint[] FROM tasks t
    WHERE t.id = $1 AND t.deleted_at IS NULL AND {editable("$2", "$3")}
    RETURNING comment.*, comment.author_id AS actor, comment.mentioned AS newly_mentioned""",
    "comment",
    COLUMNS,
    "comment.added",
    6,
    more=MENTIONED,
    audience=WITH_MENTIONED,
)

# The versions that If-Match allows; NULL for any.
MATCHES = "($4::int[] IS NULL OR comment.version = ANY($4))"

# $5 words, or NULL for those that are there; $6 those mentioned. What the comment said before is kept.
UPDATE = recorded(
    f"""
    UPDATE comments AS comment SET body = coalesce($5, comment.body), version = comment.version + 1,
        updated_at = CASE WHEN $5 <> comment.body THEN now() ELSE comment.updated_at END,
        mentioned = ARRAY(SELECT unnest(comment.mentioned) UNION SELECT unnest($6::bigint[]))
    FROM tasks t
    WHERE comment.id = $1 AND {LIVE} AND {visible("$2", "$3")} AND (comment.author_id = $2 OR $3) AND {MATCHES}
        AND {LIVELY}
    RETURNING new.*, $2::bigint AS actor, old.body AS former_body, old.version AS former_version,
        old.updated_at AS former_since,
        ARRAY(SELECT unnest(new.mentioned) EXCEPT SELECT unnest(old.mentioned)) AS newly_mentioned""",
    "comment",
    COLUMNS,
    "comment.updated",
    7,
    more=MENTIONED,
    audience=WITH_MENTIONED,
    also="""former AS (
        INSERT INTO former_comments (comment_id, version, body, written_at)
        SELECT id, former_version, former_body, former_since FROM comment WHERE body <> former_body
    ),""",
)
DELETE = recorded(
    f"""
    DELETE FROM comments comment USING tasks t
    WHERE comment.id = $1 AND {LIVE} AND {visible("$2", "$3")} AND {MATCHES}
        AND (comment.author_id = $2 OR {deletable("$2", "$3")}) AND {LIVELY}
    RETURNING comment.id, comment.task_id, comment.author_id, comment.body, comment.reactions, comment.created_at,
        comment.updated_at, comment.version + 1 AS version, $2::bigint AS actor""",
    "comment",
    COLUMNS,
    "comment.deleted",
    5,
)

# $4 emoji, $5 how many people one may have, $6 how many of them a comment may have
_MINE = "coalesce(comment.reactions -> $4::text @> to_jsonb($2::bigint), false)"
REACT = recorded(
    f"""
    UPDATE comments AS comment SET version = comment.version + 1, reactions = jsonb_set(comment.reactions, ARRAY[$4],
        coalesce(comment.reactions -> $4, '[]') || to_jsonb($2::bigint))
    FROM tasks t
    WHERE comment.id = $1 AND {LIVE} AND {editable("$2", "$3")} AND NOT {_MINE}
        AND coalesce(jsonb_array_length(comment.reactions -> $4), 0) < $5::int
        AND (comment.reactions ? $4 OR (SELECT count(*) FROM jsonb_object_keys(comment.reactions)) < $6::int)
    RETURNING comment.*, $2::bigint AS actor""",
    "comment",
    COLUMNS,
    "comment.updated",
    7,
)
UNREACT = recorded(
    f"""
    UPDATE comments AS comment SET version = comment.version + 1,
        reactions = CASE jsonb_array_length(comment.reactions -> $4) WHEN 1 THEN comment.reactions - $4
            ELSE jsonb_set(comment.reactions, ARRAY[$4], (
                SELECT jsonb_agg(one) FROM jsonb_array_elements(comment.reactions -> $4) one
                WHERE one <> to_jsonb($2::bigint))) END
    FROM tasks t
    WHERE comment.id = $1 AND {LIVE} AND {visible("$2", "$3")} AND {_MINE} AND {LIVELY}
    RETURNING comment.*, $2::bigint AS actor""",
    "comment",
    COLUMNS,
    "comment.updated",
    5,
)

# $1 comment, $2 the version to begin before, $3 rows
FORMER = """
SELECT f.version, f.body, f.written_at, f.replaced_at FROM former_comments f
WHERE f.comment_id = $1 AND f.version < $2 ORDER BY f.version DESC LIMIT $3
"""
COUNT_FORMER = "SELECT count(*) FROM former_comments WHERE comment_id = $1"
