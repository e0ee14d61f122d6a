"""Preferences over HTTP."""

from fastapi import APIRouter
from starlette.responses import Response

from notifications_service.preferences import service
from notifications_service.preferences.schemas import PreferencesRead, PreferencesUpdate
from shared.dependencies import CurrentUser, PreconditionsDep, SessionDep
from shared.responses import changed, resource
from shared.routing import Route

router = APIRouter(prefix="/api/notifications/preferences", tags=["notifications"], route_class=Route)

VERSIONED = {"x-versioned": True}


@router.get("", response_model=PreferencesRead, summary="Read your preferences", openapi_extra=VERSIONED)
async def get_preferences(principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep) -> Response:
    """For every kind of notification, whether it comes to the inbox and by e-mail; and when e-mail may come. Each
    webhook chooses its own events."""
    return resource(await service.get_preferences(session, principal), preconditions)


@router.put("", response_model=PreferencesRead, summary="Replace your preferences", openapi_extra=VERSIONED)
async def replace_preferences(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, body: PreferencesUpdate
) -> Response:
    """All at once: what the body leaves out goes back to its default. They hold for what happens from now on."""
    return changed(await service.replace_preferences(session, principal, body, preconditions))
