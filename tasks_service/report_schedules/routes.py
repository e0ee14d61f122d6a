"""Schedules of reports over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import created, json_response, no_content
from shared.routing import Route
from tasks_service.dependencies import UsersDep
from tasks_service.report_schedules import service
from tasks_service.report_schedules.schemas import ScheduleCreate, ScheduleRead

router = APIRouter(prefix="/api/reports/schedules", tags=["reports"], route_class=Route)
UNVERSIONED = {"x-unversioned": True}


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


@router.get(
    "/{schedule_id}", response_model=ScheduleRead, summary="Read a schedule of reports", openapi_extra=UNVERSIONED
)
async def get_report_schedule(principal: CurrentUser, session: SessionDep, schedule_id: Id) -> Response:
    """Only your own: another's is a 404."""
    return json_response(await service.get_report_schedule(session, principal, schedule_id))


@router.delete("/{schedule_id}", status_code=204, summary="Delete a schedule of reports", openapi_extra=UNVERSIONED)
async def delete_report_schedule(principal: CurrentUser, session: SessionDep, schedule_id: Id) -> Response:
    """The reports that it has asked for stay."""
    await service.delete_report_schedule(session, principal, schedule_id)
    return no_content()
