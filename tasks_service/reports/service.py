"""The rules of quick reports: about what the caller sees now; what is in the trash is in no number and no series."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session
from tasks_service.counts import service as counts
from tasks_service.counts.service import Scope
from tasks_service.projects.service import get_project
from tasks_service.reports import series
from tasks_service.reports.schemas import Range
from tasks_service.settings import Settings

MOST_LOADED, MOST_PEOPLE = 100, 10_000

Report = dict[str, Any]


async def get_quick_dashboard(session: Session, principal: Principal, settings: Settings, span: Range) -> Report:
    async with counts.one_moment(session):
        return await _report(session, counts.seen_by(principal), settings, span)


async def get_project_summary(
    session: Session, principal: Principal, settings: Settings, project_id: int, span: Range
) -> Report:
    async with counts.one_moment(session):
        project = await get_project(session, principal, project_id)
        named = {name: project[name] for name in ("id", "key", "name")}
        return {"project": named, **await _report(session, counts.of_project(project_id), settings, span)}


async def get_workload(session: Session, principal: Principal) -> list[Record]:
    """Who has how much to do, of all that the caller sees."""
    return await counts.get_loads(session, counts.seen_by(principal), MOST_PEOPLE)


async def _report(session: Session, scope: Scope, settings: Settings, span: Range) -> Report:
    today = datetime.now(UTC).date()
    first, last = span.days(today)
    until = min(last, today)
    totals = await counts.get_stats(session, scope, settings)
    happened: dict[str, list[Record]] = defaultdict(list)
    for row in await counts.get_days(session, scope, first, until + timedelta(days=1)):
        happened[row["facet"]].append(row)
    flow = series.cumulative_flow(first, until, totals["by_status"], happened["flow"])
    return {
        "from": first,
        "to": last,
        "totals": totals,
        "throughput": series.throughput(first, until, happened["made"], happened["done"]),
        "lead_time": series.hours(happened["lead"]),
        "cycle_time": series.hours(happened["cycle"]),
        "cumulative_flow": flow,
        "burndown": series.burndown(flow, last),
        "load": await counts.get_loads(session, scope, MOST_LOADED),
    }
