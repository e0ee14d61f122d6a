"""Reports over HTTP: parse, call, return."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.dependencies import CurrentUser, SessionDep
from shared.responses import json_response
from shared.routing import Route
from tasks_service.counts import service as counts
from tasks_service.dependencies import SettingsDep, UsersDep
from tasks_service.reports.schemas import Insights

router = APIRouter(prefix="/api/reports", tags=["reports"], route_class=Route)


@router.get("/insights", response_model=Insights, summary="Count the tasks you may see, by all that matters")
async def get_insights(principal: CurrentUser, session: SessionDep, settings: SettingsDep, users: UsersDep) -> Response:
    """Exact at every moment, whatever is being written: what you wrote is counted."""
    return json_response(await counts.get_insights(session, principal, settings, users))
