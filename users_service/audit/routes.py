"""`/api/audit`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import AdminUser, SessionDep
from shared.pagination import Page, page_response
from shared.responses import no_content
from shared.routing import Route
from shared.trail import Entries
from users_service.audit import service
from users_service.audit.schemas import AuditEntry, AuditQuery
from users_service.dependencies import DatabaseDep

router = APIRouter(prefix="/api/audit", route_class=Route, tags=["audit"])
internal = APIRouter(prefix="/internal/audit", route_class=Route, include_in_schema=False)


@router.get("", summary="The audit trail", response_model=Page[AuditEntry])
async def list_audit_entries(
    request: Request, principal: AdminUser, session: SessionDep, query: Annotated[AuditQuery, Query()]
) -> Response:
    """For administrators, newest first: every sign-in, everything that was refused for want of identity or right in any
    service (`refused.*`), and every act of an administrator. Kept for `LOG_RETENTION_DAYS`. Of many refusals alike from
    one address in a minute the first twenty stand singly and the rest in one entry with a `count`."""
    return page_response(request, *await service.list_entries(session, query))


@internal.post("")
async def keep_audit_entries(database: DatabaseDep, body: Entries) -> Response:
    """What another service noted. Closed at the gateway."""
    await service.keep_entries(database)(body.entries)
    return no_content()
