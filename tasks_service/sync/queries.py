"""The SQL of sync: which tasks a client has to hear of, found in the order of their ids."""

from tasks_service.policies import mine, visible
from tasks_service.tasks.queries import VERSION

# The page, and the moment at which it was read; one row without an id when the page is empty. Transactions are counted
# for each cluster, which is what `system` tells apart.
_PAGE = """
SELECT pg_current_snapshot()::text AS snapshot, extract(epoch FROM now())::bigint AS taken_at,
    (SELECT system_identifier::text FROM pg_control_system()) AS system, page.*
FROM (VALUES (1)) AS once LEFT JOIN ({page}) AS page ON true ORDER BY page.id
"""


def _new(column: str) -> str:
    """Whether the transaction is one that the client has not seen: the comparison is for the index."""
    return f"({column} >= $5 AND NOT pg_visible_in_snapshot({column}::text::xid8, $6::text::pg_snapshot))"


_CHANGED = f"SELECT t.id FROM tasks t WHERE t.id > $3 AND {_new('t.changed_in')} AND {{where}} ORDER BY t.id LIMIT $4"
_DEPARTED = f"SELECT d.task_id FROM departures d WHERE d.task_id > $3 AND {_new('d.changed_in')}"
_LEFT = f"SELECT d.project_id FROM departures d WHERE d.user_id = $1 AND d.task_id IS NULL AND {_new('d.changed_in')}"
_BELONGED = f"SELECT m.project_id FROM project_members m WHERE m.user_id = $1 UNION ALL {_LEFT}"

# Where a task may be that a client has to hear of, each in the order of ids and no more than a page of it.
_BRANCHES = {
    True: (_CHANGED.format(where="true"), f"{_DEPARTED} ORDER BY d.task_id LIMIT $4"),
    False: (
        _CHANGED.format(where=mine("$1")),
        # not assigned any more, or purged
        f"{_DEPARTED} AND d.user_id = $1 ORDER BY d.task_id LIMIT $4",
        # moved out of a project that the user belongs or belonged to
        f"{_DEPARTED} AND d.project_id = ANY(ARRAY({_BELONGED})) ORDER BY d.task_id LIMIT $4",
        # in a project that the user joined or left
        f"""SELECT t.id FROM tasks t WHERE t.id > $3 AND t.project_id = ANY(ARRAY(
            SELECT m.project_id FROM project_members m WHERE m.user_id = $1 AND {_new("m.joined_in")}
            UNION ALL {_LEFT})) ORDER BY t.id LIMIT $4""",
    ),
}


def everything(is_admin: bool) -> str:
    """$1 user, $2 whether that is an administrator, $3 the id to begin beyond, $4 rows."""
    who = visible("$1", "$2") if is_admin else f"NOT $2 AND {mine('$1')}"
    return _PAGE.format(
        page=f"""
    SELECT t.id, {VERSION} FROM tasks t WHERE t.id > $3 AND t.deleted_at IS NULL AND {who} ORDER BY t.id LIMIT $4"""
    )


def changes(is_admin: bool) -> str:
    """The tasks that changed, appeared or may have disappeared; without a version those that are to be forgotten.
    $1 to $4 as above, $5 the lowest transaction that may be new, $6 the snapshot that was seen."""
    branches = "\n        UNION\n        ".join(f"({branch})" for branch in _BRANCHES[is_admin])
    return _PAGE.format(
        page=f"""
    SELECT found.id, {VERSION}
    FROM ({branches}) AS found (id)
    LEFT JOIN tasks t ON t.id = found.id AND t.deleted_at IS NULL AND {visible("$1", "$2")}
    ORDER BY found.id LIMIT $4"""
    )


PURGE = """
DELETE FROM departures WHERE id IN (
    SELECT id FROM (SELECT id, departed_at FROM departures ORDER BY changed_in LIMIT 1000) AS oldest
    WHERE departed_at < now() - make_interval(days => $1))
"""

# After a restore into a new cluster, whose transactions are counted from the beginning: a row of the future would be
# sent again and again.
SETTLE = """
UPDATE tasks SET changed_in = DEFAULT WHERE id IN (
    SELECT id FROM tasks WHERE changed_in >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint LIMIT 1000
    FOR UPDATE SKIP LOCKED)
"""
