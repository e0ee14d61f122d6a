"""Reading many tasks, page by page. Nothing is written here."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.auth import Principal
from shared.database import Record, Session
from shared.pagination import Cursor, Listed, cut
from tasks_service.tasks import additions, filters, queries, sorting
from tasks_service.tasks.conditions import Where
from tasks_service.tasks.moments import Reader
from tasks_service.tasks.rendering import RenderedTasks
from tasks_service.tasks.schemas import TaskFilter
from tasks_service.tasks.shares import Shares

OF_A_PAGE = {"cursor", "limit", "count", "fields", "include"}  # what may differ from page to page

# The share of all tasks from which on a page is found by walking along the order of the list: where what is somebody's
# own has an index in that order, and where all that is theirs would have to be sorted.
MUCH, SOME = 0.1, 0.01
SHARES = Shares()  # guesses that only decide how a page is read, so those of one process serve all its databases


async def list_tasks(session: Session, principal: Principal, rendered: RenderedTasks, query: TaskFilter) -> Listed:
    reader = None if query.filter is None else await reader_of(session, principal)
    where = filters.conditions(query, principal, reader)
    total = None
    if query.count:
        total = await session.fetchval(queries.COUNT.format(where=where), *where.args)
    order = sorting.order_of(query, where)
    scope = f"{principal.id} {query.model_dump(exclude=OF_A_PAGE, exclude_defaults=True)}"
    if query.cursor is not None:
        order.after(where, Cursor.decode(query.cursor, scope, order.parse))
    rows = await _page(session, principal, query, where, order)
    page, next_cursor = cut(rows, query, scope, key="key")
    found = await rendered.load(session, principal, page)
    return await additions.shown(session, principal, found, query.include, query.fields), next_cursor, total


async def _page(
    session: Session, principal: Principal, query: TaskFilter, where: Where, order: sorting.Order
) -> list[Record]:
    """One row more than the page has. Words have their own index, and there is little in the trash."""
    form = {"key": order.key, "order": order.sql(), "direction": order.direction, "limit": where.arg(query.limit + 1)}
    if query.q is not None or query.trashed or not where.sight:
        sql = queries.LIST.format(where=where, **form)
        return await session.fetch(sql, *where.args)
    is_ordered = order.key == "t.created_at"
    if await SHARES.of(session, principal) >= (MUCH if is_ordered else SOME):
        passing = queries.PASSING_OVER.format(sight=where.sight, where=where.without_sight())
        sql = queries.LIST.format(where=passing, **form)
    else:
        sql = queries.LIST_BY_PART[is_ordered].format(where=where.without_sight(), **form)
    return await session.fetch(sql, *where.args)


async def reader_of(session: Session, principal: Principal) -> Reader:
    """Whoever reads the list, in the time zone of their profile."""
    return Reader(principal.id, datetime.now(UTC), zone_of(await session.fetchval(queries.ZONE, principal.id)))


def zone_of(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
