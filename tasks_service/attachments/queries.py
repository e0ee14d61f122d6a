"""The SQL of attachments. Each write is one statement that makes the change and records the event."""

from tasks_service.policies import LIVELY, deletable, editable, visible
from tasks_service.tasks.hanging import recorded

COLUMNS = """attachment.id, attachment.task_id, attachment.filename, attachment.content_type, attachment.size,
    attachment.sha256, attachment.created_by, attachment.created_at"""
LIVE = "t.id = attachment.task_id AND t.deleted_at IS NULL"

# $1 attachment, $2 user, $3 whether that is an administrator
GET = f"""
SELECT {COLUMNS} FROM attachments attachment JOIN tasks t ON {LIVE} WHERE attachment.id = $1 AND {visible("$2", "$3")}
"""
GET_WITH_KEY = f"""
SELECT {COLUMNS}, blob.key FROM attachments attachment JOIN tasks t ON {LIVE} JOIN blobs blob ON blob.id = blob_id
WHERE attachment.id = $1 AND {visible("$2", "$3")}
"""
# $4 the id to begin beyond, $5 rows, $6 who added it, or NULL
_LISTED = f"""
SELECT {COLUMNS} FROM attachments attachment JOIN tasks t ON {LIVE}
WHERE t.id = $1 AND {visible("$2", "$3")} AND ($6::bigint IS NULL OR attachment.created_by = $6)"""
LIST = f"{_LISTED} AND attachment.id > $4 ORDER BY attachment.id LIMIT $5"
LIST_NEWEST_FIRST = f"{_LISTED} AND attachment.id < $4 ORDER BY attachment.id DESC LIMIT $5"
COUNT = "SELECT count(*) FROM attachments WHERE task_id = $1 AND ($2::bigint IS NULL OR created_by = $2)"

# How many bytes have room: of the user $2, and of the project that the task is in. $4 and $5 are the quotas in bytes.
_OF_USER = "SELECT coalesce(sum(a.size), 0) FROM attachments a WHERE a.created_by = $2"
_OF_PROJECT = """SELECT coalesce(sum(a.size), 0) FROM attachments a JOIN tasks other ON other.id = a.task_id
    WHERE other.project_id = t.project_id"""
ROOM = f"""
least($4::bigint - ({_OF_USER}), CASE WHEN t.project_id IS NULL THEN $4 ELSE $5::bigint - ({_OF_PROJECT}) END)"""
# $1 task
ASK = f"""
SELECT {editable("$2", "$3")} AS editable, ({ROOM})::bigint AS room
FROM tasks t WHERE t.id = $1 AND t.deleted_at IS NULL AND {visible("$2", "$3")}
"""
# Uploads of one user, and into one project, are counted one after the other: in a statement of its own, so that the
# next one sees what those before have added.
LOCK_ROOM = """
SELECT pg_advisory_xact_lock(hashtextextended('files of user ' || $2::bigint, 0)),
    (SELECT pg_advisory_xact_lock(hashtextextended('files of project ' || t.project_id, 0))
        WHERE t.project_id IS NOT NULL)
FROM tasks t WHERE t.id = $1
"""
# $6 key, $7 size, $8 digest, $9 filename, $10 content type. Content that is there already keeps its key.
ADD = recorded(
    """
    INSERT INTO attachments AS attachment (task_id, blob_id, filename, content_type, size, sha256, created_by)
    SELECT allowed.id, blob.id, $9, $10, $7, $8, $2 FROM allowed, blob
    RETURNING attachment.*, 1 AS version, attachment.created_by AS actor""",
    "attachment",
    COLUMNS,
    "attachment.added",
    11,
    before=f"""allowed AS (
        SELECT t.id FROM tasks t
        WHERE t.id = $1 AND t.deleted_at IS NULL AND {editable("$2", "$3")} AND {ROOM} >= $7::bigint
    ), blob AS (
        INSERT INTO blobs AS b (sha256, size, key) SELECT $8, $7, $6 FROM allowed
        ON CONFLICT (sha256) DO UPDATE SET claimed_at = now() RETURNING b.id
    ),""",
)
KEY_OF = "SELECT key FROM blobs WHERE sha256 = $1"

DELETE = recorded(
    f"""
    DELETE FROM attachments attachment USING tasks t
    WHERE attachment.id = $1 AND {LIVE} AND {visible("$2", "$3")}
        AND (attachment.created_by = $2 OR {deletable("$2", "$3")}) AND {LIVELY}
    RETURNING attachment.*, 2 AS version, $2::bigint AS actor""",
    "attachment",
    COLUMNS,
    "attachment.deleted",
    4,
)

# Content that no attachment has any more. What is being claimed is left alone, and the foreign key would refuse it.
DROP_UNUSED = """
DELETE FROM blobs WHERE id IN (
    SELECT b.id FROM blobs b
    WHERE b.claimed_at < now() - make_interval(secs => $1)
        AND NOT EXISTS (SELECT FROM attachments a WHERE a.blob_id = b.id)
    LIMIT 200 FOR UPDATE SKIP LOCKED)
RETURNING key
"""
UNKNOWN = "SELECT k FROM unnest($1::text[]) k WHERE NOT EXISTS (SELECT FROM blobs b WHERE b.key = k)"
