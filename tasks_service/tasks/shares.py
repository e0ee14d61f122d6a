"""Who sees much of all tasks, and who sees little.

Who sees much finds a page soon by walking along the order of the list; who sees little, by looking at what is theirs.
The planner knows how much that would be, so it is asked now and then; a wrong guess costs time and nothing else.
"""

import time

import orjson

from shared.auth import Principal
from shared.database import Session
from tasks_service.tasks import queries

FEW = 2000  # tasks; among so few everybody sees much
KEPT = 60.0  # seconds
CAPACITY = 10_000  # people


class Shares:
    """The guesses of one process: how much of all tasks somebody sees, from 0 to 1."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[float, float]] = {}

    async def of(self, session: Session, principal: Principal) -> float:
        known = self._known.get(principal.id)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        if len(self._known) >= CAPACITY:
            self._known.clear()
        share = await _guess(session, principal.id)
        self._known[principal.id] = share, time.monotonic() + KEPT
        return share


async def _guess(session: Session, user_id: int) -> float:
    sizes = await session.fetchrow(queries.SIZES, user_id)
    assert sizes is not None
    if sizes["tasks"] < FEW:
        return 1.0
    plan = orjson.loads(await session.fetchval(queries.GUESS, user_id, sizes["projects"]))
    return float(plan[0]["Plan"]["Plan Rows"] / sizes["tasks"])
