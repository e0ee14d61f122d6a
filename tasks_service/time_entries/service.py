"""The rules of time entries, and the only code that writes them.

Who may change a task may enter time on it. One's entries never overlap, and one of them at most is running: to start
another one stops it. Entries are changed by whoever made them, and by administrators.
"""

from datetime import datetime

from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session
from shared.errors import Forbidden, PreconditionFailed, Unprocessable
from shared.pagination import Cursor, Listed, cut, start_id
from tasks_service.policies import visible
from tasks_service.tasks.conditions import Where
from tasks_service.tasks.hanging import refuse
from tasks_service.tasks.service import get_task
from tasks_service.time_entries import queries
from tasks_service.time_entries.errors import (
    TimeEntryChangeRefused,
    TimeEntryNotFound,
    TimeEntryNotRunning,
    TimeEntryRefused,
)
from tasks_service.time_entries.schemas import (
    TimeEntryCreate,
    TimeEntryFilter,
    TimeEntryUpdate,
    TotalsFilter,
    require_span,
)

KEYS = {"task": "e.task_id", "user": "e.user_id", "project": "coalesce(t.project_id, 0)"}


async def create_time_entry(session: Session, principal: Principal, task_id: int, body: TimeEntryCreate) -> Record:
    return await _enter(session, principal, task_id, *body.span(), body.note)


async def start_time_entry(session: Session, principal: Principal, task_id: int, note: str) -> Record:
    """Begins now. What the caller was doing ends."""
    async with session.begin():
        await session.execute(queries.LOCK_PERSON, principal.id)
        await session.execute(queries.STOP_RUNNING, principal.id)
        return await _enter(session, principal, task_id, None, None, note)


async def _enter(
    session: Session, principal: Principal, task_id: int, start: datetime | None, end: datetime | None, note: str
) -> Record:
    async with session.begin():
        await session.execute(queries.LOCK_PERSON, principal.id)
        entry = await session.fetchrow(queries.CREATE, task_id, principal.id, principal.is_admin, start, end, note)
        if entry is None:
            await refuse(session, principal, task_id, TimeEntryRefused)
        await _require_room(session, entry)
    return entry


async def get_time_entry(session: Session, principal: Principal, entry_id: int) -> Record:
    entry = await session.fetchrow(queries.GET, entry_id, principal.id, principal.is_admin)
    if entry is None:
        raise TimeEntryNotFound
    return entry


async def replace_time_entry(
    session: Session, principal: Principal, entry_id: int, body: TimeEntryCreate, preconditions: Preconditions = NONE
) -> Record:
    async with session.begin():
        entry = await _lock(session, principal, entry_id, preconditions)
        return await _write(session, entry, *body.span(), body.note)


async def update_time_entry(
    session: Session, principal: Principal, entry_id: int, body: TimeEntryUpdate, preconditions: Preconditions = NONE
) -> Record:
    async with session.begin():
        entry = await _lock(session, principal, entry_id, preconditions)
        start, end = body.span(entry["started_at"], entry["ended_at"])
        note = (body.note or "") if "note" in body.model_fields_set else entry["note"]
        try:
            require_span(start, end)
        except ValueError as error:
            raise Unprocessable.at("", str(error)) from None
        return await _write(session, entry, start, end, note)


async def stop_time_entry(session: Session, principal: Principal, entry_id: int) -> Record:
    async with session.begin():
        await _lock(session, principal, entry_id, NONE)
        stopped = await session.fetchrow(queries.STOP_ONE, entry_id)
        if stopped is None:
            raise TimeEntryNotRunning
    return stopped


async def delete_time_entry(
    session: Session, principal: Principal, entry_id: int, preconditions: Preconditions = NONE
) -> None:
    async with session.begin():
        entry = await _lock(session, principal, entry_id, preconditions)
        await session.execute(queries.DELETE, entry_id, entry["version"])


