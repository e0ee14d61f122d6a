"""Time entries over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import Page, page_response
from shared.responses import changed, created, no_content, resource
from shared.routing import Route
from tasks_service.time_entries import service
from tasks_service.time_entries.schemas import (
    TimeEntryCreate,
    TimeEntryFilter,
    TimeEntryRead,
    TimeEntryStart,
    TimeEntryUpdate,
    TimeTotal,
    TotalsFilter,
)

router = APIRouter(tags=["time entries"], route_class=Route)
OF_TASK, ALL, ONE = "/api/tasks/{task_id}/time-entries", "/api/time-entries", "/api/time-entries/{entry_id}"


@router.get(OF_TASK, response_model=Page[TimeEntryRead], summary="List the time spent on a task")
async def list_task_time_entries(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    task_id: Id,
    query: Annotated[TimeEntryFilter, Query()],
) -> Response:
    """Everybody's, the latest first."""
    return page_response(request, *await service.list_task_time_entries(session, principal, task_id, query))


@router.post(OF_TASK, status_code=201, response_model=TimeEntryRead, summary="Enter time spent on a task")
async def create_time_entry(
    principal: CurrentUser, session: SessionDep, task_id: Id, body: TimeEntryCreate
) -> Response:
    """Your own time, for those who may change the task. It must be over and overlap with no other entry of yours."""
    entry = await service.create_time_entry(session, principal, task_id, body)
    return created(entry, f"/api/time-entries/{entry['id']}")


@router.post(f"{OF_TASK}/start", status_code=201, response_model=TimeEntryRead, summary="Start working on a task")
async def start_time_entry(principal: CurrentUser, session: SessionDep, task_id: Id, body: TimeEntryStart) -> Response:
    """From now on. The entry of yours that is running, on whatever task, is stopped."""
    entry = await service.start_time_entry(session, principal, task_id, body.note)
    return created(entry, f"/api/time-entries/{entry['id']}")


@router.get(ALL, response_model=Page[TimeEntryRead], summary="List time entries")
async def list_time_entries(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[TimeEntryFilter, Query()]
) -> Response:
    """Your own, the latest first; with `task_id` or `project_id` everybody's on tasks that you see. Administrators see
    all."""
    return page_response(request, *await service.list_time_entries(session, principal, query))


@router.get(f"{ALL}/totals", response_model=Page[TimeTotal], summary="Add up time by task, user or project")
async def get_time_totals(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[TotalsFilter, Query()]
) -> Response:
    """Over the entries that the list with the same filters has. What is running counts up to now."""
    return page_response(request, *await service.get_time_totals(session, principal, query))


@router.get(ONE, response_model=TimeEntryRead, summary="Read a time entry")
async def get_time_entry(
    principal: CurrentUser, session: SessionDep, entry_id: Id, preconditions: PreconditionsDep
) -> Response:
    """Your own, or one on a task that you see."""
    return resource(await service.get_time_entry(session, principal, entry_id), preconditions)


@router.put(ONE, response_model=TimeEntryRead, summary="Replace a time entry")
async def replace_time_entry(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, entry_id: Id, body: TimeEntryCreate
) -> Response:
    """For whoever made it and administrators. One that is running ends."""
    return changed(await service.replace_time_entry(session, principal, entry_id, body, preconditions))


@router.patch(ONE, response_model=TimeEntryRead, summary="Change a time entry")
async def update_time_entry(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, entry_id: Id, body: TimeEntryUpdate
) -> Response:
    """A merge patch, for whoever made it and administrators."""
    return changed(await service.update_time_entry(session, principal, entry_id, body, preconditions))


@router.delete(ONE, status_code=204, summary="Delete a time entry")
async def delete_time_entry(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, entry_id: Id
) -> Response:
    """For whoever made it and administrators."""
    await service.delete_time_entry(session, principal, entry_id, preconditions)
    return no_content()


@router.post(f"{ONE}/stop", response_model=TimeEntryRead, summary="Stop working")
async def stop_time_entry(principal: CurrentUser, session: SessionDep, entry_id: Id) -> Response:
    """The entry ends now. 409 when it is not running."""
    return changed(await service.stop_time_entry(session, principal, entry_id))
