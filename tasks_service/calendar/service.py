"""The rules of calendar feeds. A feed shows its owner's tasks as they see them now, as a plain user; its address is
kept as a hash alone, and dies with the feed, the next address, or the account."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from shared import scopes
from shared.auth import Principal
from shared.context import uuid7
from shared.database import Record, Session
from shared.errors import NotFound, Unprocessable
from shared.pagination import Listed, cut, start_id
from tasks_service.calendar import queries
from tasks_service.calendar.errors import CalendarNotFound
from tasks_service.calendar.schemas import CalendarCreate, CalendarFilter
from tasks_service.projects import service as projects
from tasks_service.settings import Settings
from tasks_service.tasks import filters, lists
from tasks_service.tasks.conditions import OPEN, Where
from tasks_service.tasks.list_schemas import TaskFilter
from tasks_service.views import service as views

SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
MAX_EVENTS = 1000
PAST_DAYS = 365  # what is overdue for longer is not shown any more

Calendar = tuple[Sequence[Record], str]
"""The tasks, and what the calendar is called."""


async def create_calendar(
    session: Session, principal: Principal, settings: Settings, body: CalendarCreate
) -> dict[str, Any]:
    """The feed with its new address; the one before is dead."""
    try:
        if body.project_id is not None:
            await projects.get_project(session, principal, body.project_id)
        if body.view_id is not None:
            await views.get_view(session, principal, body.view_id)
    except NotFound as error:
        raise Unprocessable.at("/project_id" if body.project_id else "/view_id", str(error)) from None
    secret = secrets.token_urlsafe(32)
    row = await session.fetchrow(queries.SAVE, principal.id, body.scope, body.target, _hash(secret))
    assert row is not None
    return {**row, "url": f"{settings.public_url.rstrip('/')}/api/calendar/{secret}.ics"}


async def list_calendars(session: Session, principal: Principal, query: CalendarFilter) -> Listed:
    scope = f"calendars {principal.id}"
    rows = await session.fetch(queries.LIST, principal.id, start_id(query, scope, 0), query.limit + 1)
    total = await session.fetchval(queries.COUNT, principal.id) if query.count else None
    return *cut(rows, query, scope), total


async def delete_calendar(session: Session, principal: Principal, calendar_id: int) -> None:
    if not await session.execute(queries.DELETE, principal.id, calendar_id):
        raise CalendarNotFound


async def delete_calendars(session: Session, principal: Principal) -> None:
    """All of one's own."""
    await session.execute(queries.DELETE, principal.id, None)


async def read_feed(session: Session, secret: str) -> Calendar:
    """Raises CalendarNotFound for an address that is none, or none any more."""
    if not SECRET.fullmatch(secret):
        raise CalendarNotFound
    row = await session.fetchrow(queries.FIND, _hash(secret))
    if row is None:
        raise CalendarNotFound
    owner = Principal(row["owner_id"], "", "user", scopes.ALL, uuid7())
    try:
        where, name = await _scope(session, owner, row["scope"], row["target_id"])
    except NotFound:
        raise CalendarNotFound from None
    where.add("t.due_date >= ?::date", date.today() - timedelta(days=PAST_DAYS))
    where.conditions.append(OPEN)
    sql = queries.EVENTS.format(where=where, limit=where.arg(MAX_EVENTS))
    return await session.fetch(sql, *where.args), name


async def _scope(session: Session, owner: Principal, scope: str, target: int) -> tuple[Where, str]:
    if scope == "view":
        view, query = await views.view_and_filter(session, owner, target)
        return filters.conditions(query, owner, await lists.reader_of(session, owner)), view["name"]
    if scope == "project":
        project = await projects.get_project(session, owner, target)
        return filters.conditions(TaskFilter(project_id=target), owner), project["name"]
    where = filters.conditions(TaskFilter(), owner)
    where.add(
        "(t.assignee_ids @> ARRAY[?::bigint] OR (t.created_by = ?::bigint AND t.assignee_ids = '{}'))", *[owner.id] * 2
    )
    return where, "Taskwire"


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
