"""The rules of quick reports: about what the caller sees now; what is in the trash is in no number and no series."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session
from tasks_service.counts.service import get_project_stats, get_task_stats
from tasks_service.projects.service import get_project
from tasks_service.reports import queries, series
from tasks_service.reports.schemas import Range
from tasks_service.settings import Settings
from tasks_service.tasks import filters
from tasks_service.tasks.conditions import Where
from tasks_service.tasks.list_schemas import TaskFilter

MOST_LOADED, MOST_PEOPLE = 100, 10_000

Report = dict[str, Any]


async def get_quick_dashboard(session: Session, principal: Principal, settings: Settings, span: Range) -> Report:
    async with session.begin():
        await session.execute(queries.ONE_MOMENT)
        totals = await get_task_stats(session, principal, settings)
        return await _report(session, filters.conditions(TaskFilter(), principal), span, totals)


async def get_project_summary(
    session: Session, principal: Principal, settings: Settings, project_id: int, span: Range
) -> Report:
    async with session.begin():
        await session.execute(queries.ONE_MOMENT)
        project = await get_project(session, principal, project_id)
        totals = await get_project_stats(session, project_id, settings)
        where = Where(["t.deleted_at IS NULL"])
        where.add("t.project_id = ?::bigint", project_id)
        named = {name: project[name] for name in ("id", "key", "name")}
        return {"project": named, **await _report(session, where, span, totals)}


async def get_workload(session: Session, principal: Principal) -> list[Record]:
    """Who has how much to do, of all that the caller sees."""
    sql, args = _bound(queries.LOAD, filters.conditions(TaskFilter(), principal), {"limit": MOST_PEOPLE})
    return await session.fetch(sql, *args)


async def _report(session: Session, where: Where, span: Range, totals: Report) -> Report:
    today = datetime.now(UTC).date()
    first, last = span.days(today)
    until = min(last, today)
    values = {"since": _midnight(first), "until": _midnight(until + timedelta(days=1)), "limit": MOST_LOADED}

    async def read(sql: str) -> list[Record]:
        bound, args = _bound(sql, where, values)
        return await session.fetch(bound, *args)

    arrivals, changes, completed = [await read(q) for q in (queries.ARRIVALS, queries.CHANGES, queries.COMPLETED)]
    [times] = await read(queries.TIMES)
    flow = series.cumulative_flow(first, until, totals["by_status"], arrivals, changes)
    return {
        "from": first,
        "to": last,
        "totals": totals,
        "throughput": series.throughput(first, until, arrivals, completed),
        "lead_time": _hours(times, "lead"),
        "cycle_time": _hours(times, "cycle"),
        "cumulative_flow": flow,
        "burndown": series.burndown(flow, last),
        "load": await read(queries.LOAD),
    }


def _bound(sql: str, where: Where, values: dict[str, Any]) -> tuple[str, list[Any]]:
    """The statement with these of the values that it names, and its arguments."""
    own = Where(where.conditions, [*where.args], where.sight)
    named = {name: own.arg(value) for name, value in values.items() if f"{{{name}}}" in sql}
    return sql.format(where=own, **named), own.args


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _hours(times: Record, name: str) -> Report:
    median, p90 = times[name] or (None, None)
    rounded = {key: None if value is None else round(value, 2) for key, value in (("median", median), ("p90", p90))}
    return {"count": times[f"{name}_count"], **rounded}
