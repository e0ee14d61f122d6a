"""Watchers over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import created, json_response, no_content
from shared.routing import Route
from tasks_service.watchers import service
from tasks_service.watchers.schemas import WatcherAdd, WatcherRead

router = APIRouter(prefix="/api/tasks/{task_id}/watchers", tags=["watchers"], route_class=Route)
UNVERSIONED = {"x-unversioned": True}


@router.get("", response_model=Page[WatcherRead], summary="List who watches a task")
async def list_task_watchers(
    request: Request, principal: CurrentUser, session: SessionDep, task_id: Id, query: Annotated[PageQuery, Query()]
) -> Response:
    """Those who are told of the task although they have no part in it."""
    return page_response(request, *await service.list_task_watchers(session, principal, task_id, query))


@router.post("", status_code=201, response_model=WatcherRead, summary="Watch a task")
async def watch_task(principal: CurrentUser, session: SessionDep, task_id: Id, body: WatcherAdd) -> Response:
    """You, or somebody else who sees the task when you may change it. To watch twice changes nothing."""
    watcher = await service.add_watcher(session, principal, task_id, body.user_id or principal.id)
    return created(watcher, f"/api/tasks/{task_id}/watchers/{watcher['user_id']}")


@router.put("/{user_id}", response_model=WatcherRead, summary="Let somebody watch a task", openapi_extra=UNVERSIONED)
async def add_watcher(principal: CurrentUser, session: SessionDep, task_id: Id, user_id: Id) -> Response:
    """You, or somebody else who sees the task when you may change it. To watch twice changes nothing."""
    return json_response(await service.add_watcher(session, principal, task_id, user_id))


@router.delete("/{user_id}", status_code=204, summary="Stop watching a task", openapi_extra=UNVERSIONED)
async def remove_watcher(principal: CurrentUser, session: SessionDep, task_id: Id, user_id: Id) -> Response:
    """You yourself; somebody else when you may change the task."""
    await service.remove_watcher(session, principal, task_id, user_id)
    return no_content()
