"""The rules of field definitions, and the only code that writes them. `projects.values` checks what tasks have in them.

Key and type of a field never change, so that what tasks have in it stays readable. A field that becomes required asks
for a value the next time that a task's fields are written; an option that is gone stays where it was chosen.
"""

import re
import unicodedata
from typing import Any

from shared import context
from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session, again_when_deadlocked
from shared.errors import Unprocessable
from shared.pagination import Listed, PageQuery
from tasks_service.errors import NameTaken
from tasks_service.fields import queries
from tasks_service.fields.errors import FieldNotFound
from tasks_service.fields.schemas import FieldCreate, FieldUpdate
from tasks_service.projects.definitions import defining, list_definitions, record_definition, require_room
from tasks_service.projects.service import get_project

FIELDS = ("name", "required", "options", "position")
BATCH = 1000  # tasks that a statement changes


async def list_fields(session: Session, principal: Principal, project_id: int, query: PageQuery) -> Listed:
    return await list_definitions(session, principal, project_id, query, "fields", queries.LIST, queries.COUNT)


async def get_field(session: Session, principal: Principal, project_id: int, field_id: int) -> Record:
    await get_project(session, principal, project_id)
    return await _find(session, project_id, field_id)


async def create_field(session: Session, principal: Principal, project_id: int, body: FieldCreate) -> Record:
    async with defining(session, principal, project_id):
        await require_room(session, queries.COUNT, project_id)
        taken = {row["key"] for row in await session.fetch(queries.KEYS, project_id)}
        key = body.key or _key_of(body.name, taken)
        if key in taken:
            raise NameTaken
        values = (body.name, body.type, body.required, body.options, body.position)
        field = await session.fetchrow(queries.CREATE, project_id, key, *values)
        assert field is not None
        await record_definition(session, principal, project_id, "fields", None, field)
    return field


async def replace_field(
    session: Session,
    principal: Principal,
    project_id: int,
    field_id: int,
    body: FieldCreate,
    preconditions: Preconditions = NONE,
) -> Record:
    """PUT: what the body leaves out goes back to its default, but for the key and the position."""
    values: dict[str, Any] = {name: getattr(body, name) for name in FIELDS}
    if body.position is None:
        del values["position"]
    fixed = {"type": body.type} | ({"key": body.key} if body.key else {})
    return await _change(session, principal, project_id, field_id, values, fixed, preconditions)


async def update_field(
    session: Session,
    principal: Principal,
    project_id: int,
    field_id: int,
    body: FieldUpdate,
    preconditions: Preconditions = NONE,
) -> Record:
    return await _change(session, principal, project_id, field_id, body.given(), {}, preconditions)


async def _change(
    session: Session,
    principal: Principal,
    project_id: int,
    field_id: int,
    values: dict[str, Any],
    fixed: dict[str, Any],
    preconditions: Preconditions,
) -> Record:
    async with defining(session, principal, project_id):
        before = await _find(session, project_id, field_id)
        preconditions.require(before["version"])
        for name, value in fixed.items():
            if value != before[name]:
                raise Unprocessable.at(f"/{name}", "of a field never changes")
        after = {name: values.get(name, before[name]) for name in FIELDS}
        if (before["type"] == "choice") != bool(after["options"]):
            raise Unprocessable.at("/options", "a choice has options, and nothing else has")
        field = await session.fetchrow(queries.UPDATE, field_id, *after.values())
        assert field is not None
        await record_definition(session, principal, project_id, "fields", before, field)
    return field


@again_when_deadlocked
async def delete_field(
    session: Session, principal: Principal, project_id: int, field_id: int, preconditions: Preconditions = NONE
) -> None:
    """With the values that tasks have in it: each of them is a change of its task, in the same transaction."""
    async with defining(session, principal, project_id):
        field = await _find(session, project_id, field_id)
        preconditions.require(field["version"])
        now = context.get()
        event = (principal.id, now.request_id, now.traceparent)
        changed = BATCH
        while changed == BATCH:
            changed = len(await session.fetch(queries.CLEAR, project_id, BATCH, field["key"], *event))
            session.event_recorded()
        await session.execute(queries.CLEAR_TRASHED, project_id, field["key"])
        await session.execute(queries.DELETE, field_id)
        await record_definition(session, principal, project_id, "fields", field, None)


async def _find(session: Session, project_id: int, field_id: int) -> Record:
    field = await session.fetchrow(queries.GET, project_id, field_id)
    if field is None:
        raise FieldNotFound
    return field


def _key_of(name: str, taken: set[str]) -> str:
    """`Story points` is `story_points`; with a number where that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")[:36] or "field"
    return next(k for k in (key, *(f"{key}_{n}" for n in range(2, 100))) if k not in taken)
