"""Webhooks over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from notifications_service.dependencies import OutgoingDep, SealerDep
from notifications_service.webhooks import service
from notifications_service.webhooks.schemas import (
    DeliveryDetail,
    DeliveryFilter,
    DeliveryRead,
    Replayed,
    ReplayRequest,
    WebhookCreate,
    WebhookFilter,
    WebhookRead,
    WebhookUpdate,
    WebhookWithSecret,
)
from shared.conditional import etag
from shared.database import Record
from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import Page, page_response
from shared.responses import changed, created, json_response, no_content, resource
from shared.routing import Route

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"], route_class=Route)

SHOWS_SECRET = {"x-idempotency": "no-replay"}
UNVERSIONED = {"x-unversioned": True}


@router.get("", response_model=Page[WebhookRead], summary="List your webhooks")
async def list_webhooks(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[WebhookFilter, Query()]
) -> Response:
    """Without their secrets."""
    return page_response(request, *await service.list_webhooks(session, principal, query))


@router.post(
    "", status_code=201, response_model=WebhookWithSecret, summary="Create a webhook", openapi_extra=SHOWS_SECRET
)
async def create_webhook(
    principal: CurrentUser, session: SessionDep, outgoing: OutgoingDep, sealer: SealerDep, body: WebhookCreate
) -> Response:
    """What you may see, and the webhook asks for, is sent there as `{type, timestamp, data}`, signed by the Standard
    Webhooks specification with the `secret` of this answer, which is not shown again. Anything but 2xx is tried again:
    three times within a minute, then less and less often for more than a day, always with the same `webhook-id`. 410
    turns the webhook off. Deliveries may overtake one another: `data.task.version` says which is newer. Up to 100."""
    webhook = await service.create_webhook(session, principal, outgoing, sealer, body)
    return created(webhook, f"/api/webhooks/{webhook['id']}")


@router.get("/{webhook_id}", response_model=WebhookRead, summary="Read a webhook")
async def get_webhook(
    principal: CurrentUser, session: SessionDep, webhook_id: Id, preconditions: PreconditionsDep
) -> Response:
    """Only your own: another's is a 404."""
    return resource(await service.get_webhook(session, principal, webhook_id), preconditions)


@router.put("/{webhook_id}", response_model=WebhookRead, summary="Replace a webhook")
async def replace_webhook(
    principal: CurrentUser,
    session: SessionDep,
    outgoing: OutgoingDep,
    preconditions: PreconditionsDep,
    webhook_id: Id,
    body: WebhookCreate,
) -> Response:
    """What the body leaves out goes back to its default; the secret stays."""
    return changed(await service.replace_webhook(session, principal, outgoing, webhook_id, body, preconditions))


@router.patch("/{webhook_id}", response_model=WebhookRead, summary="Change a webhook")
async def update_webhook(
    principal: CurrentUser,
    session: SessionDep,
    outgoing: OutgoingDep,
    preconditions: PreconditionsDep,
    webhook_id: Id,
    body: WebhookUpdate,
) -> Response:
    """Turned on again, it goes on with what was still to be sent; what happened meanwhile: `replay`."""
    return changed(await service.update_webhook(session, principal, outgoing, webhook_id, body, preconditions))


@router.delete("/{webhook_id}", status_code=204, summary="Remove a webhook")
async def delete_webhook(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, webhook_id: Id
) -> Response:
    """With its deliveries, also those that are still to be sent."""
    await service.delete_webhook(session, principal, webhook_id, preconditions)
    return no_content()


@router.post(
    "/{webhook_id}/rotate-secret",
    response_model=WebhookWithSecret,
    summary="Make a new secret",
    openapi_extra=SHOWS_SECRET,
)
async def rotate_secret(principal: CurrentUser, session: SessionDep, sealer: SealerDep, webhook_id: Id) -> Response:
    """Shown in this answer and not again. For 24 hours each delivery has two signatures, by this and the one before."""
    webhook = await service.rotate_secret(session, principal, sealer, webhook_id)
    return json_response(webhook, headers=etag(webhook["version"]))


@router.post("/{webhook_id}/test", status_code=202, response_model=DeliveryRead, summary="Send a test")
async def test_webhook(principal: CurrentUser, session: SessionDep, webhook_id: Id) -> Response:
    """Queues a delivery of type `webhook.test`; read it to see what came of it. 409 when the webhook is turned off."""
    return _queued(await service.test_webhook(session, principal, webhook_id))


@router.post("/{webhook_id}/replay", status_code=202, response_model=Replayed, summary="Send everything again")
async def replay_events(principal: CurrentUser, session: SessionDep, webhook_id: Id, body: ReplayRequest) -> Response:
    """Queues what happened after a cursor or since a moment, as far as the stream still has it, whether it was sent
    before or not, with the same ids. Up to 1,000 at a time."""
    return json_response(await service.replay_events(session, principal, webhook_id, body), status=202)


@router.get("/{webhook_id}/deliveries", response_model=Page[DeliveryRead], summary="List a webhook's deliveries")
async def list_deliveries(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    webhook_id: Id,
    query: Annotated[DeliveryFilter, Query()],
) -> Response:
    """Newest first, kept for `LOG_RETENTION_DAYS`."""
    return page_response(request, *await service.list_deliveries(session, principal, webhook_id, query))


@router.get(
    "/{webhook_id}/deliveries/{delivery_id}",
    response_model=DeliveryDetail,
    summary="Read a delivery",
    openapi_extra=UNVERSIONED,
)
async def get_delivery(principal: CurrentUser, session: SessionDep, webhook_id: Id, delivery_id: Id) -> Response:
    """With what is sent, how the answer began, and every attempt."""
    return json_response(await service.get_delivery(session, principal, webhook_id, delivery_id))


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=202,
    response_model=DeliveryRead,
    summary="Send a delivery again",
)
async def redeliver(principal: CurrentUser, session: SessionDep, webhook_id: Id, delivery_id: Id) -> Response:
    """Whether it was taken before or not, with the same `webhook-id`. 409 when the webhook is turned off."""
    return _queued(await service.redeliver(session, principal, webhook_id, delivery_id))


def _queued(delivery: Record) -> Response:
    address = f"/api/webhooks/{delivery['webhook_id']}/deliveries/{delivery['id']}"
    return json_response(delivery, status=202, headers={"Location": address})
