"""How the rows of a page are found, so that it takes no longer because there are ten times as many tasks.

PostgreSQL plans a page as if what matches were spread evenly along its order: it walks there and expects to meet fifty
rows soon. Of tasks that is not true (the archived ones are old, somebody's are all of last spring), and then the walk
passes over everything. So the way is chosen here, by what the planner guesses of the numbers; a wrong guess costs time
and nothing else.
"""

from collections.abc import Awaitable, Callable
from itertools import product
from typing import get_args

from shared.auth import Principal
from shared.database import Record, Session
from tasks_service.tasks import list_queries
from tasks_service.tasks.conditions import Where
from tasks_service.tasks.inputs import Priority, Status
from tasks_service.tasks.list_schemas import TaskFilter
from tasks_service.tasks.shares import Shares
from tasks_service.tasks.sorting import Order

FEW = 2000  # tasks that are collected and sorted at once; among so few the planner may do as it likes
NEARBY = 2000  # tasks that a walk looks at whose conditions need the rows themselves
# The share of all tasks from which on a walk along the order meets what is the caller's soon enough: where what is
# somebody's own has an index in that order, and where all that is theirs would have to be sorted.
MUCH, SOME = 0.1, 0.01

NEWEST = "t.created_at"
# The orders whose indexes hold all that these conditions look at: a walk there passes over a million in 0.2 s.
COVERING = {NEWEST, "coalesce(t.due_date, 'infinity'::date)", "coalesce(t.due_date, '-infinity'::date)"}
KINDS = {"status", "priority"}
DAYS = {"due_date", "due_date_gte", "due_date_gt", "due_date_lte", "due_date_lt", "overdue"}
COVERED = KINDS | DAYS | {"assigned_user", "created_by", "project_id"}
NO_FILTERS = {"cursor", "limit", "count", "fields", "include", "sort"}

SHARES = Shares()  # those of one process serve all its databases

Way = Callable[["Page", Session], Awaitable[list[Record]]]


class Page:
    """A page to be read: whose, which, in what order; `where.begin` may be set until it is read."""

    def __init__(self, principal: Principal, query: TaskFilter, where: Where, order: Order) -> None:
        self.principal, self.query, self.where, self.order = principal, query, where, order
        self.filters = query.model_dump(exclude=NO_FILTERS, exclude_defaults=True)
        self.is_newest = order.key == NEWEST
        self.is_covered = order.key in COVERING and self.filters.keys() <= COVERED
        self._limit = ""

    async def read(self, session: Session, sql: str, where: str, **more: object) -> list[Record]:
        """One row more than the page has."""
        self._limit = self._limit or self.where.arg(self.query.limit + 1)
        form = {"key": self.order.key, "order": self.order.sql(), "direction": self.order.direction}
        text = sql.format(where=where, limit=self._limit, **form, **more)
        return await session.fetch(text, *self.where.args)


async def way_of(session: Session, page: Page) -> Way:
    """Chosen for all pages of a list alike, before it is said where this one begins."""
    total = await SHARES.tasks(session)
    if page.query.q is not None or page.query.trashed or total <= FEW:
        return as_planned  # words have their own index, and there is little in the trash
    seen = await SHARES.seen(session, page.principal)
    scope = f"{page.principal.id} {page.filters}"
    matching = seen * await SHARES.matching(session, page.where, scope) if page.filters else seen
    if page.filters and matching * total <= FEW:
        return collect
    if seen < SOME or (seen < MUCH and page.is_newest and not page.filters):
        return by_part
    if page.is_covered:
        return by_kind if page.is_newest and page.filters.keys() & KINDS else walk
    return nearby_or_collect if matching < MUCH else nearby_or_walk


async def as_planned(page: Page, session: Session) -> list[Record]:
    return await page.read(session, list_queries.LIST, str(page.where))


async def collect(page: Page, session: Session) -> list[Record]:
    """All that match, and then their order."""
    return await page.read(session, list_queries.LIST_COLLECTED, str(page.where))


async def by_part(page: Page, session: Session) -> list[Record]:
    """Each way to see a task has its own page, and the first rows of these are the page."""
    return await page.read(session, list_queries.LIST_BY_PART[page.is_newest], page.where.without_sight())


async def by_kind(page: Page, session: Session) -> list[Record]:
    """Each status and priority has its own page, for which there is an index, and the first of these are the page."""
    kinds = product(set(page.query.status or get_args(Status)), set(page.query.priority or get_args(Priority)))
    statuses, priorities = zip(*kinds, strict=True)
    given = {"statuses": page.where.arg(statuses), "priorities": page.where.arg(priorities)}
    return await page.read(session, list_queries.LIST_BY_KIND, page.where.passing_over(), **given)


async def walk(page: Page, session: Session) -> list[Record]:
    """Along the order, passing over what is not wanted."""
    return await page.read(session, list_queries.LIST, page.where.passing_over())


async def nearby_or_collect(page: Page, session: Session) -> list[Record]:
    return await _nearby(page, session) or await collect(page, session)


async def nearby_or_walk(page: Page, session: Session) -> list[Record]:
    return await _nearby(page, session) or await walk(page, session)


async def _nearby(page: Page, session: Session) -> list[Record]:
    """A walk over a bounded stretch; nothing when that does not fill the page."""
    given = {"begin": page.where.begin, "window": NEARBY}
    found = await page.read(session, list_queries.LIST_NEARBY, page.where.passing_over(), **given)
    return found if len(found) > page.query.limit else []
