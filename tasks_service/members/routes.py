"""Members over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.errors import Unprocessable
from shared.pagination import Page, page_response
from shared.responses import changed, created, no_content, resource
from shared.routing import Route
from tasks_service.dependencies import UsersDep
from tasks_service.members import service
from tasks_service.members.schemas import MemberAdd, MemberFilter, MemberRead, MemberSet

router = APIRouter(prefix="/api/projects/{project_id}/members", tags=["projects"], route_class=Route)


@router.get("", response_model=Page[MemberRead], summary="List the members of a project")
async def list_members(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    project_id: Id,
    query: Annotated[MemberFilter, Query()],
) -> Response:
    """By user id. Every member sees them."""
    return page_response(request, *await service.list_members(session, principal, project_id, query))


@router.post("", status_code=201, response_model=MemberRead, summary="Add a member to a project")
async def add_member(
    principal: CurrentUser, session: SessionDep, users: UsersDep, project_id: Id, body: MemberAdd
) -> Response:
    """For owners and maintainers; only owners make owners. 409 for somebody who is a member already."""
    member = await service.add_member(session, principal, users, project_id, body)
    return created(member, f"/api/projects/{project_id}/members/{member['user_id']}")


@router.get("/{user_id}", response_model=MemberRead, summary="Read a member of a project")
async def get_member(
    principal: CurrentUser, session: SessionDep, project_id: Id, user_id: Id, preconditions: PreconditionsDep
) -> Response:
    """The role of one user, with its version as ETag."""
    return resource(await service.get_member(session, principal, project_id, user_id), preconditions)


@router.put(
    "/{user_id}",
    response_model=MemberRead,
    summary="Set somebody's role in a project",
    responses={201: {"description": "Was no member before", "model": MemberRead}},
)
async def set_member(
    principal: CurrentUser,
    session: SessionDep,
    users: UsersDep,
    preconditions: PreconditionsDep,
    project_id: Id,
    user_id: Id,
    body: MemberSet,
) -> Response:
    """Adds the user (201) or gives another role (200). For owners and maintainers; only owners make or change owners,
    and the last one stays (409)."""
    if body.user_id not in (None, user_id):
        raise Unprocessable.at("/user_id", "is another user than the one in the address")
    member, is_new = await service.set_member(session, principal, users, project_id, user_id, body.role, preconditions)
    return created(member, f"/api/projects/{project_id}/members/{user_id}") if is_new else changed(member)


@router.delete("/{user_id}", status_code=204, summary="Remove somebody from a project")
async def remove_member(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, project_id: Id, user_id: Id
) -> Response:
    """For owners and maintainers, and for oneself; only owners remove owners, and the last one stays (409)."""
    await service.remove_member(session, principal, project_id, user_id, preconditions)
    return no_content()
