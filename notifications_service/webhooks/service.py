"""The rules of webhooks: each belongs to one person, and nobody else sees that it exists."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from notifications_service.settings import Settings
from notifications_service.stream import log as stream
from notifications_service.stream.log import Position
from notifications_service.webhooks import queries, signing
from notifications_service.webhooks.errors import DeliveryNotFound, TooManyWebhooks, WebhookInactive, WebhookNotFound
from notifications_service.webhooks.schemas import (
    DeliveryFilter,
    ReplayRequest,
    WebhookCreate,
    WebhookFilter,
    WebhookUpdate,
)
from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.context import uuid7
from shared.database import Record, Session
from shared.errors import Unprocessable
from shared.outgoing import Outgoing, Refused
from shared.pagination import Listed, cut, start_id
from shared.responses import encode
from shared.sealing import Sealer
from shared.text import ID_MAX

MAX_WEBHOOKS = 100  # of one person
MAX_REPLAYED = 1000  # at a time
FIELDS = ("url", "events", "project_id", "format", "description", "is_active")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def list_webhooks(session: Session, principal: Principal, query: WebhookFilter) -> Listed:
    scope = f"webhooks {query.sort} {principal.id}"
    newest_first = query.sort.startswith("-")
    start = start_id(query, scope, ID_MAX if newest_first else 0)
    rows = await session.fetch(queries.page(newest_first), principal.id, start, query.limit + 1)
    total = await session.fetchval(queries.COUNT, principal.id) if query.count else None
    return *cut(rows, query, scope), total


async def get_webhook(session: Session, principal: Principal, webhook_id: int) -> Record:
    row = await session.fetchrow(queries.GET, webhook_id, principal.id)
    if row is None:
        raise WebhookNotFound
    return row


async def create_webhook(
    session: Session, principal: Principal, outgoing: Outgoing, sealer: Sealer, body: WebhookCreate
) -> dict[str, Any]:
    """The webhook with its secret, which is not shown again."""
    _require_url(outgoing, body.url)
    secret = signing.new_secret()
    sealed = sealer.seal(secret, signing.purpose(principal.id))
    values = [getattr(body, name) for name in FIELDS]
    async with session.begin():
        await session.execute(queries.LOCK_OWNER, principal.id)
        row = await session.fetchrow(queries.ADD, principal.id, principal.is_admin, *values, sealed, MAX_WEBHOOKS)
        if row is None:
            raise TooManyWebhooks
    return {**row, "secret": signing.shown(secret)}


async def replace_webhook(
    session: Session,
    principal: Principal,
    outgoing: Outgoing,
    webhook_id: int,
    body: WebhookCreate,
    preconditions: Preconditions = NONE,
) -> Record:
    values = {name: getattr(body, name) for name in FIELDS}
    return await _change(session, principal, outgoing, webhook_id, values, preconditions)


async def update_webhook(
    session: Session,
    principal: Principal,
    outgoing: Outgoing,
    webhook_id: int,
    body: WebhookUpdate,
    preconditions: Preconditions = NONE,
) -> Record:
    return await _change(session, principal, outgoing, webhook_id, body.given(), preconditions)


async def _change(
    session: Session,
    principal: Principal,
    outgoing: Outgoing,
    webhook_id: int,
    values: Mapping[str, Any],
    preconditions: Preconditions,
) -> Record:
    """Written on the condition that the version is still the one that was looked at; else looked at again."""
    if "url" in values:
        _require_url(outgoing, values["url"])
    while True:
        before = await get_webhook(session, principal, webhook_id)
        preconditions.require(before["version"])
        after = [values.get(name, before[name]) for name in FIELDS]
        row = await session.fetchrow(queries.UPDATE, webhook_id, principal.id, before["version"], *after)
        if row is not None:
            return row


async def delete_webhook(
    session: Session, principal: Principal, webhook_id: int, preconditions: Preconditions = NONE
) -> None:
    """With its deliveries, also those that are still to be sent."""
    while True:
        version = (await get_webhook(session, principal, webhook_id))["version"]
        preconditions.require(version)
        if await session.execute(queries.DELETE, webhook_id, principal.id, version):
            return


async def rotate_secret(session: Session, principal: Principal, sealer: Sealer, webhook_id: int) -> dict[str, Any]:
    """The webhook with its new secret; the one before is good for another day, in a signature of its own."""
    secret = signing.new_secret()
    sealed = sealer.seal(secret, signing.purpose(principal.id))
    row = await session.fetchrow(queries.ROTATE, webhook_id, principal.id, sealed)
    if row is None:
        raise WebhookNotFound
    return {**row, "secret": signing.shown(secret)}


async def test_webhook(session: Session, principal: Principal, webhook_id: int) -> Record:
    """Queues an event that is none."""
    await _require_active(session, principal, webhook_id)
    data = {"webhook_id": webhook_id, "actor_id": principal.id, "changes": {}}
    payload = encode({"type": "webhook.test", "timestamp": datetime.now(UTC), "data": data}).decode()
    row = await session.fetchrow(queries.TEST, webhook_id, uuid7(), payload)
    assert row is not None
    return row


async def list_deliveries(session: Session, principal: Principal, webhook_id: int, query: DeliveryFilter) -> Listed:
    await get_webhook(session, principal, webhook_id)
    scope = f"deliveries {query.sort} {query.status} {webhook_id}"
    newest_first = query.sort.startswith("-")
    start = start_id(query, scope, ID_MAX if newest_first else 0)
    sql = queries.delivery_page(newest_first)
    rows = await session.fetch(sql, webhook_id, query.status, start, query.limit + 1)
    total = await session.fetchval(queries.COUNT_DELIVERIES, webhook_id, query.status) if query.count else None
    return *cut(rows, query, scope), total


async def get_delivery(session: Session, principal: Principal, webhook_id: int, delivery_id: int) -> dict[str, Any]:
    row = await session.fetchrow(queries.GET_DELIVERY, delivery_id, webhook_id, principal.id)
    if row is None:
        raise DeliveryNotFound
    return {**row, "payload": orjson.Fragment(row["payload"])}


async def redeliver(session: Session, principal: Principal, webhook_id: int, delivery_id: int) -> Record:
    """Sends it again, with the same id and all attempts before it, whether it was taken or not."""
    row = await session.fetchrow(queries.GET_DELIVERY, delivery_id, webhook_id, principal.id)
    if row is None:
        raise DeliveryNotFound
    await _require_active(session, principal, webhook_id)
    queued = await session.fetchrow(queries.REDELIVER, delivery_id, webhook_id, principal.id)
    if queued is None:
        raise DeliveryNotFound
    return queued


async def replay_events(session: Session, principal: Principal, webhook_id: int, body: ReplayRequest) -> dict[str, Any]:
    """Queues what the stream still has and the webhook asks for, as far as its owner could see it when it happened."""
    await _require_active(session, principal, webhook_id)
    stream_id = await stream.identity(session)
    start = 0
    if body.after is not None:
        position = Position.parse(body.after)
        if position is None or position.stream_id != stream_id:
            raise Unprocessable.at("/after", "is not a cursor of the stream")
        start = position.number
    since = body.since or LONG_AGO
    row = await session.fetchrow(queries.REPLAY, webhook_id, principal.id, start, since, MAX_REPLAYED)
    assert row is not None
    more = row["queued"] == MAX_REPLAYED
    return {"queued": row["queued"], "next_cursor": str(Position(stream_id, row["last"])) if more else None}


async def purge(session: Session, settings: Settings) -> bool:
    """Removes deliveries older than LOG_RETENTION_DAYS; whether there may be more."""
    return await session.execute(queries.PURGE, settings.log_retention_days) > 0


async def _require_active(session: Session, principal: Principal, webhook_id: int) -> None:
    if not (await get_webhook(session, principal, webhook_id))["is_active"]:
        raise WebhookInactive


def _require_url(outgoing: Outgoing, url: str) -> None:
    try:
        outgoing.check(url)
    except Refused as refusal:
        raise Unprocessable.at("/url", str(refusal)) from None
