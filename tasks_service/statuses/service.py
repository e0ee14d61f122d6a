"""The rules of statuses and transitions, and the only code that writes them."""

from typing import Any

import orjson

from shared import context
from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session, again_when_deadlocked
from shared.errors import Unprocessable
from shared.pagination import Listed, PageQuery
from tasks_service.errors import NameTaken
from tasks_service.projects.definitions import defining, list_definitions, record_definition, require_room
from tasks_service.projects.service import get_project
from tasks_service.statuses import queries
from tasks_service.statuses.errors import StatusInUse, StatusNotFound
from tasks_service.statuses.schemas import StatusCreate, StatusUpdate, Transitions

FIELDS = ("name", "category", "color", "position")
BATCH = 1000  # tasks that a statement changes


async def list_statuses(session: Session, principal: Principal, project_id: int, query: PageQuery) -> Listed:
    """In their order on the board."""
    return await list_definitions(session, principal, project_id, query, "statuses", queries.LIST, queries.COUNT)


async def get_status(session: Session, principal: Principal, project_id: int, status_id: int) -> Record:
    await get_project(session, principal, project_id)
    return await _find(session, project_id, status_id)


async def create_status(session: Session, principal: Principal, project_id: int, body: StatusCreate) -> Record:
    async with defining(session, principal, project_id):
        await require_room(session, queries.COUNT, project_id)
        await _require_free_name(session, project_id, body.name)
        status = await session.fetchrow(queries.CREATE, project_id, body.name, body.category, body.color, body.position)
        assert status is not None
        await record_definition(session, principal, project_id, "statuses", None, status)
    return status


async def replace_status(
    session: Session,
    principal: Principal,
    project_id: int,
    status_id: int,
    body: StatusCreate,
    preconditions: Preconditions = NONE,
) -> Record:
    """PUT: what the body leaves out goes back to its default, but for the position."""
    values: dict[str, Any] = {name: getattr(body, name) for name in FIELDS}
    if body.position is None:
        del values["position"]
    return await _change(session, principal, project_id, status_id, values, preconditions)


async def update_status(
    session: Session,
    principal: Principal,
    project_id: int,
    status_id: int,
    body: StatusUpdate,
    preconditions: Preconditions = NONE,
) -> Record:
    return await _change(session, principal, project_id, status_id, body.given(), preconditions)


async def _change(
    session: Session,
    principal: Principal,
    project_id: int,
    status_id: int,
    values: dict[str, Any],
    preconditions: Preconditions,
) -> Record:
    async with defining(session, principal, project_id):
        before = await _find(session, project_id, status_id, queries.LOCK)
        preconditions.require(before["version"])
        after: dict[str, Any] = {name: values.get(name, before[name]) for name in FIELDS}
        await _require_free_name(session, project_id, after["name"], status_id)
        if after["category"] != before["category"] and await session.fetchval(queries.IS_USED, status_id):
            raise StatusInUse("Tasks have this status, so its category stays.")
        status = await session.fetchrow(queries.UPDATE, status_id, *after.values())
        assert status is not None
        await record_definition(session, principal, project_id, "statuses", before, status)
    return status


@again_when_deadlocked
async def delete_status(
    session: Session,
    principal: Principal,
    project_id: int,
    status_id: int,
    replace_with: int | None,
    preconditions: Preconditions = NONE,
) -> None:
    """Refused while tasks have it, unless they are to get another one, in the same transaction."""
    async with defining(session, principal, project_id):
        status = await _find(session, project_id, status_id, queries.LOCK)
        preconditions.require(status["version"])
        if replace_with is not None:
            await _replace(session, principal, project_id, status, replace_with)
        elif await session.fetchval(queries.IS_USED, status_id):
            raise StatusInUse
        await session.execute(queries.DELETE, status_id)
        await record_definition(session, principal, project_id, "statuses", status, None)


async def _replace(session: Session, principal: Principal, project_id: int, old: Record, new_id: int) -> None:
    new = await session.fetchrow(queries.GET, project_id, new_id)
    if new is None or new_id == old["id"]:
        raise Unprocessable.at("/replace_with", "is not another status of this project")
    changes = {"status_id": {"from": old["id"], "to": new_id}}
    if old["category"] != new["category"]:
        changes["status"] = {"from": old["category"], "to": new["category"]}
    now = context.get()
    event = (principal.id, orjson.dumps(changes).decode(), now.request_id, now.traceparent)
    changed = BATCH
    while changed == BATCH:
        changed = len(await session.fetch(queries.REPLACE, old["id"], BATCH, new_id, new["category"], *event))
        session.event_recorded()
    await session.execute(queries.REPLACE_TRASHED, old["id"], new_id, new["category"])


async def get_transitions(session: Session, principal: Principal, project_id: int) -> dict[str, Any]:
    await get_project(session, principal, project_id)
    return {"transitions": await session.fetch(queries.TRANSITIONS, project_id)}


async def replace_transitions(
    session: Session, principal: Principal, project_id: int, body: Transitions
) -> dict[str, Any]:
    async with defining(session, principal, project_id):
        own = {row["id"] for row in await session.fetch(queries.STATUS_IDS, project_id)}
        for number, way in enumerate(body.transitions):
            for name in ("from_status_id", "to_status_id"):
                if getattr(way, name) not in own:
                    raise Unprocessable.at(f"/transitions/{number}/{name}", "is no status of this project")
        before = [dict(row) for row in await session.fetch(queries.TRANSITIONS, project_id)]
        ways = {(way.from_status_id, way.to_status_id): ",".join(dict.fromkeys(way.roles)) for way in body.transitions}
        await session.execute(queries.DELETE_TRANSITIONS, project_id)
        starts, ends = [way[0] for way in ways], [way[1] for way in ways]
        await session.execute(queries.ADD_TRANSITIONS, project_id, starts, ends, list(ways.values()))
        after = [dict(row) for row in await session.fetch(queries.TRANSITIONS, project_id)]
        await record_definition(session, principal, project_id, "transitions", before, after)
    return {"transitions": after}


async def _find(session: Session, project_id: int, status_id: int, read: str = queries.GET) -> Record:
    status = await session.fetchrow(read, project_id, status_id)
    if status is None:
        raise StatusNotFound
    return status


async def _require_free_name(session: Session, project_id: int, name: str, status_id: int = 0) -> None:
    if await session.fetchval(queries.NAME_IS_TAKEN, project_id, name, status_id):
        raise NameTaken
