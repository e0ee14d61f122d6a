"""Trees of tasks: what is below a task goes to the trash with it and comes back with it.

The lowest level goes first, so that each task's event has the numbers of its subtasks as they are then. It is also the
order in which a change of a subtask locks rows: itself, then its parent.
"""

from collections.abc import Awaitable, Iterable, Sequence
from itertools import groupby
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session
from tasks_service.relations import queries
from tasks_service.relations.service import MAX_LEVELS
from tasks_service.tasks.recording import event_of_many


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
    for level in _levels(await session.fetch(queries.BELOW, [task_id], MAX_LEVELS)):
        await session.execute(queries.LOCK, [row["id"] for row in level])
    await session.execute(queries.LOCK, [task_id])


async def trash_below(session: Session, principal: Principal, task_ids: Sequence[int]) -> int:
    """To the trash with what is below these tasks, which are about to go there; how many those were."""
    count = 0
    for level in _below(await session.fetch(queries.BELOW, task_ids, MAX_LEVELS), task_ids):
        roots = [row["root"] for row in level]
        count += await session.execute(queries.TRASH, [r["id"] for r in level], roots, *event_of_many(principal.id))
        session.event_recorded()
    return count


async def restore_below(session: Session, principal: Principal, task_ids: Sequence[int]) -> None:
    """Back from the trash with what went there with these tasks, which are about to come back."""
    for level in _below(await session.fetch(queries.TRASHED_BELOW, task_ids, MAX_LEVELS), task_ids):
        await session.execute(queries.RESTORE, [row["id"] for row in level], *event_of_many(principal.id))
        session.event_recorded()


async def purge_with(session: Session, task_id: int) -> None:
    """Ends a task in the trash, and what went there with it."""
    rows = await session.fetch(queries.TRASHED_BELOW, [task_id], MAX_LEVELS)
    await session.execute(queries.PURGE, [task_id, *(row["id"] for row in rows)])


def _below(rows: Iterable[Record], task_ids: Iterable[int]) -> list[list[Record]]:
    """The levels without the tasks themselves; what is below several of them belongs to the nearest."""
    nearest = {row["id"]: row for row in rows}  # the lowest level comes first, so the nearest is the last
    below = [nearest[i] for i in nearest.keys() - set(task_ids)]
    return _levels(sorted(below, key=lambda row: (-row["level"], row["id"])))


def _levels(rows: Iterable[Record]) -> list[list[Record]]:
    return [list(level) for _, level in groupby(rows, lambda row: row["level"])]
