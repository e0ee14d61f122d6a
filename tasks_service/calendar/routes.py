"""Calendar feeds over HTTP."""

import asyncio
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from shared.conditional import etag
from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import Page, page_response
from shared.responses import created, no_content
from shared.routing import Route
from tasks_service.calendar import service
from tasks_service.calendar.rendering import render
from tasks_service.calendar.schemas import CalendarCreate, CalendarFilter, CalendarRead, CalendarWithUrl
from tasks_service.dependencies import SettingsDep

router = APIRouter(prefix="/api/calendar", tags=["calendar"], route_class=Route)

SHOWS_SECRET = {"x-idempotency": "no-replay"}
OWN = CalendarCreate()
UNVERSIONED = {"x-unversioned": True}
PUBLIC = {"x-public": True, **UNVERSIONED}
FEED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The feed", "content": {"text/calendar": {"schema": {"type": "string"}}}}
}


@router.post(
    "", status_code=201, response_model=CalendarWithUrl, summary="Make a calendar feed", openapi_extra=SHOWS_SECRET
)
async def create_calendar(
    principal: CurrentUser, session: SessionDep, settings: SettingsDep, body: CalendarCreate = OWN
) -> Response:
    """Its address for calendar programs, which is a secret: whoever knows it reads the feed. Made again, the feed gets
    another address and the one before is dead."""
    calendar = await service.create_calendar(session, principal, settings, body)
    return created(calendar, f"/api/calendar/{calendar['id']}")


@router.get("", response_model=Page[CalendarRead], summary="List your calendar feeds")
async def list_calendars(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[CalendarFilter, Query()]
) -> Response:
    """Without their addresses, which are not kept."""
    return page_response(request, *await service.list_calendars(session, principal, query))


@router.delete("", status_code=204, summary="Revoke all your calendar feeds")
async def delete_calendars(principal: CurrentUser, session: SessionDep) -> Response:
    """Their addresses are dead from now on."""
    await service.delete_calendars(session, principal)
    return no_content()


@router.get(
    "/{secret}.ics", responses=FEED, response_class=Response, summary="Read a calendar feed", openapi_extra=PUBLIC
)
async def get_calendar(
    session: SessionDep,
    settings: SettingsDep,
    preconditions: PreconditionsDep,
    secret: Annotated[str, Path(max_length=200, description="As in the address that was given out")],
) -> Response:
    """An all-day event for each open task with a due date: up to 1,000, from a year ago on. For calendar programs; no
    token is needed. Shows what its owner sees now, as a plain user; 404 once it is revoked or they are deactivated."""
    tasks, name = await service.read_feed(session, secret)
    body = await asyncio.to_thread(render, tasks, name, settings.public_url.rstrip("/"))
    version = int.from_bytes(hashlib.blake2s(body, digest_size=7).digest())
    headers = {**etag(version), "Cache-Control": "private, no-cache"}
    if preconditions.unchanged(version):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="taskwire.ics"'
    return Response(body, headers=headers, media_type="text/calendar; charset=utf-8")


@router.delete("/{calendar_id}", status_code=204, summary="Revoke a calendar feed", openapi_extra=UNVERSIONED)
async def delete_calendar(principal: CurrentUser, session: SessionDep, calendar_id: Id) -> Response:
    """Its address is dead from now on. Only your own: another's is a 404."""
    await service.delete_calendar(session, principal, calendar_id)
    return no_content()
