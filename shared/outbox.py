"""The outbox: an event is a row written in the transaction of its change, and the relay publishes it.

The relay reads `published_at IS NULL ORDER BY id`, never from a high-water mark, because ids commit out of order.
Events of one subject go out one after the other and stop at the first failure; those of different subjects do not wait
for each other. A row is marked only after the broker's confirmation, so an event can be published twice (consumers
know each by its id) and cannot be lost.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson
from pydantic import BaseModel

from shared import context
from shared.bus import Bus, Message, PublishFailed
from shared.database import OUTBOX, UNAVAILABLE, Record, Session, connect
from shared.logging import get_logger
from shared.responses import OPTIONS

log = get_logger(__name__)

BATCH = 200
PURGE_BATCH = 1000
AGAIN_BATCH = 2000
AGAIN_MINUTES = 60
POLL = 0.5  # seconds; the safety net under the NOTIFY
STANDBY = 1.0  # seconds between two tries for the lock that makes one relay the active one
LOCK_ID = 0x7461736B77697265  # "taskwire"

RECORD = """
INSERT INTO events (event_id, type, subject_id, version, actor_id, audience, data, request_id, traceparent)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
UNPUBLISHED = """
SELECT id, event_id, type, subject_id, version, actor_id, audience, data, request_id, traceparent, occurred_at
FROM events WHERE published_at IS NULL ORDER BY id LIMIT $1
"""
PURGE = """
DELETE FROM events WHERE id IN (
    SELECT id FROM (SELECT id, published_at FROM events ORDER BY id LIMIT $2) AS oldest
    WHERE published_at < now() - make_interval(days => $1))
"""
# $1 before which event, $2 rows that are looked at, $3 minutes that are gone back
AGAIN = """
WITH newest AS (
    SELECT id, occurred_at FROM events WHERE id < $1 ORDER BY id DESC LIMIT $2
), marked AS (
    UPDATE events SET published_at = NULL WHERE published_at IS NOT NULL
        AND id IN (SELECT id FROM newest WHERE occurred_at > now() - make_interval(mins => $3))
)
SELECT min(id) FROM newest HAVING count(*) = $2 AND min(occurred_at) > now() - make_interval(mins => $3)
"""
MARK = "UPDATE events SET published_at = now() WHERE id = ANY($1)"


async def record(
    session: Session,
    event_type: str,
    data: BaseModel,
    *,
    subject_id: int,
    actor_id: int | None,
    version: int | None = None,
    audience: Sequence[int] = (),
) -> None:
    """Writes the event beside the change that the session is making."""
    now = context.get()
    await session.execute(
        RECORD,
        context.uuid7(),
        event_type,
        subject_id,
        version,
        actor_id,
        list(audience),
        data.model_dump_json(by_alias=True),
        now.request_id,
        now.traceparent,
    )
    session.event_recorded()


async def purge(session: Session, days: int) -> bool:
    """Deletes the oldest published events, a batch at a time; whether there may be more."""
    return await session.execute(PURGE, days, PURGE_BATCH) == PURGE_BATCH


async def publish_again(session: Session, before: int) -> int | None:
    """Has the relay publish once more what is out already, of the last hour. A batch at a time, newest first: the id to
    go on before, or None."""
    oldest: int | None = await session.fetchval(AGAIN, before, AGAIN_BATCH, AGAIN_MINUTES)
    return oldest


def message_of(row: Record, source: str) -> Message:
    event_id, kind = str(row["event_id"]), row["type"]
    subject = f"{kind.partition('.')[0]}/{row['subject_id']}"
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": kind,
        "subject": subject,
        "time": row["occurred_at"],
        "datacontenttype": "application/json",
        "data": orjson.Fragment(row["data"]),
        "actor": row["actor_id"],
        "audience": row["audience"],
        "version": row["version"],
        "requestid": row["request_id"],
        "traceparent": row["traceparent"],
    }
    return Message(event_id, kind, orjson.dumps(envelope, option=OPTIONS), row["traceparent"])


class Relay:
    """Publishes a service's events. Any number may run; the one that holds the advisory lock is active."""

    def __init__(self, database_url: str, bus: Bus, source: str) -> None:
        self._url, self._bus, self._source = database_url, bus, source
        self._wake = asyncio.Event()
        self.status = "starting"

    async def run(self) -> None:
        while True:
            try:
                await self._hold()
            except UNAVAILABLE as error:
                self.status = "database unavailable"
                log.warning("relay lost its database", error=str(error))
                await asyncio.sleep(STANDBY)

    async def _hold(self) -> None:
        """Is the active relay for as long as its connection lives."""
        connection = await connect(self._url, "taskwire-relay")
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_ID):
                self.status = "standby"
                await asyncio.sleep(STANDBY)
            # A mark that a crash of the server loses means publishing once more, so no mark waits for the disk.
            await connection.execute("SET synchronous_commit = off")
            await connection.add_listener(OUTBOX, lambda *_: self._wake.set())
            while True:
                self._wake.clear()
                published = await self._publish_batch(connection)
                if published < BATCH:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(POLL):  # wait_for may swallow a cancellation
                            await self._wake.wait()
        finally:
            connection.terminate()

    async def _publish_batch(self, connection: asyncpg.Connection) -> int:
        """The number of events that are out. One failure ends the events of that subject for this time."""
        rows = await connection.fetch(UNPUBLISHED, BATCH)
        chains: dict[Any, list[Record]] = {}
        for row in rows:
            chains.setdefault((row["type"].partition(".")[0], row["subject_id"]), []).append(row)
        done = [i for ids in await asyncio.gather(*map(self._publish_chain, chains.values())) for i in ids]
        self.status = "ok" if len(done) == len(rows) else "events cannot be published"
        if done:
            await connection.execute(MARK, done)
        return len(done)

    async def _publish_chain(self, rows: list[Record]) -> list[int]:
        published: list[int] = []
        for row in rows:
            try:
                await self._bus.publish(message_of(row, self._source))
            except PublishFailed:
                break
            published.append(row["id"])
        return published
