"""Attachments over HTTP: parse, call, return. The bytes themselves are sent by the gateway or by the bucket."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared import idempotency
from shared.conditional import etag
from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep, get_session
from shared.errors import Problem
from shared.pagination import Page, page_response
from shared.responses import created, json_response, no_content
from shared.routing import Route
from tasks_service.attachments import service
from tasks_service.attachments.errors import AttachmentTooLarge
from tasks_service.attachments.receiving import receive
from tasks_service.attachments.schemas import (
    FILE,
    PICTURE,
    TOO_LARGE,
    UPLOAD,
    AttachmentQuery,
    AttachmentRead,
    PreviewQuery,
)
from tasks_service.dependencies import PreviewsDep, SettingsDep, StorageDep

router = APIRouter(tags=["attachments"], route_class=Route)
VERSION = 1  # a file is never changed


@router.get("/api/tasks/{task_id}/attachments", response_model=Page[AttachmentRead], summary="List the files on a task")
async def list_attachments(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    task_id: Id,
    query: Annotated[AttachmentQuery, Query()],
) -> Response:
    """Oldest first."""
    return page_response(request, *await service.list_attachments(session, principal, task_id, query))


@router.post(
    "/api/tasks/{task_id}/attachments",
    status_code=201,
    response_model=AttachmentRead,
    responses=TOO_LARGE,
    summary="Add a file to a task",
    openapi_extra={**UPLOAD, "x-idempotency": "by content"},
)
async def add_attachment(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    settings: SettingsDep,
    storage: StorageDep,
    task_id: Id,
) -> Response:
    """Of up to `MAX_ATTACHMENT_MB`; 413 as well when the quota of the person or of the project is used up. The type is
    told from the content. For those who may edit the task."""
    announced = request.headers.get("content-length", "0")
    await service.require_room(session, principal, settings, task_id, 0)
    if announced.isdecimal() and int(announced[:15]) > settings.max_attachment_bytes + 65_536:
        raise AttachmentTooLarge
    received = await receive(request, storage, settings.max_attachment_bytes)
    kept = False

    async def add(request: Request) -> Response:
        nonlocal kept
        session = await get_session(request)
        attachment, kept = await service.add_attachment(session, principal, settings, task_id, received)
        return created(attachment, f"/api/attachments/{attachment['id']}")

    try:
        response = await idempotency.once(request, f"{received.filename} {received.sha256}".encode(), add)
    except Problem:
        await storage.delete([received.key])
        raise
    if not kept:
        await storage.delete([received.key])
    return response


@router.get("/api/attachments/{attachment_id}", response_model=AttachmentRead, summary="Read about a file")
async def get_attachment(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, attachment_id: Id
) -> Response:
    """Its name, type, size and digest; the file itself is at `/download`."""
    attachment = await service.get_attachment(session, principal, attachment_id)
    if preconditions.unchanged(VERSION):
        return Response(status_code=304, headers=etag(VERSION))
    return json_response(attachment, headers=etag(VERSION))


@router.get(
    "/api/attachments/{attachment_id}/download",
    response_class=Response,
    responses=FILE,
    summary="Download a file",
)
async def download_attachment(
    principal: CurrentUser, session: SessionDep, storage: StorageDep, attachment_id: Id
) -> Response:
    """Byte for byte as it was added, always to be saved: what a browser might run is sent as plain bytes. Parts by
    `Range`."""
    status, headers = await service.download_attachment(session, principal, storage, attachment_id)
    return Response(status_code=status, headers=headers)


@router.get(
    "/api/attachments/{attachment_id}/preview",
    response_class=Response,
    responses=PICTURE,
    summary="Show an image",
)
async def preview_attachment(
    principal: CurrentUser,
    session: SessionDep,
    storage: StorageDep,
    previews: PreviewsDep,
    attachment_id: Id,
    query: Annotated[PreviewQuery, Query()],
) -> Response:
    """PNG, JPEG, GIF and WebP by their content, as they are or within `size` pixels; for all other files 404
    `preview_not_available`."""
    status, headers = await service.preview_attachment(session, principal, storage, previews, attachment_id, query.size)
    return Response(status_code=status, headers=headers)


@router.delete("/api/attachments/{attachment_id}", status_code=204, summary="Delete a file")
async def delete_attachment(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, attachment_id: Id
) -> Response:
    """For who added it and for those who may delete the task."""
    if preconditions.if_match is not None:
        await service.get_attachment(session, principal, attachment_id)
        preconditions.require(VERSION)
    await service.delete_attachment(session, principal, attachment_id)
    return no_content()
