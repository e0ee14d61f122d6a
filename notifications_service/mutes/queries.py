"""The SQL of mutes. `what` is `task_id` or `project_id`."""

from typing import Literal

What = Literal["task_id", "project_id"]
COLUMNS = "id, task_id, project_id, created_at"
COUNT = "SELECT count(*) FROM mutes WHERE user_id = $1"


def add(what: What) -> str:
    """$1 user, $2 the thing, $3 how many mutes one may have; nothing comes back when that is reached. A second time
    changes nothing and gives the same row."""
    return f"""
    INSERT INTO mutes (user_id, {what})
    SELECT $1, $2 WHERE (SELECT count(*) FROM mutes WHERE user_id = $1) < $3
    ON CONFLICT (user_id, {what}) DO UPDATE SET user_id = excluded.user_id
    RETURNING {COLUMNS}"""


def find(what: What) -> str:
    return f"SELECT {COLUMNS} FROM mutes WHERE user_id = $1 AND {what} = $2"


def remove(what: What) -> str:
    return f"DELETE FROM mutes WHERE user_id = $1 AND {what} = $2"


def page(newest_first: bool) -> str:
    """$1 user, $2 the id to go on from, $3 rows."""
    order, beyond = ("DESC", "<") if newest_first else ("ASC", ">")
    return f"SELECT {COLUMNS} FROM mutes WHERE user_id = $1 AND id {beyond} $2 ORDER BY id {order} LIMIT $3"
