"""What reports consist of: rows, some at a time, as their owner may see them now; or one document."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shared.auth import Principal
from shared.database import Database
from shared.http import PeerClient
from tasks_service.activity import service as activity
from tasks_service.activity.schemas import EveryActivityQuery
from tasks_service.counts.service import get_insights
from tasks_service.report_jobs import queries
from tasks_service.reports import service as reports
from tasks_service.reports.schemas import Range
from tasks_service.settings import Settings
from tasks_service.tasks import filters, lists
from tasks_service.tasks.list_queries import COUNT
from tasks_service.tasks.list_schemas import TaskFilter
from tasks_service.time_entries import service as time_entries
from tasks_service.time_entries.schemas import TimeEntryFilter

CHUNK = 1000  # tasks
PAGE = 100  # rows of what is read page by page

Row = dict[str, Any]
Chunks = AsyncIterator[tuple[list[Row], int]]


@dataclass(frozen=True)
class Source:
    """Who wants what. Each kind of report is a method that yields rows and how many there will be in all."""

    database: Database
    settings: Settings
    users: PeerClient
    owner: Principal
    filter: Row

    async def tasks(self) -> Chunks:
        session, query = self.database.session(), TaskFilter.model_validate(self.filter)
        reader = await lists.reader_of(session, self.owner)
        where = filters.conditions(query, self.owner, reader)
        total: int = await session.fetchval(COUNT.format(where=where), *where.args)
        last = 0
        while True:
            some = filters.conditions(query, self.owner, reader)
            sql = queries.TASKS.format(where=some, after=some.arg(last), limit=some.arg(CHUNK))
            rows = await session.fetch(sql, *some.args)
            yield [dict(row) for row in rows], total
            if len(rows) < CHUNK:
                return
            last = rows[-1]["id"]

    async def time(self) -> Chunks:
        def query(cursor: str | None) -> TimeEntryFilter:
            return TimeEntryFilter.model_validate({**self.filter, "limit": PAGE, "cursor": cursor, "count": not cursor})

        async for rows in self._pages(
            lambda cursor: time_entries.list_time_entries(self.database.session(), self.owner, query(cursor))
        ):
            yield rows

    async def activity(self) -> Chunks:
        def query(cursor: str | None) -> EveryActivityQuery:
            paged = {**self.filter, "limit": PAGE, "cursor": cursor, "count": not cursor}
            return EveryActivityQuery.model_validate(paged)

        async for rows in self._pages(
            lambda cursor: activity.list_activity(self.database.session(), self.owner, query(cursor))
        ):
            yield rows

    async def _pages(self, page: Callable[[str | None], Awaitable[Any]]) -> Chunks:
        cursor, total = None, 0
        while True:
            rows, cursor, counted = await page(cursor)
            total = counted if counted is not None else total
            yield [dict(row) for row in rows], total
            if cursor is None:
                return

    async def workload(self) -> Chunks:
        rows = await reports.get_workload(self.database.session(), self.owner)
        yield [dict(row) for row in rows], len(rows)

    async def insights(self) -> Row:
        return await get_insights(self.database.session(), self.owner, self.settings, self.users)

    async def project_summary(self) -> Row:
        span = Range.model_validate({k: v for k, v in self.filter.items() if k != "project_id"})
        project_id = self.filter["project_id"]
        return await reports.get_project_summary(self.database.session(), self.owner, self.settings, project_id, span)


def _figures(document: Row) -> list[Row]:
    rows: list[Row] = []
    for figure, value in document.items():
        named = value if isinstance(value, dict) else {"": value}
        rows += [{"figure": figure, "name": name, "value": number} for name, number in named.items()]
    return rows


def _by_day(summary: Row) -> list[Row]:
    done = {day["day"]: day for day in summary["throughput"]["days"]}
    left = {day["day"]: day["remaining"] for day in summary["burndown"]}
    return [
        {
            **day,
            "created_that_day": done[day["day"]]["created"],
            "completed_that_day": done[day["day"]]["completed"],
            "remaining": left[day["day"]],
        }
        for day in summary["cumulative_flow"]
    ]


# How what is one document in JSON becomes a table.
DOCUMENTS: dict[str, Callable[[Row], list[Row]]] = {"insights": _figures, "project_summary": _by_day}
