"""The dashboard over HTTP."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, SessionDep
from shared.responses import json_response
from shared.routing import Route
from tasks_service.dashboard import service
from tasks_service.dashboard.schemas import Dashboard
from tasks_service.dependencies import NotificationsDep, RenderedTasksDep, SettingsDep

router = APIRouter(prefix="/api/dashboard", tags=["dashboard"], route_class=Route)


@router.get("", response_model=Dashboard, summary="Read what you want to see first")
async def get_dashboard(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    settings: SettingsDep,
    rendered: RenderedTasksDep,
    notifications: NotificationsDep,
) -> Response:
    """Your open tasks, what is due soon, the numbers, and your unread notifications. When the notifications service
    does not answer within 0.3 seconds, `notifications` is null and `warnings` says so; an access token needs
    `notifications:read` besides for that part."""
    authorization = request.headers["authorization"]
    return json_response(
        await service.get_dashboard(session, principal, settings, rendered, notifications, authorization)
    )
