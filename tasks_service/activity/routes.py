"""The activity over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.routing import Route
from tasks_service.activity import service
from tasks_service.activity.schemas import ActivityQuery, ActivityRead, ActivityWeek, EveryActivityQuery

router = APIRouter(tags=["activity"], route_class=Route)


@router.get("/api/activity", response_model=Page[ActivityRead], summary="List what happened to all that you may see")
async def list_activity(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[EveryActivityQuery, Query()]
) -> Response:
    """Who did what, when, from what to what: to tasks, their comments and files, and to projects. Newest first."""
    return page_response(request, *await service.list_activity(session, principal, query))


@router.get("/api/tasks/{task_id}/activity", response_model=Page[ActivityRead], summary="List what happened to a task")
async def list_task_activity(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    task_id: Id,
    query: Annotated[ActivityQuery, Query()],
) -> Response:
    """Who changed what, from what to what, newest first; its comments and files as well."""
    return page_response(request, *await service.list_task_activity(session, principal, task_id, query))


@router.get(
    "/api/projects/{project_id}/activity", response_model=Page[ActivityRead], summary="List what happened in a project"
)
async def list_project_activity(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    project_id: Id,
    query: Annotated[ActivityQuery, Query()],
) -> Response:
    """To the project itself, its members, and those of its tasks that you may see. Newest first."""
    return page_response(request, *await service.list_project_activity(session, principal, project_id, query))


@router.get(
    "/api/projects/{project_id}/activity/weeks",
    response_model=Page[ActivityWeek],
    summary="Count what happened in a project by week",
)
async def list_activity_weeks(
    request: Request, principal: CurrentUser, session: SessionDep, project_id: Id, query: Annotated[PageQuery, Query()]
) -> Response:
    """The weeks in which something happened, the latest first. They stay when the events themselves are purged after
    `LOG_RETENTION_DAYS`."""
    return page_response(request, *await service.list_activity_weeks(session, principal, project_id, query))
