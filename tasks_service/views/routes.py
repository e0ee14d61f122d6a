"""Views over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import Page, page_response
from shared.responses import changed, created, no_content, resource
from shared.routing import Route
from tasks_service.dependencies import RenderedTasksDep
from tasks_service.tasks.list_schemas import ListedTask
from tasks_service.views import service
from tasks_service.views.schemas import ViewCreate, ViewFilter, ViewPage, ViewRead, ViewUpdate

router = APIRouter(prefix="/api/views", tags=["views"], route_class=Route)


@router.get("", response_model=Page[ViewRead], summary="List saved views")
async def list_views(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[ViewFilter, Query()]
) -> Response:
    """Your own and those shared with your projects, newest first."""
    return page_response(request, *await service.list_views(session, principal, query))


@router.post("", status_code=201, response_model=ViewRead, summary="Save a view")
async def create_view(principal: CurrentUser, session: SessionDep, body: ViewCreate) -> Response:
    """A name for filters and a sort. To share one with a project you must be allowed to make tasks there."""
    view = await service.create_view(session, principal, body)
    return created(view, f"/api/views/{view['id']}")


@router.get("/{view_id}", response_model=ViewRead, summary="Read a view")
async def get_view(
    principal: CurrentUser, session: SessionDep, view_id: Id, preconditions: PreconditionsDep
) -> Response:
    """The view with its version as ETag."""
    return resource(await service.get_view(session, principal, view_id), preconditions)


@router.put("/{view_id}", response_model=ViewRead, summary="Replace a view")
async def replace_view(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, view_id: Id, body: ViewCreate
) -> Response:
    """For whoever made it and, when it is shared, the project's owners and maintainers."""
    return changed(await service.replace_view(session, principal, view_id, body, preconditions))


@router.patch("/{view_id}", response_model=ViewRead, summary="Change a view")
async def update_view(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, view_id: Id, body: ViewUpdate
) -> Response:
    """A merge patch; `query` is replaced as a whole."""
    return changed(await service.update_view(session, principal, view_id, body, preconditions))


@router.delete("/{view_id}", status_code=204, summary="Delete a view")
async def delete_view(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, view_id: Id
) -> Response:
    """The tasks stay."""
    await service.delete_view(session, principal, view_id, preconditions)
    return no_content()


@router.get("/{view_id}/tasks", response_model=Page[ListedTask], summary="List the tasks of a view")
async def list_view_tasks(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    rendered: RenderedTasksDep,
    view_id: Id,
    query: Annotated[ViewPage, Query()],
) -> Response:
    """A page of what the view finds among the tasks that you may see."""
    return page_response(request, *await service.list_view_tasks(session, principal, rendered, view_id, query))
