"""How much of all tasks somebody sees, and how much a filter lets through, as the planner of PostgreSQL guesses."""

import time
from collections.abc import Awaitable, Callable, Hashable

import orjson

from shared.auth import Principal
from shared.database import Session
from tasks_service.tasks import list_queries
from tasks_service.tasks.conditions import Where

KEPT = 60.0  # seconds
CAPACITY = 10_000  # guesses


class Shares:
    """The guesses of one process."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[float, float]] = {}

    async def tasks(self, session: Session) -> float:
        """How many there are."""
        return await self._kept(None, lambda: session.fetchval(list_queries.TASKS))

    async def seen(self, session: Session, principal: Principal) -> float:
        """The share of them that somebody sees, from 0 to 1."""
        if principal.is_admin:
            return 1.0
        return await self._kept(principal.id, lambda: self._guess_seen(session, principal.id))

    async def matching(self, session: Session, where: Where, scope: str) -> float:
        """The share of them for which the conditions hold, whoever sees them. `scope` tells one list from another."""
        return await self._kept(scope, lambda: self._guess_matching(session, where))

    async def _kept(self, key: Hashable, guess: Callable[[], Awaitable[float]]) -> float:
        known = self._known.get(key)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        if len(self._known) >= CAPACITY:
            self._known.clear()
        guessed = await guess()
        self._known[key] = guessed, time.monotonic() + KEPT
        return guessed

    async def _guess_seen(self, session: Session, user_id: int) -> float:
        projects = await session.fetchval(list_queries.PROJECTS_OF, user_id)
        return await self._planned(session, list_queries.GUESS_SEEN, user_id, projects)

    async def _guess_matching(self, session: Session, where: Where) -> float:
        conditions = where.without_sight() + (" AND $1::bigint IS NOT NULL" if where.sight else "")
        return await self._planned(session, list_queries.GUESS_MATCHING.format(where=conditions), *where.args)

    async def _planned(self, session: Session, sql: str, *args: object) -> float:
        plan = orjson.loads(await session.fetchval(sql, *args))
        return float(plan[0]["Plan"]["Plan Rows"]) / max(await self.tasks(session), 1.0)
