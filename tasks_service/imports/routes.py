"""Imports over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared import idempotency
from shared.dependencies import CurrentUser, Id, SessionDep, get_session
from shared.pagination import Page, PageQuery, page_response
from shared.responses import json_response
from shared.routing import Route
from tasks_service.dependencies import SettingsDep, UsersDep
from tasks_service.imports import service
from tasks_service.imports.receiving import opened
from tasks_service.imports.schemas import ImportQuery, ImportRead, ImportSummary, RowError

router = APIRouter(tags=["import and export"], route_class=Route)
UNVERSIONED = {"x-unversioned": True}
TABLE = "title,priority,due_date,labels\nWrite the plan,high,2031-03-31,docs\n"
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": TABLE},
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": [{"title": "Write the plan", "external_id": "17"}],
            },
            "text/calendar": {"schema": {"type": "string"}, "example": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "additionalProperties": False,
                },
                "example": {"file": TABLE},
            },
        },
    }
}


@router.post(
    "/api/tasks/import",
    status_code=202,
    response_model=ImportSummary,
    summary="Import tasks from a file",
    openapi_extra={**FILE, "x-idempotency": "by content"},
)
async def import_tasks(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    settings: SettingsDep,
    users: UsersDep,
    query: Annotated[ImportQuery, Query()],
) -> Response:
    """A job: `Location` says where to look. Rows have the fields of a task; assignees by username or address, a project
    by its key; `external_id` (or `id`) makes a second import bring the same tasks up to date instead of making others.
    Each row is under the rules of `POST /api/tasks`; those that break one are reported and left out, with `atomic` all
    of them are. Exports of Todoist (CSV), Trello (JSON) and Vikunja (data.json) are taken with `source`."""
    import_id, digest = await service.receive(
        session, principal, settings, users, query, await opened(request, query.format)
    )
    started = False

    async def start(request: Request) -> Response:
        nonlocal started
        job = await service.start_import(await get_session(request), import_id)
        started = True
        return json_response(job, status=202, headers={"Location": f"/api/imports/{import_id}"})

    try:
        return await idempotency.once(request, digest, start)
    finally:
        if not started:  # the answer of an earlier one with this key
            await service.forget(session, import_id)


@router.get("/api/imports", response_model=Page[ImportSummary], summary="List your imports")
async def list_imports(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[PageQuery, Query()]
) -> Response:
    """Newest first. They are kept for 30 days."""
    return page_response(request, *await service.list_imports(session, principal, query))


@router.get(
    "/api/imports/{import_id}", response_model=ImportRead, summary="Look at an import", openapi_extra=UNVERSIONED
)
async def get_import(principal: CurrentUser, session: SessionDep, import_id: Id) -> Response:
    """How far it is, and what was wrong with which row."""
    return json_response(await service.get_import(session, principal, import_id))


@router.get("/api/imports/{import_id}/errors", response_model=Page[RowError], summary="List what was wrong with rows")
async def list_import_errors(
    request: Request, principal: CurrentUser, session: SessionDep, import_id: Id, query: Annotated[PageQuery, Query()]
) -> Response:
    """All of it, in the order of the rows."""
    return page_response(request, *await service.list_import_errors(session, principal, import_id, query))


@router.post("/api/imports/{import_id}/cancel", response_model=ImportSummary, summary="Stop an import")
async def cancel_import(principal: CurrentUser, session: SessionDep, import_id: Id) -> Response:
    """What was imported so far stays; of an atomic one nothing. 409 when it has ended."""
    return json_response(await service.cancel_import(session, principal, import_id))
