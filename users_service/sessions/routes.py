"""What the other services ask about sessions. Closed at the gateway."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.dependencies import SessionDep
from shared.responses import json_response
from shared.routing import Route
from users_service.sessions import service
from users_service.sessions.schemas import SessionIds

router = APIRouter(prefix="/internal/sessions", route_class=Route, include_in_schema=False)


@router.post("/ended")
async def find_ended_sessions(session: SessionDep, body: SessionIds) -> Response:
    """Which of these sessions are not live any more: for sockets, after the bus was away."""
    return json_response({"ended": await service.find_ended(session, body.session_ids)})
