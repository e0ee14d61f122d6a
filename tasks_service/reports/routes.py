"""Reports over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, SessionDep
from shared.responses import json_response
from shared.routing import Route
from tasks_service.counts import service as counts
from tasks_service.dependencies import SettingsDep, UsersDep
from tasks_service.reports import service
from tasks_service.reports.schemas import Insights, ProjectSummary, QuickReport, Range

RangeQuery = Annotated[Range, Query()]

router = APIRouter(prefix="/api/reports", tags=["reports"], route_class=Route)


@router.get("/insights", response_model=Insights, summary="Count the tasks you may see, by all that matters")
async def get_insights(principal: CurrentUser, session: SessionDep, settings: SettingsDep, users: UsersDep) -> Response:
    """Exact at every moment, whatever is being written: what you wrote is counted."""
    return json_response(await counts.get_insights(session, principal, settings, users))


@router.get("/quick/dashboard", response_model=QuickReport, summary="Read series over the tasks you may see")
async def get_quick_dashboard(
    principal: CurrentUser, session: SessionDep, settings: SettingsDep, query: RangeQuery
) -> Response:
    """Throughput by day and week, lead and cycle time, cumulative flow, burndown and who has how much to do, ready for
    a chart. Days are UTC's; `from` and `to` are both included, the last 30 days without them, 366 at most."""
    return json_response(await service.get_quick_dashboard(session, principal, settings, query))


@router.get(
    "/quick/project-summary/{project_id}", response_model=ProjectSummary, summary="Read series over a project's tasks"
)
async def get_project_summary(
    principal: CurrentUser, session: SessionDep, settings: SettingsDep, project_id: Id, query: RangeQuery
) -> Response:
    """The same over all tasks of a project, for its members."""
    return json_response(await service.get_project_summary(session, principal, settings, project_id, query))
