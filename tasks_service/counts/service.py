"""The rules of counts.

Triggers write what each statement changes, so the numbers are as committed as the tasks; a loop folds the changes into
a summary. Whoever reads adds both up, in one statement: what is under way from one to the other is seen once.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from shared import people
from shared.auth import Principal
from shared.database import Record, Session
from shared.errors import Unavailable
from shared.http import PeerClient
from tasks_service.counts import queries
from tasks_service.settings import Settings
from tasks_service.tasks.inputs import Priority, Status

FOLDED = 5000  # changes at a time
TIDIED = 2000  # folded changes, after which what is left of them is cleaned up

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Scope:
    """Which tasks are counted."""

    name: str
    args: tuple[int, ...] = ()


def seen_by(principal: Principal) -> Scope:
    return Scope(queries.ADMIN) if principal.is_admin else Scope(queries.PERSON, (principal.id,))


def of_project(project_id: int) -> Scope:
    return Scope(queries.PROJECT, (project_id,))


class Folder:
    """The loop's work, and what it remembers of it."""

    def __init__(self) -> None:
        self._folded = 0

    async def fold(self, session: Session) -> bool:
        """Whether there may be more to fold."""
        async with session.begin():
            if not await session.fetchval(queries.ONLY_ONE):
                return False
            waiting: int = await session.fetchval(queries.WAITING, FOLDED)
            if waiting:
                await session.execute(queries.FOLD, FOLDED)
        self._folded += waiting
        if self._folded >= TIDIED:
            await session.execute(queries.TIDY.format(truncate=await session.fetchval(queries.IS_BIG)))
            self._folded = 0
        return waiting == FOLDED


@asynccontextmanager
async def one_moment(session: Session) -> AsyncIterator[None]:
    """All that is read within is of one moment, so that its parts add up."""
    async with session.begin():
        await session.execute(queries.ONE_MOMENT)
        yield


async def get_task_stats(session: Session, principal: Principal, settings: Settings) -> dict[str, Any]:
    return await get_stats(session, seen_by(principal), settings)


async def count_seen(
    session: Session, principal: Principal, facet: Literal["status", "priority"], values: Collection[str]
) -> int:
    """How many tasks the caller sees with one of these values, or all of them without any."""
    scope = seen_by(principal)
    counted = _by_facet(await session.fetch(queries.STATS[scope.name], 0, *scope.args))[facet]
    return sum(n for value, n in counted.items() if not values or value in values)


async def get_stats(session: Session, scope: Scope, settings: Settings) -> dict[str, Any]:
    return _stats(await session.fetch(queries.STATS[scope.name], settings.due_soon_hours, *scope.args))


async def get_days(session: Session, scope: Scope, since: date, until: date) -> list[Record]:
    """What happened from the day `since` on, see `queries.DAYS`; of what was completed, up to and without `until`."""
    return await session.fetch(queries.DAYS[scope.name], str(since), str(until), *scope.args)


async def get_loads(session: Session, scope: Scope, limit: int) -> list[Record]:
    """Who has how much to do, who has most to do first."""
    return await session.fetch(queries.LOADS[scope.name], limit, *scope.args)


async def get_open_days(session: Session, user_id: int, enough: int, first: date, last: date) -> list[Record]:
    """On which days open tasks are due that somebody made or is assigned to, see `queries.OPEN_DAYS`: the first that
    have enough of them, and those between two."""
    return await session.fetch(queries.OPEN_DAYS, user_id, enough, first, last)


def _stats(rows: list[Record]) -> dict[str, Any]:
    counts = _by_facet(rows)
    return {
        "total": sum(counts["status"].values()),
        "by_status": _all_of(Status, counts["status"]),
        "by_priority": _all_of(Priority, counts["priority"]),
        "overdue": counts["due"].get("overdue", 0),
        "due_soon": counts["due"].get("due_soon", 0),
    }


async def get_insights(session: Session, principal: Principal, settings: Settings, users: PeerClient) -> dict[str, Any]:
    scope = seen_by(principal)
    rows = await session.fetch(queries.INSIGHTS[scope.name], settings.due_soon_hours, *scope.args)
    counts = _by_facet(await _with_names(session, users, rows))
    by_status = _all_of(Status, counts["status"])
    return {
        "total": sum(by_status.values()),
        "completed": by_status["completed"],
        "pending": by_status["todo"],
        "tasks_by_priority": _all_of(Priority, counts["priority"]),
        "tasks_by_status": by_status,
        "tasks_assigned": counts["assigned"],
        "tasks_created": counts["created"],
        "tasks_due_soon": counts["due"].get("due_soon", 0),
    }


def _by_facet(rows: list[Record]) -> Counts:
    counts: Counts = defaultdict(dict)
    for row in rows:
        of_facet = counts[row["facet"]]
        of_facet[row["value"]] = of_facet.get(row["value"], 0) + row["n"]
    return counts


def _all_of(names: Any, counted: dict[str, int]) -> dict[str, int]:
    return {name: counted.get(name, 0) for name in get_args(names)}


async def _with_names(session: Session, users: PeerClient, rows: list[Record]) -> list[Record]:
    """The rows, with the usernames of people of whom no event has told yet."""
    unknown = {int(row["value"]) for row in rows if row["is_unknown"]}
    if not unknown:
        return rows
    try:
        found = await people.find(session, users, unknown)
    except Unavailable:  # then these few are told by their ids
        return rows
    names = {str(one): person["username"] for one, person in found.items()}
    return [{**row, "value": names.get(row["value"], row["value"])} if row["is_unknown"] else row for row in rows]
