"""Reminders over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import created, json_response, no_content
from shared.routing import Route
from tasks_service.reminders import service
from tasks_service.reminders.schemas import ReminderCreate, ReminderRead

router = APIRouter(prefix="/api/tasks/{task_id}/reminders", tags=["reminders"], route_class=Route)

UNVERSIONED = {"x-unversioned": True}


@router.get("", response_model=Page[ReminderRead], summary="List your reminders of a task")
async def list_reminders(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    task_id: Id,
    query: Annotated[PageQuery, Query()],
) -> Response:
    """Those that you set yourself, oldest first. Others do not see them. Everybody who is assigned (or else who made
    the task) is reminded of its due date anyway: `DUE_SOON_HOURS` before its end, and the day after."""
    return page_response(request, *await service.list_reminders(session, principal, task_id, query))


@router.post("", status_code=201, response_model=ReminderRead, summary="Have yourself reminded of a task")
async def create_reminder(principal: CurrentUser, session: SessionDep, task_id: Id, body: ReminderCreate) -> Response:
    """At a time, or so long before the end of the due date where you live; then it is told once for each due date. It
    comes as a notification of the kind `task_due_soon` while the task is open. Up to 20 on a task."""
    reminder = await service.create_reminder(session, principal, task_id, body)
    return created(reminder, f"/api/tasks/{task_id}/reminders/{reminder['id']}")


@router.get("/{reminder_id}", response_model=ReminderRead, summary="Read a reminder", openapi_extra=UNVERSIONED)
async def get_reminder(principal: CurrentUser, session: SessionDep, task_id: Id, reminder_id: Id) -> Response:
    """Only your own: another's is a 404."""
    return json_response(await service.get_reminder(session, principal, task_id, reminder_id))


@router.delete("/{reminder_id}", status_code=204, summary="Remove a reminder", openapi_extra=UNVERSIONED)
async def delete_reminder(principal: CurrentUser, session: SessionDep, task_id: Id, reminder_id: Id) -> Response:
    """Only your own: another's is a 404."""
    await service.delete_reminder(session, principal, task_id, reminder_id)
    return no_content()
