"""Announcements over HTTP."""

from fastapi import APIRouter
from starlette.responses import Response

from notifications_service.announcements import service
from notifications_service.announcements.schemas import Announced, Announcement
from notifications_service.dependencies import UsersDep
from shared.dependencies import AdminUser, SessionDep
from shared.responses import json_response
from shared.routing import Route

router = APIRouter(prefix="/api/notifications", tags=["notifications"], route_class=Route)


@router.post("/send", status_code=201, response_model=Announced, summary="Tell people something")
async def send_announcement(principal: AdminUser, session: SessionDep, users: UsersDep, body: Announcement) -> Response:
    """For administrators: up to 1,000 people at once, as kind `system`, all of them or (422) nobody. What they muted or
    prefer does not matter here."""
    return json_response(await service.send_announcement(session, principal, users, body), status=201)
