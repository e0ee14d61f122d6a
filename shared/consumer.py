"""Consuming events: each is taken in once, in order, and a poison message stops nothing.

A batch is handled in one transaction. When a handler fails, its messages are tried one by one, five times each, then
kept as dead letters with the reason. That the database is away is nobody's failure: the consumer waits, the messages
stay with the broker. Handlers only write rows.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from uuid import UUID

from pydantic import ValidationError

from shared import context, dead_letters, events
from shared.bus import Message
from shared.context import RequestContext
from shared.database import UNAVAILABLE, Database, Session
from shared.logging import get_logger

log = get_logger(__name__)

Event = events.Known
Handle = Callable[[Session, Event], Awaitable[None]]

MAX_FAILURES = 5
RETRY_PAUSES = (0.05, 0.1, 0.2, 0.4)
AWAY_PAUSE = 0.5

CLAIM = "INSERT INTO consumed_events (event_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id"


class Consumer:
    """The handler of a durable subscription. `handle` is called once for each new event, inside the transaction."""

    def __init__(self, database: Database, queue: str, handle: Handle) -> None:
        self._database, self._queue, self._handle = database, queue, handle

    async def __call__(self, messages: list[Message]) -> None:
        good: list[tuple[Message, Event]] = []
        for message in messages:
            try:
                good.append((message, events.read(message.body)))
            except ValidationError as error:
                await self._patiently(self._bury, message, f"not an event we know: {_brief(error)}", 1)
        try:
            await self._patiently(self._take, [event for _, event in good])
        except Exception:
            for message, event in good:
                await self._one(message, event)

    async def _one(self, message: Message, event: Event) -> None:
        for failures in range(1, MAX_FAILURES + 1):
            try:
                await self._patiently(self._take, [event])
                return
            except Exception as error:
                log.exception("handler failed", event_id=str(event.id), type=event.type, failures=failures)
                reason = f"{type(error).__name__}: {error}"
            if failures < MAX_FAILURES:
                await asyncio.sleep(RETRY_PAUSES[failures - 1])
        await self._patiently(self._bury, message, reason, MAX_FAILURES)

    async def _take(self, batch: list[Event]) -> None:
        session = self._database.session()
        async with session.begin():
            new: set[UUID] = {r["event_id"] for r in await session.fetch(CLAIM, [event.id for event in batch])}
            for event in batch:
                if event.id in new:
                    new.discard(event.id)
                    context.current.set(RequestContext.of(event.requestid, event.traceparent))
                    await self._handle(session, event)

    async def replay(self, message: Message) -> str | None:
        """Tries a dead letter once more; the reason if it fails again."""
        try:
            await self._take([events.read(message.body)])
        except UNAVAILABLE:
            raise
        except Exception as error:
            return f"{type(error).__name__}: {_brief(error)}"
        return None

    async def bury_all(self, messages: list[Message]) -> None:
        """Keeps what the broker itself gave up beside our own dead letters."""
        for message in messages:
            await self._patiently(self._bury, message, f"given up by the broker: {message.death}", 0)

    async def _bury(self, message: Message, reason: str, attempts: int) -> None:
        log.error("dead letter", queue=self._queue, message_id=message.id, reason=reason)
        message_id = message.id or hashlib.sha256(message.body).hexdigest()
        await dead_letters.add(self._database.session(), self._queue, message, message_id, reason, attempts)

    async def _patiently(self, work: Callable[..., Awaitable[None]], *args: object) -> None:
        """Does the work once the database is there."""
        while True:
            try:
                return await work(*args)
            except UNAVAILABLE as error:
                log.warning("consumer waits for its database", queue=self._queue, error=repr(error))
                await asyncio.sleep(AWAY_PAUSE)


def _brief(error: Exception) -> str:
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_context=False, include_input=False)[:3]
        return "; ".join(": ".join(filter(None, (".".join(map(str, e["loc"])), e["msg"][:80]))) for e in found)[:300]
    return "; ".join(str(error).splitlines()[:3])[:300]
