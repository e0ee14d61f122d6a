"""The inbox over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from notifications_service.inbox import service
from notifications_service.inbox.schemas import (
    NotificationFilter,
    NotificationRead,
    NotificationUpdate,
    ReadAll,
    UnreadCount,
)
from shared.dependencies import CurrentUser, Id, SessionDep
from shared.pagination import Page, page_response
from shared.responses import json_response, no_content
from shared.routing import Route

router = APIRouter(prefix="/api/notifications", tags=["notifications"], route_class=Route)

FilterQuery = Annotated[NotificationFilter, Query()]
UNVERSIONED = {"x-unversioned": True}


@router.get("", response_model=Page[NotificationRead], summary="List your notifications")
async def list_notifications(
    request: Request, principal: CurrentUser, session: SessionDep, query: FilterQuery
) -> Response:
    """Your inbox, newest first. What was read is removed after `LOG_RETENTION_DAYS`."""
    return page_response(request, *await service.list_notifications(session, principal, principal.id, query))


@router.get("/unread-count", response_model=UnreadCount, summary="Count your unread notifications")
async def get_unread_count(principal: CurrentUser, session: SessionDep) -> Response:
    """The number for the bell."""
    return json_response({"count": await service.count_unread(session, principal)})


@router.post("/read-all", response_model=ReadAll, summary="Mark all your notifications as read")
async def read_all_notifications(principal: CurrentUser, session: SessionDep) -> Response:
    """Everything that is unread now becomes read; `updated` is how many that were."""
    return json_response({"updated": await service.read_all(session, principal)})


@router.get(
    "/user/{user_id}",
    response_model=Page[NotificationRead],
    summary="List a person's notifications",
    openapi_extra=UNVERSIONED,
)
async def list_user_notifications(
    request: Request, principal: CurrentUser, session: SessionDep, user_id: Id, query: FilterQuery
) -> Response:
    """Your own inbox by your id; administrators read anybody's."""
    return page_response(request, *await service.list_notifications(session, principal, user_id, query))


@router.patch(
    "/{notification_id}",
    response_model=NotificationRead,
    summary="Mark a notification as read or unread",
    openapi_extra=UNVERSIONED,
)
async def update_notification(
    principal: CurrentUser, session: SessionDep, notification_id: Id, body: NotificationUpdate
) -> Response:
    """Only your own: another's is a 404."""
    return json_response(await service.mark(session, principal, notification_id, body.is_read))


@router.delete("/{notification_id}", status_code=204, summary="Remove a notification", openapi_extra=UNVERSIONED)
async def delete_notification(principal: CurrentUser, session: SessionDep, notification_id: Id) -> Response:
    """Removes it for good. Only your own: another's is a 404."""
    await service.delete_notification(session, principal, notification_id)
    return no_content()
