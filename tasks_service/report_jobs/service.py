"""The rules of reports: everybody has their own, and administrators no others.

A report shows what its owner may see when it is made, and as an administrator only if it was asked for as one.
"""

from collections.abc import AsyncIterator
from typing import Any

from pydantic import ValidationError

from shared import people
from shared.auth import Principal
from shared.database import Database, Record, Session
from shared.errors import Unprocessable
from shared.findings import pointers
from shared.http import PeerClient
from shared.pagination import Listed, PageQuery, cut, start_id
from shared.text import ID_MAX
from tasks_service.report_jobs import queries
from tasks_service.report_jobs.errors import ReportEnded, ReportNotFound, ReportNotReady, TooManyReports
from tasks_service.report_jobs.schemas import FILTERS, Kind, ReportCreate
from tasks_service.tasks import filters, lists
from tasks_service.tasks.list_schemas import TaskFilter

MAX_WAITING = 20  # of one person
KEPT_DAYS = 30


async def create_report(session: Session, principal: Principal, users: PeerClient, body: ReportCreate) -> Record:
    wanted = await checked(session, principal, body.kind, body.filter)
    await people.find(session, users, [principal.id])  # the worker asks only those who are known here
    async with session.begin():
        await session.execute(queries.LOCK_OWNER, principal.id)
        if await session.fetchval(queries.WAITING, principal.id) >= MAX_WAITING:
            raise TooManyReports
        args = (principal.id, principal.is_admin, body.kind, body.format, wanted, None)
        report = await session.fetchrow(queries.CREATE, *args)
    assert report is not None
    return report


async def checked(session: Session, principal: Principal, kind: Kind, wanted: dict[str, Any]) -> dict[str, Any]:
    """The filter as it is kept. Raises Unprocessable for what this kind of report does not take."""
    try:
        read = FILTERS[kind].model_validate(wanted)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise Unprocessable(errors=pointers({**e, "loc": ("body", "filter", *e["loc"])} for e in found)) from None
    kept: dict[str, Any] = read.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if kind == "tasks":
        filters.conditions(TaskFilter.model_validate(kept), principal, await lists.reader_of(session, principal))
    return kept


async def get_report(session: Session, principal: Principal, report_id: int) -> Record:
    report = await session.fetchrow(queries.GET, report_id, principal.id)
    if report is None:
        raise ReportNotFound
    return report


async def list_reports(session: Session, principal: Principal, query: PageQuery) -> Listed:
    """The caller's own, newest first."""
    total = await session.fetchval(queries.COUNT, principal.id) if query.count else None
    scope = f"reports {principal.id}"
    rows = await session.fetch(queries.LIST, principal.id, start_id(query, scope, ID_MAX), query.limit + 1)
    return *cut(rows, query, scope), total


async def cancel_report(session: Session, principal: Principal, report_id: int) -> Record:
    cancelled = await session.fetchrow(queries.CANCEL, report_id, principal.id)
    if cancelled is None:
        await get_report(session, principal, report_id)
        raise ReportEnded
    return cancelled


async def delete_report(session: Session, principal: Principal, report_id: int) -> None:
    """With its file; one that is being made is given up."""
    if not await session.execute(queries.DELETE, report_id, principal.id):
        raise ReportNotFound


async def require_done(session: Session, principal: Principal, report_id: int) -> Record:
    report = await get_report(session, principal, report_id)
    if report["status"] != "done":
        raise ReportNotReady
    return report


async def parts(database: Database, report_id: int) -> AsyncIterator[bytes]:
    """The file of a report, with no connection held while the client takes it."""
    number = 0
    while part := await database.session().fetchval(queries.PART, report_id, number):
        yield part
        number += 1


async def purge(session: Session) -> bool:
    """Deletes reports that are old enough; whether there may be more."""
    return await session.execute(queries.PURGE, KEPT_DAYS) > 0
