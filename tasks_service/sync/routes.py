"""The sync over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from shared.dependencies import CurrentUser, SessionDep
from shared.responses import json_response
from shared.routing import Route
from tasks_service.dependencies import RenderedTasksDep, SettingsDep
from tasks_service.sync import service
from tasks_service.sync.schemas import SyncPage, SyncQuery

router = APIRouter(prefix="/api/tasks", tags=["sync"], route_class=Route)


@router.get("/sync", response_model=SyncPage, summary="What changed since you asked last")
async def sync_tasks(
    principal: CurrentUser,
    session: SessionDep,
    settings: SettingsDep,
    rendered: RenderedTasksDep,
    query: Annotated[SyncQuery, Query()],
) -> Response:
    """For offline clients: every task that you may see and that changed or appeared since the token, as it is now, and
    the ids of those that were deleted or are not for you any more. Nothing is left out, however writes overlap; now and
    then something comes twice. A token is good for 30 days (less with a shorter `TRASH_RETENTION_DAYS`) and for the
    role you had; then the answer is 410 `sync_token_expired`: begin again without a token. Make tasks with a
    `client_id`, so that sending one again makes no second."""
    return json_response(await service.sync_tasks(session, principal, settings, rendered, query))
