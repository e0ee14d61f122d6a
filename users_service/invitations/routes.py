"""`/api/invitations`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import AdminUser, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import created, json_response, no_content
from shared.routing import Route
from users_service.invitations import service
from users_service.invitations.schemas import InvitationCreate, InvitationRead

UNVERSIONED = {"x-unversioned": True}

router = APIRouter(prefix="/api/invitations", route_class=Route, tags=["invitations"])


@router.post("", summary="Invite somebody", status_code=201, response_model=InvitationRead)
async def create_invitation(principal: AdminUser, session: SessionDep, body: InvitationCreate) -> Response:
    """For administrators. Mails a link that is good once, for seven days, and lets its reader register with that
    address, also where `REGISTRATION` is closed."""
    invitation = await service.create_invitation(session, principal, body)
    return created(invitation, f"/api/invitations/{invitation['id']}")


@router.get("", summary="List invitations", response_model=Page[InvitationRead])
async def list_invitations(
    request: Request, principal: AdminUser, session: SessionDep, query: Annotated[PageQuery, Query()]
) -> Response:
    """For administrators, newest first; those that were accepted and those whose time is over too."""
    return page_response(request, *await service.list_invitations(session, query))


@router.get("/{invitation_id}", summary="One invitation", response_model=InvitationRead, openapi_extra=UNVERSIONED)
async def get_invitation(principal: AdminUser, session: SessionDep, invitation_id: UUID) -> Response:
    """For administrators."""
    return json_response(await service.get_invitation(session, invitation_id))


@router.delete("/{invitation_id}", summary="Withdraw an invitation", status_code=204, openapi_extra=UNVERSIONED)
async def withdraw_invitation(principal: AdminUser, session: SessionDep, invitation_id: UUID) -> Response:
    """For administrators. Its link is dead at once; an account that was made of it stays."""
    await service.withdraw_invitation(session, principal, invitation_id)
    return no_content()
