"""What a task belongs to and waits for. Neither a parent nor a blocker may lead back to the task."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session
from shared.errors import FieldError, Unprocessable
from tasks_service.errors import ProjectArchived, TaskChangeRefused
from tasks_service.relations import queries

MAX_LEVELS = 10  # a task, its subtasks, theirs and so on
FIELDS = {"parent_id", "blocked_by"}


async def require_changed(session: Session, principal: Principal, task: Record, after: Mapping[str, Any]) -> None:
    """Refuses a new parent or new blockers that are not fit, in the transaction that writes them."""
    parent_id = after["parent_id"] if after["parent_id"] != task["parent_id"] else None
    added = [i for i in after["blocked_by"] if i not in task["blocked_by"]]
    if parent_id is not None or added:
        await session.execute(queries.LOCK_STRUCTURE)
        await require(session, principal, task["id"], parent_id, added)


async def require(
    session: Session, principal: Principal, task_id: int | None, parent_id: int | None, blockers: Sequence[int]
) -> Record | None:
    """Refuses what makes a circle, blockers of a task (None: a new one) that the caller does not see, and a parent that
    the caller may not change. Returns the parent, if there is one."""
    rows = await session.fetch(queries.SEEN, _all(parent_id, blockers), principal.id, principal.is_admin)
    seen = {row["id"]: row for row in rows}
    parent = seen.get(parent_id) if parent_id is not None else None
    wrong = [FieldError("/blocked_by", f"there is no task {i}") for i in blockers if i not in seen]
    if parent_id is not None and parent is None:
        wrong.append(FieldError("/parent_id", f"there is no task {parent_id}"))
    if wrong:
        raise Unprocessable(errors=wrong)
    if parent_id is not None and parent is not None:
        _require_right(parent)
        await _require_parent(session, task_id, parent_id)
    if blockers and task_id is not None and await session.fetchval(queries.IS_BEHIND, blockers, task_id):
        raise Unprocessable.at("/blocked_by", "would make tasks wait for each other in a circle")
    return parent


def _require_right(parent: Record) -> None:
    if parent["archived"]:
        raise ProjectArchived
    if not parent["editable"]:
        raise TaskChangeRefused(f"You may read task {parent['id']} and put nothing below it.")


async def _require_parent(session: Session, task_id: int | None, parent_id: int) -> None:
    above = [row["id"] for row in await session.fetch(queries.ANCESTORS, parent_id, MAX_LEVELS)]
    if task_id in above:
        raise Unprocessable.at("/parent_id", "is the task itself or one of those below it")
    below = 0 if task_id is None else await session.fetchval(queries.HEIGHT, task_id, MAX_LEVELS)
    if len(above) + 1 + below > MAX_LEVELS:
        raise Unprocessable.at("/parent_id", f"would make more than {MAX_LEVELS} levels of subtasks")


def _all(parent_id: int | None, blockers: Sequence[int]) -> list[int]:
    return [*blockers] if parent_id is None else [*blockers, parent_id]
