"""Reading many tasks, page by page. Nothing is written here."""

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.auth import Principal
from shared.database import Session
from shared.pagination import Cursor, Listed, cut
from tasks_service.counts import service as counts
from tasks_service.tasks import additions, filters, list_queries, pages, queries, sorting
from tasks_service.tasks.conditions import Where
from tasks_service.tasks.list_schemas import TaskFilter
from tasks_service.tasks.moments import Reader
from tasks_service.tasks.rendering import RenderedTasks

OF_A_PAGE = {"cursor", "limit", "count", "fields", "include"}  # what may differ from page to page


async def list_tasks(session: Session, principal: Principal, rendered: RenderedTasks, query: TaskFilter) -> Listed:
    reader = None if query.filter is None else await reader_of(session, principal)
    where = filters.conditions(query, principal, reader)
    total = await _total(session, principal, query, where) if query.count else None
    order = sorting.order_of(query, where)
    wanted = pages.Page(principal, query, where, order)
    way = await pages.way_of(session, wanted)
    scope = scope_of(principal, query)
    if query.cursor is not None:
        order.after(where, Cursor.decode(query.cursor, scope, order.parse))
    page, next_cursor = cut(await way(wanted, session), query, scope, key="key")
    found = await rendered.load(session, principal, page)
    return await additions.shown(session, principal, found, query.include, query.fields), next_cursor, total


async def _total(session: Session, principal: Principal, query: TaskFilter, where: Where) -> int:
    """Of all the caller sees, and of a status or a priority, there are numbers."""
    filters_given = query.model_dump(exclude=pages.NO_FILTERS, exclude_defaults=True).keys()
    if filters_given <= {"status"} or filters_given == {"priority"}:
        facet: Literal["status", "priority"] = "priority" if query.priority else "status"
        return await counts.count_seen(session, principal, facet, getattr(query, facet))
    total: int = await session.fetchval(list_queries.COUNT.format(where=where), *where.args)
    return total


def scope_of(principal: Principal, query: TaskFilter) -> str:
    """What all pages of a list have in common, for its cursors."""
    return f"{principal.id} {query.model_dump(exclude=OF_A_PAGE, exclude_defaults=True)}"


def follows_the_clock(query: TaskFilter) -> bool:
    """Whether the same tasks may make another list a moment later."""
    return query.overdue is not None or query.filter is not None or bool(query.include)


async def reader_of(session: Session, principal: Principal) -> Reader:
    """Whoever reads the list, in the time zone of their profile."""
    return Reader(principal.id, datetime.now(UTC), zone_of(await session.fetchval(queries.ZONE, principal.id)))


def zone_of(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
