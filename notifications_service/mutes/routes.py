"""Mutes over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from notifications_service.mutes import service
from notifications_service.mutes.schemas import MuteFilter, MuteRead
from shared.dependencies import CurrentUser, Id, SessionDep
from shared.pagination import Page, page_response
from shared.responses import json_response, no_content
from shared.routing import Route

router = APIRouter(prefix="/api/notifications/mutes", tags=["notifications"], route_class=Route)

UNVERSIONED = {"x-unversioned": True}


@router.get("", response_model=Page[MuteRead], summary="List what you muted")
async def list_mutes(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[MuteFilter, Query()]
) -> Response:
    """The tasks and projects that you do not want to hear of, latest first."""
    return page_response(request, *await service.list_mutes(session, principal, query))


@router.put("/tasks/{task_id}", response_model=MuteRead, summary="Mute a task", openapi_extra=UNVERSIONED)
async def mute_task(principal: CurrentUser, session: SessionDep, task_id: Id) -> Response:
    """No more notifications about its changes, comments and due date. That you are assigned, taken off or mentioned is
    still told, and so are reminders of your own. Up to 1,000 mutes."""
    return json_response(await service.mute(session, principal, "task_id", task_id))


@router.delete("/tasks/{task_id}", status_code=204, summary="Hear of a task again", openapi_extra=UNVERSIONED)
async def unmute_task(principal: CurrentUser, session: SessionDep, task_id: Id) -> Response:
    """404 when it is not muted."""
    await service.unmute(session, principal, "task_id", task_id)
    return no_content()


@router.put("/projects/{project_id}", response_model=MuteRead, summary="Mute a project", openapi_extra=UNVERSIONED)
async def mute_project(principal: CurrentUser, session: SessionDep, project_id: Id) -> Response:
    """The same for all tasks of a project."""
    return json_response(await service.mute(session, principal, "project_id", project_id))


@router.delete("/projects/{project_id}", status_code=204, summary="Hear of a project again", openapi_extra=UNVERSIONED)
async def unmute_project(principal: CurrentUser, session: SessionDep, project_id: Id) -> Response:
    """404 when it is not muted."""
    await service.unmute(session, principal, "project_id", project_id)
    return no_content()
