"""The rules of bulk requests: everything happens in one transaction, or with `atomic` off as much of it as may, each
task under the rules that hold for it alone. Rows are locked in the order of their ids."""

from collections.abc import Iterable
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session, again_when_deadlocked
from shared.errors import Problem, Unprocessable
from shared.http import PeerClient
from tasks_service import policies
from tasks_service.bulk import changes, making, queries
from tasks_service.bulk.outcomes import Outcomes
from tasks_service.bulk.schemas import MAX_TASKS, BulkRequest, DeleteAllQuery
from tasks_service.errors import ProjectTrashed, TaskNotFound
from tasks_service.relations import service as relations
from tasks_service.relations import trees
from tasks_service.settings import Settings
from tasks_service.tasks import filters, lists
from tasks_service.tasks.conditions import Where
from tasks_service.tasks.errors import TaskNotTrashed
from tasks_service.tasks.list_schemas import Conditions, TaskFilter
from tasks_service.tasks.queries import LOCK_TO_CHANGE, LOCK_TO_RESTORE

DELETED_AT_ONCE = 10_000  # tasks that one "delete all" moves


@again_when_deadlocked
async def bulk_tasks(
    session: Session, principal: Principal, settings: Settings, users: PeerClient, body: BulkRequest
) -> dict[str, Any]:
    if body.create is not None:
        options = {"atomic": body.atomic, "dry_run": body.dry_run}
        return await making.create_tasks(session, principal, settings, users, body.create, **options)
    wanted = await changes.prepare(session, users, body) if body.set is not None else None
    where = await _where(session, principal, body) if body.filter is not None else None
    outcomes = Outcomes("filter" if where else "ids")
    async with session.begin():
        ids = await _matching(session, where) if where else body.ids or []
        if wanted is not None:
            todo = await changes.change(session, principal, wanted, ids, outcomes)
        else:
            moved = await _to_move(session, principal, ids, body.action == "restore", outcomes)
        outcomes.require(body.atomic)
        if body.dry_run:
            return outcomes.told()
        if wanted is not None:
            await changes.write(session, principal, todo)
        elif body.action == "restore":
            await trees.restore(session, principal, moved)
        else:
            await trees.trash(session, principal, moved)
    return outcomes.told()


async def _where(session: Session, principal: Principal, body: BulkRequest) -> Where:
    """The conditions on the tasks that a request with a filter is about: those in the trash when it restores."""
    given: dict[str, Any] = {"trashed": body.action == "restore"}
    if isinstance(body.filter, Conditions):
        given |= body.filter.model_dump(exclude_unset=True)
    else:
        given["filter"] = body.filter
    query = TaskFilter.model_validate(given)
    return filters.conditions(query, principal, await lists.reader_of(session, principal))


async def _matching(session: Session, where: Where) -> list[int]:
    sql = queries.MATCHING.format(where=where, limit=where.arg(MAX_TASKS + 1))
    ids = [row["id"] for row in await session.fetch(sql, *where.args)]
    if len(ids) > MAX_TASKS:
        raise Unprocessable.at("/filter", f"matches more than {MAX_TASKS} tasks: make it narrower")
    return ids


async def _to_move(
    session: Session, principal: Principal, ids: Iterable[int], restores: bool, outcomes: Outcomes
) -> list[int]:
    """The tasks that go to the trash or come back, locked."""
    ids = list(ids)
    lock = LOCK_TO_RESTORE if restores else LOCK_TO_CHANGE
    found = {row["id"]: row for row in await session.fetch(lock, ids, principal.id, principal.is_admin)}
    there = await _there(session, principal, [i for i in ids if i not in found]) if restores else set()
    moved = []
    for task_id in ids:
        try:
            if task_id in there:
                raise TaskNotTrashed
            _require_move(principal, found.get(task_id), restores)
        except Problem as problem:
            outcomes.refuse(task_id, problem)
        else:
            outcomes.succeed(task_id)
            moved.append(task_id)
    return moved


async def _there(session: Session, principal: Principal, ids: list[int]) -> set[int]:
    """Those that the caller sees, not in the trash."""
    return set(await relations.look_up(session, principal, ids)) if ids else set()


def _require_move(principal: Principal, task: Record | None, restores: bool) -> None:
    if task is None:
        raise TaskNotFound
    policies.require_deletion(principal, task)
    if restores and task["project_trashed"]:
        raise ProjectTrashed


@again_when_deadlocked
async def delete_tasks(session: Session, principal: Principal, query: DeleteAllQuery) -> dict[str, Any]:
    """Moves all that match and that the caller may delete to the trash with what is below them, about so many at most,
    in one transaction."""
    if not query.confirm:
        raise Unprocessable.at("/confirm", "must be true: this deletes every task that matches")
    given = TaskFilter.model_validate(query.model_dump(exclude={"confirm"}, exclude_unset=True))
    where = filters.conditions(given, principal, await lists.reader_of(session, principal))
    where.conditions.append(policies.deletable(where.arg(principal.id), where.arg(principal.is_admin)))
    sql = queries.MATCHING_LOCKED.format(where=where, limit=where.arg(MAX_TASKS))
    moved = 0
    async with session.begin():
        while moved < DELETED_AT_ONCE:
            ids = [row["id"] for row in await session.fetch(sql, *where.args)]
            moved += await trees.trash(session, principal, ids)
            if len(ids) < MAX_TASKS:
                return {"changed": moved, "has_more": False}
    return {"changed": moved, "has_more": True}
