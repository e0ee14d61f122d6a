"""Trees of tasks: what is below a task goes to the trash with it and comes back with it.

The lowest level goes first, so that each task's event has the numbers of its subtasks as they are then. It is also the
order in which a change of a subtask locks rows: itself, then its parent.
"""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session
from tasks_service.relations import queries
from tasks_service.tasks.queries import MANY
from tasks_service.tasks.recording import event_of_many

ROUNDS = 10  # each for subtasks that came while the one before was under way
LOWEST = 100  # levels, of which more than MAX_LEVELS can come about when two changes at once each add some


class _Lost(Exception):
    """The task itself was changed meanwhile, so nothing of this happened."""


async def together(session: Session, below: Awaitable[Any], statement: Sequence[Any]) -> Record | None:
    """What happens below a task, then the statement on the task itself: all of it, or nothing and None when that one
    finds another version."""
    try:
        async with session.begin():
            await below
            changed = await session.fetchrow(*statement)
            if changed is None:
                raise _Lost
    except _Lost:
        return None
    return changed


async def lock(session: Session, task_id: int) -> None:
    """Locks what is below a task, the lowest level first, and the task itself."""
    for level in _levels(await session.fetch(queries.BELOW, [task_id], LOWEST)):
        await session.execute(queries.LOCK, [row["id"] for row in level])
    await session.execute(queries.LOCK, [task_id])


async def trash(session: Session, principal: Principal, task_ids: Sequence[int]) -> int:
    """To the trash with these tasks, which are locked, and with what is below them, which comes back with the topmost
    of them; how many those were."""
    below = await trash_below(session, principal, task_ids)
    top = dict.fromkeys(i for i in task_ids if i not in below)
    return len(below) + await _trash(session, principal, top)


async def trash_below(session: Session, principal: Principal, task_ids: Sequence[int]) -> set[int]:
    """To the trash with what is below these tasks, which are about to go there. One that gets a subtask in this moment
    goes after that."""
    gone: set[int] = set()
    for _ in range(ROUNDS):
        levels = _levels(await session.fetch(queries.BELOW, task_ids, LOWEST))
        await session.execute(MANY)
        for level in levels:
            await _trash(session, principal, {row["id"]: row["root"] for row in level})
            gone.update(row["id"] for row in level)
        if not levels:
            break
    return gone


async def _trash(session: Session, principal: Principal, roots: Mapping[int, int | None]) -> int:
    session.event_recorded()
    return await session.execute(queries.TRASH, [*roots], [*roots.values()], *event_of_many(principal.id))


async def restore(session: Session, principal: Principal, task_ids: Sequence[int]) -> list[Record]:
    """Back from the trash with these tasks, which are locked and returned, and with what went there with them."""
    rows = await session.fetch(queries.TRASHED_BELOW, task_ids, LOWEST)
    await session.execute(MANY)
    event = ([*task_ids, *(row["id"] for row in rows)], *event_of_many(principal.id))
    for level in _levels(rows):
        await session.execute(queries.RESTORE, [row["id"] for row in level], *event)
    session.event_recorded()
    return await session.fetch(queries.RESTORE, task_ids, *event)


async def purge_with(session: Session, principal: Principal, task_id: int) -> None:
    """Ends a task in the trash, and what went there with it."""
    rows = await session.fetch(queries.TRASHED_BELOW, [task_id], LOWEST)
    await _purge(session, principal.id, [task_id, *(row["id"] for row in rows)])


async def purge_expired(session: Session, days: int) -> bool:
    """Ends what has been in the trash for so long; whether there may be more."""
    async with session.begin():
        ids = [row["id"] for row in await session.fetch(queries.EXPIRED, days)]
        if ids:
            await _purge(session, None, ids)
    return bool(ids)


async def _purge(session: Session, actor_id: int | None, task_ids: Sequence[int]) -> None:
    if await session.execute(queries.RELEASE, task_ids, *event_of_many(actor_id)):
        session.event_recorded()
    await session.execute(queries.PURGE, task_ids)


def _levels(rows: Iterable[Record]) -> list[list[Record]]:
    return [list(level) for _, level in groupby(rows, lambda row: row["level"])]
