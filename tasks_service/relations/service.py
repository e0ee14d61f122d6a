"""What a task belongs to and waits for. Neither a parent nor a blocker may lead back to the task."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session
from shared.errors import FieldError, Unprocessable
from tasks_service.errors import ProjectArchived, TaskChangeRefused
from tasks_service.relations import queries

MAX_LEVELS = 10  # a task, its subtasks, theirs and so on
FIELDS = {"parent_id", "blocked_by"}
TOO_DEEP = f"would make more than {MAX_LEVELS} levels of subtasks"
Seen = Mapping[int, Record]


async def require_changed(session: Session, principal: Principal, task: Record, after: Mapping[str, Any]) -> None:
    """Refuses a new parent or new blockers that are not fit, in the transaction that writes them."""
    parent_id = after["parent_id"] if after["parent_id"] != task["parent_id"] else None
    added = [i for i in after["blocked_by"] if i not in task["blocked_by"]]
    if parent_id is None and not added:
        return
    await session.execute(queries.LOCK_STRUCTURE)
    require_fit(await look_up(session, principal, _all(parent_id, added)), parent_id, added)
    if parent_id is not None:
        await _require_parent(session, task["id"], parent_id)
    if added and await session.fetchval(queries.IS_BEHIND, added, task["id"]):
        raise Unprocessable.at("/blocked_by", "would make tasks wait for each other in a circle")


async def require_new(
    session: Session, principal: Principal, parent_id: int | None, blockers: Sequence[int]
) -> Record | None:
    """Refuses what `require_fit` does for a task that is to be made; the parent, if there is one."""
    return require_fit(await look_up(session, principal, _all(parent_id, blockers)), parent_id, blockers)


async def look_up(session: Session, principal: Principal, task_ids: Iterable[int]) -> Seen:
    """By id those that the caller sees, each with its level below the topmost (1)."""
    rows = await session.fetch(queries.SEEN, list(task_ids), principal.id, principal.is_admin, MAX_LEVELS)
    return {row["id"]: row for row in rows}


def require_fit(seen: Seen, parent_id: int | None, blockers: Sequence[int]) -> Record | None:
    """Refuses blockers that the caller does not see, and a parent that the caller may not change or that is too far
    down already. Returns the parent, if there is one."""
    parent = seen.get(parent_id) if parent_id is not None else None
    wrong = [FieldError("/blocked_by", f"there is no task {i}") for i in blockers if i not in seen]
    if parent_id is not None and parent is None:
        wrong.append(FieldError("/parent_id", f"there is no task {parent_id}"))
    if wrong:
        raise Unprocessable(errors=wrong)
    if parent is None:
        return None
    if parent["archived"]:
        raise ProjectArchived
    if not parent["editable"]:
        raise TaskChangeRefused(f"You may read task {parent_id} and put nothing below it.")
    if parent["level"] >= MAX_LEVELS:
        raise Unprocessable.at("/parent_id", TOO_DEEP)
    return parent


async def _require_parent(session: Session, task_id: int, parent_id: int) -> None:
    above = [row["id"] for row in await session.fetch(queries.ANCESTORS, parent_id, MAX_LEVELS)]
    if task_id in above:
        raise Unprocessable.at("/parent_id", "is the task itself or one of those below it")
    if len(above) + 1 + await session.fetchval(queries.HEIGHT, task_id, MAX_LEVELS) > MAX_LEVELS:
        raise Unprocessable.at("/parent_id", TOO_DEEP)


def _all(parent_id: int | None, blockers: Sequence[int]) -> list[int]:
    return [*blockers] if parent_id is None else [*blockers, parent_id]
