"""Who sees much of all tasks, and who sees little.

Who sees much finds a page soon by walking along the order of the list; who sees little, by looking at what is theirs.
The planner knows how much that would be, so it is asked now and then; a wrong guess costs time and nothing else.
"""

import time

import orjson

from shared.auth import Principal
from shared.database import Session
from tasks_service.tasks import queries

MUCH = 0.01  # of all tasks: a page of 50 is found among 5,000
FEW = 2000  # tasks; among so few nobody sees little
KEPT = 60.0  # seconds
CAPACITY = 10_000  # people


class Shares:
    """The guesses of one process."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[bool, float]] = {}

    async def sees_much(self, session: Session, principal: Principal) -> bool:
        known = self._known.get(principal.id)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        if len(self._known) >= CAPACITY:
            self._known.clear()
        much = await _guess(session, principal.id)
        self._known[principal.id] = much, time.monotonic() + KEPT
        return much


async def _guess(session: Session, user_id: int) -> bool:
    sizes = await session.fetchrow(queries.SIZES, user_id)
    assert sizes is not None
    if sizes["tasks"] < FEW:
        return True
    plan = orjson.loads(await session.fetchval(queries.GUESS, user_id, sizes["projects"]))
    return bool(plan[0]["Plan"]["Plan Rows"] >= sizes["tasks"] * MUCH)
