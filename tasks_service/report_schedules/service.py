"""The rules of schedules: each time a report is asked for once, whoever looks; what was missed is made up for once."""

from datetime import UTC, datetime

from shared import people
from shared.auth import Principal
from shared.conditional import Preconditions
from shared.database import Record, Session
from shared.http import PeerClient
from shared.pagination import Listed, PageQuery, cut, start_id
from shared.text import ID_MAX
from tasks_service.report_jobs import queries as reports
from tasks_service.report_jobs.service import checked
from tasks_service.report_schedules import queries
from tasks_service.report_schedules.errors import ReportScheduleNotFound, TooManyReportSchedules
from tasks_service.report_schedules.occurrences import following
from tasks_service.report_schedules.schemas import ScheduleCreate, ScheduleUpdate
from tasks_service.tasks.lists import reader_of, zone_of

MOST = 20  # of one person
AT_ONCE = 100


async def create_report_schedule(
    session: Session, principal: Principal, users: PeerClient, body: ScheduleCreate
) -> Record:
    wanted = await checked(session, principal, body.kind, body.filter)
    await people.find(session, users, [principal.id])
    reader = await reader_of(session, principal)
    async with session.begin():
        await session.execute(reports.LOCK_OWNER, principal.id)
        if await session.fetchval(queries.COUNT, principal.id) >= MOST:
            raise TooManyReportSchedules
        what = (principal.id, principal.is_admin, body.kind, body.format, wanted, body.paused)
        next_at = following(body.every, reader.now, reader.zone)
        schedule = await session.fetchrow(queries.CREATE, *what, body.every, next_at)
    assert schedule is not None
    return schedule


async def get_report_schedule(session: Session, principal: Principal, schedule_id: int) -> Record:
    schedule = await session.fetchrow(queries.GET, schedule_id, principal.id)
    if schedule is None:
        raise ReportScheduleNotFound
    return schedule


async def list_report_schedules(session: Session, principal: Principal, query: PageQuery) -> Listed:
    """The caller's own, newest first."""
    total = await session.fetchval(queries.COUNT, principal.id) if query.count else None
    scope = f"report schedules {principal.id}"
    rows = await session.fetch(queries.LIST, principal.id, start_id(query, scope, ID_MAX), query.limit + 1)
    return *cut(rows, query, scope), total


async def change_report_schedule(
    session: Session,
    principal: Principal,
    schedule_id: int,
    body: ScheduleCreate | ScheduleUpdate,
    preconditions: Preconditions,
) -> Record:
    """PUT and PATCH: gives it what the body names, which of the former is everything."""
    given = body.model_dump(exclude_unset=isinstance(body, ScheduleUpdate))
    reader = await reader_of(session, principal)
    async with session.begin():
        before = await _lock(session, principal, schedule_id, preconditions)
        after = {**before, **given}
        wanted = await checked(session, principal, after["kind"], after["filter"] or {})
        what = (principal.is_admin, after["kind"], after["format"], wanted, after["paused"])
        next_at = following(after["every"], reader.now, reader.zone)
        schedule = await session.fetchrow(queries.UPDATE, schedule_id, *what, after["every"], next_at)
    assert schedule is not None
    return schedule


async def delete_report_schedule(
    session: Session, principal: Principal, schedule_id: int, preconditions: Preconditions
) -> None:
    """Reports that it has asked for stay."""
    async with session.begin():
        await _lock(session, principal, schedule_id, preconditions)
        await session.execute(queries.DELETE, schedule_id)


async def _lock(session: Session, principal: Principal, schedule_id: int, preconditions: Preconditions) -> Record:
    schedule = await session.fetchrow(queries.LOCK, schedule_id, principal.id)
    if schedule is None:
        raise ReportScheduleNotFound
    preconditions.require(schedule["version"])
    return schedule


async def ask_due(session: Session, now: datetime | None = None) -> bool:
    """Asks for the reports whose time has come; whether there may be more."""
    now = now or datetime.now(UTC)
    async with session.begin():
        due = await session.fetch(queries.DUE, now, AT_ONCE)
        for schedule in due:
            await _ask(session, schedule, now)
    return len(due) == AT_ONCE


async def _ask(session: Session, schedule: Record, now: datetime) -> None:
    if not schedule["is_active"]:
        await session.execute(queries.DELETE, schedule["id"])
        return
    wanted = [schedule[name] for name in ("owner_id", "as_admin", "kind", "format", "filter", "id")]
    await session.execute(reports.CREATE, *wanted)
    next_at = following(schedule["every"], now, zone_of(schedule["timezone"]))
    await session.execute(queries.NEXT, schedule["id"], next_at)