async def _lock(session: Session, principal: Principal, entry_id: int, preconditions: Preconditions) -> Record:
    """The entry, which nobody else writes until the transaction ends."""
    entry = await get_time_entry(session, principal, entry_id)
    if entry["user_id"] != principal.id and not principal.is_admin:
        raise TimeEntryChangeRefused
    await session.execute(queries.LOCK_PERSON, entry["user_id"])
    entry = await get_time_entry(session, principal, entry_id)
    preconditions.require(entry["version"])
    return entry


async def _write(session: Session, entry: Record, start: datetime, end: datetime | None, note: str) -> Record:
    changed = await session.fetchrow(queries.UPDATE, entry["id"], entry["version"], start, end, note)
    if changed is None:
        raise PreconditionFailed(entry["version"])
    await _require_room(session, changed)
    return changed


async def _require_room(session: Session, entry: Record) -> None:
    span = (entry["user_id"], entry["id"], entry["started_at"], entry["ended_at"])
    if await session.fetchval(queries.OVERLAPS, *span):
        raise Unprocessable.at("/started_at", "overlaps with another entry of the same person")


async def list_time_entries(session: Session, principal: Principal, query: TimeEntryFilter) -> Listed:
    where = _conditions(principal, query)
    total = await session.fetchval(queries.COUNT.format(where=where), *where.args) if query.count else None
    scope = f"time {principal.id} {query.model_dump(exclude={'cursor', 'limit', 'count'})}"
    if query.cursor is not None:
        cursor = Cursor.decode(query.cursor, scope, datetime.fromisoformat)
        where.add("(e.started_at, e.id) < (?::timestamptz, ?::bigint)", cursor.value, cursor.id)
    rows = await session.fetch(queries.LIST.format(where=where, limit=where.arg(query.limit + 1)), *where.args)
    page, next_cursor = cut(rows, query, scope, key="key")
    return [{name: value for name, value in row.items() if name != "key"} for row in page], next_cursor, total


async def list_task_time_entries(
    session: Session, principal: Principal, task_id: int, query: TimeEntryFilter
) -> Listed:
    await get_task(session, principal, task_id)
    return await list_time_entries(session, principal, query.model_copy(update={"task_id": task_id}))


async def get_time_totals(session: Session, principal: Principal, query: TotalsFilter) -> Listed:
    where, key = _conditions(principal, query), KEYS[query.by]
    scope = f"totals {principal.id} {query.model_dump(exclude={'cursor', 'limit', 'count'})}"
    if query.cursor is not None:
        where.add(f"{key} > ?::bigint", start_id(query, scope, 0))
    sql = queries.TOTALS.format(key=key, where=where, limit=where.arg(query.limit + 1))
    rows = await session.fetch(sql, *where.args)
    page, next_cursor = cut(rows, query, scope, by="key")
    items = [{"id": row["key"] or None, "minutes": row["minutes"], "entries": row["entries"]} for row in page]
    return items, next_cursor, None


def _conditions(principal: Principal, query: TimeEntryFilter) -> Where:
    """One's own entries; with a task or a project named also those of others on tasks that the caller sees."""
    where = Where(["true"])
    narrowed = query.task_id is not None or query.project_id is not None
    if not principal.is_admin and narrowed:
        me = where.arg(principal.id)
        where.conditions.append(f"(e.user_id = {me} OR (t.deleted_at IS NULL AND {visible(me, 'false')}))")
    elif not principal.is_admin:
        if query.user_id not in (None, principal.id):
            raise Forbidden("The time of others is seen by task or project: name one.")
        where.add("e.user_id = ?::bigint", principal.id)
    for column, value in (
        ("e.user_id", query.user_id),
        ("e.task_id", query.task_id),
        ("t.project_id", query.project_id),
    ):
        if value is not None:
            where.add(f"{column} = ?::bigint", value)
    if query.since is not None:
        where.add("e.started_at >= ?::timestamptz", query.since)
    if query.until is not None:
        where.add("e.started_at < ?::timestamptz", query.until)
    if query.running is not None:
        where.conditions.append(f"e.ended_at IS {'' if query.running else 'NOT '}NULL")
    return where
