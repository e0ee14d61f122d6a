"""Statuses and transitions over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import changed, created, json_response, no_content, resource
from shared.routing import Route
from tasks_service.statuses import service
from tasks_service.statuses.schemas import StatusCreate, StatusDelete, StatusRead, StatusUpdate, Transitions

router = APIRouter(prefix="/api/projects/{project_id}", tags=["statuses"], route_class=Route)


@router.get("/statuses", response_model=Page[StatusRead], summary="List the statuses of a project")
async def list_statuses(
    request: Request, principal: CurrentUser, session: SessionDep, project_id: Id, query: Annotated[PageQuery, Query()]
) -> Response:
    """In their order on the board. A project without statuses of its own has the four fixed ones."""
    return page_response(request, *await service.list_statuses(session, principal, project_id, query))


@router.post("/statuses", status_code=201, response_model=StatusRead, summary="Add a status to a project")
async def create_status(principal: CurrentUser, session: SessionDep, project_id: Id, body: StatusCreate) -> Response:
    """For owners and maintainers. A task has a status of its project in `status_id`, and that one's category in
    `status`: setting one sets the other. Setting `status` takes the first of the category that can be reached."""
    status = await service.create_status(session, principal, project_id, body)
    return created(status, f"/api/projects/{project_id}/statuses/{status['id']}")


@router.get("/statuses/{status_id}", response_model=StatusRead, summary="Read a status of a project")
async def get_status(
    principal: CurrentUser, session: SessionDep, project_id: Id, status_id: Id, preconditions: PreconditionsDep
) -> Response:
    """The status with its version as ETag."""
    return resource(await service.get_status(session, principal, project_id, status_id), preconditions)


@router.put("/statuses/{status_id}", response_model=StatusRead, summary="Replace a status of a project")
async def replace_status(
    principal: CurrentUser,
    session: SessionDep,
    preconditions: PreconditionsDep,
    project_id: Id,
    status_id: Id,
    body: StatusCreate,
) -> Response:
    """For owners and maintainers. The category stays while tasks have the status (409)."""
    status = await service.replace_status(session, principal, project_id, status_id, body, preconditions)
    return changed(status)


@router.patch("/statuses/{status_id}", response_model=StatusRead, summary="Change a status of a project")
async def update_status(
    principal: CurrentUser,
    session: SessionDep,
    preconditions: PreconditionsDep,
    project_id: Id,
    status_id: Id,
    body: StatusUpdate,
) -> Response:
    """For owners and maintainers. The category stays while tasks have the status (409)."""
    status = await service.update_status(session, principal, project_id, status_id, body, preconditions)
    return changed(status)


@router.delete("/statuses/{status_id}", status_code=204, summary="Delete a status of a project")
async def delete_status(
    principal: CurrentUser,
    session: SessionDep,
    preconditions: PreconditionsDep,
    project_id: Id,
    status_id: Id,
    query: Annotated[StatusDelete, Query()],
) -> Response:
    """For owners and maintainers. While tasks have it that is a 409, unless `replace_with` names the status that they
    get instead, each with an event."""
    await service.delete_status(session, principal, project_id, status_id, query.replace_with, preconditions)
    return no_content()


@router.get("/transitions", response_model=Transitions, summary="Read the workflow of a project")
async def get_transitions(principal: CurrentUser, session: SessionDep, project_id: Id) -> Response:
    """The ways between its statuses. Without any, every change of status is allowed."""
    return json_response(await service.get_transitions(session, principal, project_id))


@router.put("/transitions", response_model=Transitions, summary="Set the workflow of a project")
async def replace_transitions(
    principal: CurrentUser, session: SessionDep, project_id: Id, body: Transitions
) -> Response:
    """For owners and maintainers, all ways at once. From then on a task goes from one status to another only along one
    of them and only by the roles that it names (409 `transition_not_allowed`); administrators are free. A task's
    first status and its status in another project are not bound."""
    return json_response(await service.replace_transitions(session, principal, project_id, body))
