"""Schedules of reports over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import changed, created, no_content, resource
from shared.routing import Route
from tasks_service.dependencies import UsersDep
from tasks_service.report_schedules import service
from tasks_service.report_schedules.schemas import ScheduleCreate, ScheduleRead, ScheduleUpdate

router = APIRouter(prefix="/api/reports/schedules", tags=["reports"], route_class=Route)


@router.post("", status_code=201, response_model=ScheduleRead, summary="Have a report made again and again")
async def create_report_schedule(
    principal: CurrentUser, session: SessionDep, users: UsersDep, body: ScheduleCreate
) -> Response:
    """At an hour of your time zone. Its reports are among yours, with its id as `schedule_id`. Twenty at most."""
    schedule = await service.create_report_schedule(session, principal, users, body)
    return created(schedule, f"/api/reports/schedules/{schedule['id']}")


@router.get("", response_model=Page[ScheduleRead], summary="List your schedules of reports")
async def list_report_schedules(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[PageQuery, Query()]
) -> Response:
    """Newest first."""
    return page_response(request, *await service.list_report_schedules(session, principal, query))


@router.get("/{schedule_id}", response_model=ScheduleRead, summary="Read a schedule of reports")
async def get_report_schedule(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, schedule_id: Id
) -> Response:
    """Only your own: another's is a 404."""
    return resource(await service.get_report_schedule(session, principal, schedule_id), preconditions)


@router.put("/{schedule_id}", response_model=ScheduleRead, summary="Replace a schedule of reports")
async def replace_report_schedule(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, schedule_id: Id, body: ScheduleCreate
) -> Response:
    """What the body leaves out goes back to its default. It begins anew, at the next hour that fits from now on."""
    return changed(await service.change_report_schedule(session, principal, schedule_id, body, preconditions))


@router.patch("/{schedule_id}", response_model=ScheduleRead, summary="Change a schedule of reports")
async def update_report_schedule(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, schedule_id: Id, body: ScheduleUpdate
) -> Response:
    """A merge patch. `paused` stops it and lets it go on: what was missed meanwhile is not made up for."""
    return changed(await service.change_report_schedule(session, principal, schedule_id, body, preconditions))


@router.delete("/{schedule_id}", status_code=204, summary="Delete a schedule of reports")
async def delete_report_schedule(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, schedule_id: Id
) -> Response:
    """The reports that it has asked for stay."""
    await service.delete_report_schedule(session, principal, schedule_id, preconditions)
    return no_content()
