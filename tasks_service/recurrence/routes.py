"""Previews of recurrence over HTTP."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, SessionDep
from shared.responses import json_response
from shared.routing import Route
from tasks_service.recurrence.rules import upcoming
from tasks_service.recurrence.schemas import Preview, PreviewQuery, PreviewRequest
from tasks_service.tasks.service import get_task

router = APIRouter(prefix="/api/tasks", tags=["tasks"], route_class=Route)


@router.post("/recurrence/preview", response_model=Preview, summary="Preview the days of a recurrence rule")
async def preview_recurrence(principal: CurrentUser, body: PreviewRequest) -> Response:
    """The days after `due_date` on which tasks with this rule would be due. Nothing is stored."""
    return _preview(body.recurrence, body.due_date, body.count)


@router.get("/{task_id}/recurrence/preview", response_model=Preview, summary="Preview when a task recurs")
async def preview_task_recurrence(
    principal: CurrentUser, session: SessionDep, task_id: Id, query: Annotated[PreviewQuery, Query()]
) -> Response:
    """The next due dates after the present one; none for a task that does not recur."""
    task = await get_task(session, principal, task_id)
    return _preview(task["recurrence"], task["due_date"], query.count)


def _preview(rule: str | None, due_date: date | None, most: int) -> Response:
    start = due_date or datetime.now(UTC).date()
    return json_response({"dates": upcoming(rule, start, most) if rule else []})
