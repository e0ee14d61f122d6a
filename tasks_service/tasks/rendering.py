"""Tasks as JSON, each rendered once for each version.

A version of a task never changes but for the numbers of its subtasks, so its JSON can be kept under its id, version and
those numbers: nothing has to be invalidated. A list then asks the database only which versions its page shows, and
fetches the rows that it has not rendered yet.
"""

from collections.abc import Sequence

import orjson

from shared.auth import Principal
from shared.database import Record, Session
from shared.responses import encode
from tasks_service.tasks import queries

CAPACITY = 20_000  # tasks; about 16 MB of typical ones

Version = tuple[int, int, int, int]


class RenderedTasks:
    """The rendered versions of one process, the oldest of them forgotten first."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._known: dict[Version, orjson.Fragment] = {}

    async def load(self, session: Session, principal: Principal, rows: Sequence[Record]) -> list[orjson.Fragment]:
        """The tasks that these rows (`id`, `version`, `subtasks_total`, `subtasks_completed`) name, in their order;
        without one that the principal could see when the rows were read and cannot any more."""
        wanted = [_version(row) for row in rows]
        found = [self._known.get(key) for key in wanted]
        if None in found:
            missing = [key[0] for key, fragment in zip(wanted, found, strict=True) if fragment is None]
            tasks = await session.fetch(queries.GET_MANY, missing, principal.id, principal.is_admin)
            fresh = {task["id"]: self._render(task) for task in tasks}
            found = [fragment or fresh.get(key[0]) for key, fragment in zip(wanted, found, strict=True)]
        return [fragment for fragment in found if fragment is not None]

    def _render(self, task: Record) -> orjson.Fragment:
        while len(self._known) >= self._capacity:
            del self._known[next(iter(self._known))]
        subtasks = task["subtasks"]
        key = (task["id"], task["version"], subtasks["total"], subtasks["completed"])
        fragment = self._known[key] = orjson.Fragment(encode(task))
        return fragment


def _version(row: Record) -> Version:
    return row["id"], row["version"], row["subtasks_total"], row["subtasks_completed"]
