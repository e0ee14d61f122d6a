"""`/api/auth/sessions`, and what the other services ask about sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import json_response, no_content
from shared.routing import Route
from users_service.sessions import service
from users_service.sessions.schemas import SessionIds, SessionRead

UNVERSIONED = {"x-unversioned": True}

router = APIRouter(prefix="/api/auth/sessions", route_class=Route, tags=["sessions"])
internal = APIRouter(prefix="/internal/sessions", route_class=Route, include_in_schema=False)


@router.get("", summary="Where you are signed in", response_model=Page[SessionRead])
async def list_sessions(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[PageQuery, Query()]
) -> Response:
    """Your sessions that still last, newest first."""
    return page_response(request, *await service.list_sessions(session, principal, query))


@router.get("/{session_id}", summary="One session", response_model=SessionRead, openapi_extra=UNVERSIONED)
async def get_session(principal: CurrentUser, session: SessionDep, session_id: UUID) -> Response:
    """One of your sessions."""
    return json_response(await service.get_session(session, principal, session_id))


@router.delete("/{session_id}", summary="Sign a device out", status_code=204, openapi_extra=UNVERSIONED)
async def end_session(principal: CurrentUser, session: SessionDep, session_id: UUID) -> Response:
    """Ends one of your sessions: its tokens are dead everywhere within a second, its sockets within two."""
    await service.end_own_session(session, principal, session_id)
    return no_content()


@router.delete("", summary="Sign out everywhere else", status_code=204)
async def end_other_sessions(principal: CurrentUser, session: SessionDep) -> Response:
    """Ends all your sessions but this one. Personal access tokens stay; revoke those one by one."""
    await service.end_other_sessions(session, principal.id, principal.session_id, principal.id)
    return no_content()


@internal.post("/ended")
async def find_ended_sessions(session: SessionDep, body: SessionIds) -> Response:
    """Which of these sessions are not live any more: for sockets, after the bus was away."""
    return json_response({"ended": await service.find_ended(session, body.session_ids)})
