"""Exports over HTTP."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from shared.dependencies import CurrentUser, SessionDep
from shared.routing import Route
from tasks_service.dependencies import ExportsDep
from tasks_service.exports.schemas import MEDIA_TYPES, ExportQuery

router = APIRouter(prefix="/api/tasks", tags=["import and export"], route_class=Route)
FILES: dict[int | str, Any] = {
    200: {
        "description": "The file",
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/TaskRead"}}},
            "text/csv": {"schema": {"type": "string"}},
            "text/calendar": {"schema": {"type": "string"}},
        },
    }
}


@router.get("/export", response_class=Response, responses=FILES, summary="Export tasks to a file")
async def export_tasks(
    principal: CurrentUser, session: SessionDep, exports: ExportsDep, query: Annotated[ExportQuery, Query()]
) -> Response:
    """Everything that you see and that matches, as it is at this moment, in the order of its ids; streamed, so there
    may be any number. In CSV, cells that a spreadsheet would run begin with a `'`; an import takes it away again."""
    parts = await exports.open(session, principal, query)
    name = f"tasks-{datetime.now(UTC):%Y-%m-%d}.{query.format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"}
    return StreamingResponse(parts, headers=headers, media_type=MEDIA_TYPES[query.format])
