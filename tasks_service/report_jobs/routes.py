"""Reports that the worker makes, over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from shared.dependencies import CurrentUser, Id, SessionDep
from shared.pagination import Page, PageQuery, page_response
from shared.responses import json_response, no_content
from shared.routing import Route
from tasks_service.dependencies import UsersDep
from tasks_service.report_jobs import service
from tasks_service.report_jobs.files import MEDIA_TYPES
from tasks_service.report_jobs.schemas import ReportCreate, ReportRead

router = APIRouter(prefix="/api/reports", tags=["reports"], route_class=Route)
UNVERSIONED = {"x-unversioned": True}
FILE: dict[int | str, Any] = {
    200: {
        "description": "The file",
        "content": {
            "application/json": {"schema": {}},
            "text/csv": {"schema": {"type": "string"}},
            MEDIA_TYPES["xlsx"]: {"schema": {"type": "string", "format": "binary"}},
        },
    },
    409: {"description": "It is not done"},
}


@router.post("", status_code=202, response_model=ReportRead, summary="Ask for a report")
async def create_report(principal: CurrentUser, session: SessionDep, users: UsersDep, body: ReportCreate) -> Response:
    """The worker makes it; `Location` says where to look. It shows what you may see when it is made, is kept for 30
    days, and of yours at most 20 wait at a time. Its file has 20 MB at most; in CSV, cells that a spreadsheet would run
    begin with a `'`."""
    report = await service.create_report(session, principal, users, body)
    return json_response(report, status=202, headers={"Location": f"/api/reports/{report['id']}"})


@router.get("", response_model=Page[ReportRead], summary="List your reports")
async def list_reports(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[PageQuery, Query()]
) -> Response:
    """Newest first."""
    return page_response(request, *await service.list_reports(session, principal, query))


@router.get("/{report_id}", response_model=ReportRead, summary="Look at a report", openapi_extra=UNVERSIONED)
async def get_report(principal: CurrentUser, session: SessionDep, report_id: Id) -> Response:
    """How far it is. Only your own: another's is a 404."""
    return json_response(await service.get_report(session, principal, report_id))


@router.get("/{report_id}/download", response_class=Response, responses=FILE, summary="Download a report")
async def download_report(request: Request, principal: CurrentUser, session: SessionDep, report_id: Id) -> Response:
    """Its file; 409 while there is none."""
    report = await service.require_done(session, principal, report_id)
    name = f"{report['kind']}-{report['finished_at']:%Y-%m-%d}.{report['format']}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(report["size"])}
    parts = service.parts(request.app.state.database, report_id)
    return StreamingResponse(parts, headers=headers, media_type=MEDIA_TYPES[report["format"]])


@router.post("/{report_id}/cancel", response_model=ReportRead, summary="Stop a report", openapi_extra=UNVERSIONED)
async def cancel_report(principal: CurrentUser, session: SessionDep, report_id: Id) -> Response:
    """One that waits or is being made; 409 when it has ended."""
    return json_response(await service.cancel_report(session, principal, report_id))


@router.delete("/{report_id}", status_code=204, summary="Delete a report", openapi_extra=UNVERSIONED)
async def delete_report(principal: CurrentUser, session: SessionDep, report_id: Id) -> Response:
    """With its file. One that is being made is stopped."""
    await service.delete_report(session, principal, report_id)
    return no_content()
