"""The rules of labels, and the only code that writes them.

A label is an identity and a colour for a word that tasks carry; words without one are as good. Those of a project are
seen by its members and changed by all who may put tasks into it; one's own are nobody else's business. Another name, a
merger or the end of a label changes the tasks that carry it in the same transaction, each with its version and event.
"""

import asyncpg

from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session, again_when_deadlocked
from shared.errors import PreconditionFailed, Unprocessable
from shared.pagination import Cursor, Listed, cut
from tasks_service import policies
from tasks_service.errors import ProjectArchived
from tasks_service.labels import queries
from tasks_service.labels.errors import LabelChangeRefused, LabelNotFound, LabelTaken, LabelTooCommon
from tasks_service.labels.schemas import GREY, LabelCreate, LabelFilter, LabelReplace, LabelUpdate
from tasks_service.projects import rules
from tasks_service.tasks.recording import event_of_many

MOST = 5000  # tasks that one request gives another label


async def list_labels(session: Session, principal: Principal, query: LabelFilter) -> Listed:
    scope = f"labels {principal.id} {query.project_id} {query.q}"
    cursor = Cursor.decode(query.cursor, scope, _text) if query.cursor is not None else Cursor(None, 0)
    args = (principal.id, principal.is_admin, query.project_id, query.q)
    total = await session.fetchval(queries.COUNT, *args) if query.count else None
    sql = queries.LIST.format(usage=queries.USAGE if query.usage else "NULL::bigint AS usage")
    rows = await session.fetch(sql, *args, cursor.value, cursor.id, query.limit + 1)
    page, next_cursor = cut(rows, query, scope, key="key")
    return [{name: value for name, value in row.items() if name != "key"} for row in page], next_cursor, total


async def create_label(session: Session, principal: Principal, body: LabelCreate) -> Record:
    if body.project_id is not None:
        project = (await rules.load(session, principal, [body.project_id])).get(body.project_id)
        rules.require_place(principal, project)
    owner_id = principal.id if body.project_id is None else None
    try:
        label = await session.fetchrow(queries.CREATE, body.name, body.color, body.project_id, owner_id)
    except asyncpg.UniqueViolationError:
        raise LabelTaken from None
    assert label is not None
    return await _read(session, label["id"])


async def get_label(session: Session, principal: Principal, label_id: int) -> Record:
    return await _read(session, (await _find(session, principal, label_id))["id"])


async def replace_label(
    session: Session, principal: Principal, label_id: int, body: LabelReplace, preconditions: Preconditions = NONE
) -> Record:
    return await _change(session, principal, label_id, body.name, body.color, preconditions)


async def update_label(
    session: Session, principal: Principal, label_id: int, body: LabelUpdate, preconditions: Preconditions = NONE
) -> Record:
    name = body.name if "name" in body.model_fields_set else None
    color = (body.color or GREY) if "color" in body.model_fields_set else None
    return await _change(session, principal, label_id, name, color, preconditions)


@again_when_deadlocked
async def _change(
    session: Session,
    principal: Principal,
    label_id: int,
    name: str | None,
    color: str | None,
    preconditions: Preconditions,
) -> Record:
    """Gives it another name or colour; None leaves what is there."""
    label = await _find_to_change(session, principal, label_id, preconditions)
    name = label["name"] if name is None else name
    async with session.begin():
        try:
            new = (name, label["color"] if color is None else color)
            if await session.fetchrow(queries.UPDATE, label_id, label["version"], *new) is None:
                raise PreconditionFailed((await _find(session, principal, label_id))["version"])
        except asyncpg.UniqueViolationError:
            raise LabelTaken from None
        if name != label["name"]:
            await _relabel(session, principal, label, name)
        return await _read(session, label_id)


@again_when_deadlocked
async def delete_label(
    session: Session, principal: Principal, label_id: int, preconditions: Preconditions = NONE
) -> None:
    label = await _find_to_change(session, principal, label_id, preconditions)
    async with session.begin():
        await _end(session, principal, label, None)


@again_when_deadlocked
async def merge_label(session: Session, principal: Principal, label_id: int, into: int) -> Record:
    """The label ends, and its tasks have the other one."""
    label = await _find_to_change(session, principal, label_id, NONE)
    try:
        other = await _find_to_change(session, principal, into, NONE)
    except LabelNotFound:
        raise Unprocessable.at("/into", f"there is no label {into}") from None
    if into == label_id or any(label[scope] != other[scope] for scope in ("project_id", "owner_id")):
        raise Unprocessable.at("/into", "must be another label of the same project or of your own")
    async with session.begin():
        await _end(session, principal, label, other["name"])
        return await _read(session, into)


async def _end(session: Session, principal: Principal, label: Record, name: str | None) -> None:
    if not await session.execute(queries.DELETE, label["id"], label["version"]):
        raise PreconditionFailed((await _find(session, principal, label["id"]))["version"])
    await _relabel(session, principal, label, name)


async def _relabel(session: Session, principal: Principal, label: Record, name: str | None) -> None:
    """Gives the label's tasks another name, or none."""
    place = (label["name"], label["project_id"], label["owner_id"])
    if await session.fetchval(queries.HAVING, *place, MOST + 1) > MOST:
        raise LabelTooCommon
    await session.execute(queries.RELABEL, *place, name, *event_of_many(principal.id))
    session.event_recorded()


async def _find(session: Session, principal: Principal, label_id: int) -> Record:
    label = await session.fetchrow(queries.GET, principal.id, principal.is_admin, label_id)
    if label is None:
        raise LabelNotFound
    return label


async def _find_to_change(
    session: Session, principal: Principal, label_id: int, preconditions: Preconditions
) -> Record:
    label = await _find(session, principal, label_id)
    if not (principal.is_admin or label["owner_id"] == principal.id or label["role"] in policies.WRITERS):
        raise LabelChangeRefused
    if label["archived"]:
        raise ProjectArchived
    preconditions.require(label["version"])
    return label


async def _read(session: Session, label_id: int) -> Record:
    label = await session.fetchrow(queries.READ, label_id)
    if label is None:
        raise LabelNotFound
    return label


def _text(value: object) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value
