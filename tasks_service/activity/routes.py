"""The activity over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.routing import Route
from tasks_service.activity import service
from tasks_service.activity.schemas import ActivityRead

router = APIRouter(tags=["activity"], route_class=Route)


@router.get("/api/activity", response_model=Page[ActivityRead], summary="List what happened to your tasks")
async def list_activity(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[PageQuery, Query()]
) -> Response:
    """Who changed what, from what to what, newest first, over all tasks you may see."""
    return page_response(request, *await service.list_activity(session, principal, query))


@router.get("/api/tasks/{task_id}/activity", response_model=Page[ActivityRead], summary="List what happened to a task")
async def list_task_activity(
    request: Request, principal: CurrentUser, session: SessionDep, task_id: Id, query: Annotated[PageQuery, Query()]
) -> Response:
    """Who changed what, from what to what, newest first."""
    return page_response(request, *await service.list_task_activity(session, principal, task_id, query))
