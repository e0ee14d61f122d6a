"""Sending: deliveries that are due are claimed, sent, and what came of it is recorded.

A claim is a lease: when a process dies with it, another one sends again, with the same id. Each webhook has its own
places, and those where nothing gets through together have half of all, so that those that hang delay nobody else.
"""

import asyncio
import contextlib
import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from notifications_service.inbox import service as inbox
from notifications_service.settings import Settings
from notifications_service.webhooks import formats, queries, signing
from shared.database import UNAVAILABLE, Database, Record
from shared.logging import get_logger
from shared.outgoing import Outgoing, OutgoingError
from shared.sealing import Broken

log = get_logger(__name__)

POLL = 0.5  # seconds
AWAY_PAUSE = 1.0
LEASE = 20.0  # seconds: longer than a call can take
EACH, ALL = 8, 200  # deliveries under way of one webhook, and together
FAILING = 100  # of them for webhooks that took nothing lately
# Seconds after each attempt: three within the first minute, however long they take, the last after more than a day.
PAUSES = (5, 20, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 43_200)
JITTER = 0.1
FAILING_HOURS = 24
EXCERPT = 1000  # characters
GONE = 410


@dataclass(slots=True, frozen=True)
class Outcome:
    status: int | None
    excerpt: str | None
    error: str | None
    milliseconds: int

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Sender:
    def __init__(self, database: Database, settings: Settings, outgoing: Outgoing) -> None:
        self._database, self._settings, self._outgoing = database, settings, outgoing
        self._sealer = signing.sealer_of(settings.secrets_key)
        self._busy: Counter[int] = Counter()
        self._failing = 0
        self._sending: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Sends until it is cancelled; what is under way then is sent again by who comes next."""
        try:
            while True:
                self._wake.clear()
                try:
                    await self._claim()
                except UNAVAILABLE as error:
                    log.warning("webhooks wait for their database", error=repr(error))
                    await asyncio.sleep(AWAY_PAUSE)
                except Exception:
                    log.exception("webhooks cannot be sent")
                    await asyncio.sleep(AWAY_PAUSE)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await self._wake.wait()
        finally:
            for task in self._sending:
                task.cancel()
            await asyncio.gather(*self._sending, return_exceptions=True)

    async def _claim(self) -> None:
        room = ALL - len(self._sending)
        if room <= 0:
            return
        busy = (list(self._busy.keys()), list(self._busy.values()))
        places = (EACH, *busy, LEASE, room, FAILING - self._failing)
        for row in await self._database.session().fetch(queries.CLAIM, *places):
            self._busy[row["webhook_id"]] += 1
            self._failing += not row["is_well"]
            task = asyncio.create_task(self._deliver(row))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _deliver(self, row: Record) -> None:
        try:
            await self._record(row, await self._attempt(row))
        except UNAVAILABLE as error:
            log.warning("a delivery could not be recorded", delivery_id=row["id"], error=repr(error))
        except Exception:
            log.exception("delivery failed", delivery_id=row["id"])
        finally:
            self._busy[row["webhook_id"]] -= 1
            self._failing -= not row["is_well"]
            self._busy += Counter()  # forgets those with nothing under way
            self._wake.set()

    async def _attempt(self, row: Record) -> Outcome:
        began = time.monotonic()
        status = excerpt = error = None
        try:
            body = formats.body_of(row["format"], row["payload"], row["actor"], self._settings.public_url)
            headers = signing.headers(str(row["event_id"]), int(time.time()), body, self._keys(row))
            sent = {**headers, "Content-Type": "application/json"}
            answer = await self._outgoing.request("POST", row["url"], headers=sent, content=body)
            status = answer.status
            excerpt = answer.body[: EXCERPT * 4].decode("utf-8", "replace").replace("\x00", "")[:EXCERPT]
        except OutgoingError as failure:
            error = str(failure)
        except Broken:
            error = "its secret cannot be read with this SECRETS_KEY: rotate it"
        return Outcome(status, excerpt, error, round((time.monotonic() - began) * 1000))

    def _keys(self, row: Record) -> list[bytes]:
        sealed = [secret for secret in (row["secret"], row["old_secret"]) if secret is not None]
        return [self._sealer.open(secret, signing.purpose(row["owner_id"])) for secret in sealed]

    async def _record(self, row: Record, outcome: Outcome) -> None:
        status, pause = next_step(row["attempts"], outcome)
        attempt: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(),
            "response_status": outcome.status,
            "duration_ms": outcome.milliseconds,
            "error": outcome.error,
        }
        found = (outcome.status, outcome.excerpt, outcome.error, outcome.milliseconds)
        session = self._database.session()
        async with session.begin():
            await session.execute(queries.RECORD, row["id"], status, pause, *found, [attempt])
            await session.execute(queries.SUCCEEDED if outcome.is_success else queries.FAILED, row["webhook_id"])
            if status == "failed":
                reason, hours = ("gone", 0) if outcome.status == GONE else ("failing", FAILING_HOURS)
                owner = await session.fetchval(queries.DISABLE, row["webhook_id"], reason, hours)
                if owner is not None:
                    await inbox.announce(session, [owner], _stopped(row["url"], reason))


def next_step(attempts: int, outcome: Outcome) -> tuple[str, float | None]:
    """The delivery's status after that many attempts, and the seconds until the next one."""
    if outcome.is_success:
        return "delivered", None
    if outcome.status == GONE or attempts > len(PAUSES):
        return "failed", None
    pause = PAUSES[attempts - 1]
    spread = (1 - JITTER, 1.0) if attempts < 3 else (1 - JITTER, 1 + JITTER)
    return "pending", pause * random.uniform(*spread)  # noqa: S311


def _stopped(url: str, reason: str) -> str:
    host = url.partition("://")[2].partition("/")[0]
    why = "it answered that it is gone" if reason == "gone" else "it has taken nothing for more than a day"
    return f"Your webhook at {host} was turned off: {why}."
