"""The worker of a service: its background loops, each kept going by itself, and a heartbeat for the health check."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from shared import context
from shared.database import UNAVAILABLE, Database
from shared.logging import get_logger

log = get_logger(__name__)

BEAT = 2.0  # seconds
GLANCE = 0.1
MAX_BACKOFF = 10.0

BEAT_SQL = """
INSERT INTO heartbeats (name, status, beat_at) VALUES ($1, $2, now())
ON CONFLICT (name) DO UPDATE SET status = excluded.status, beat_at = excluded.beat_at
"""


@dataclass(slots=True)
class Loop:
    """Work that is done again every `every` seconds, or at once while it answers that there is more. `wake` ends a
    pause early, unless the work failed."""

    name: str
    every: float
    work: Callable[[], Awaitable[bool]]
    wake: asyncio.Event | None = None


@dataclass(slots=True)
class Worker:
    """`services` run until they are cancelled; `status` gives, for each name, "ok" or what is wrong."""

    database: Database
    loops: Sequence[Loop] = ()
    services: Sequence[Callable[[], Awaitable[None]]] = ()
    status: dict[str, Callable[[], str]] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run_loop(loop), name=loop.name) for loop in (*self.loops, self._heartbeat())]
            tasks += [group.create_task(_forever(service)) for service in self.services]
            await stop.wait()
            for task in tasks:
                task.cancel()

    def _heartbeat(self) -> Loop:
        """Writes every `BEAT` seconds, and as soon as something changed: a start is not held up by its first beat."""
        written: dict[str, str] = {}
        due = 0.0

        async def beat() -> bool:
            nonlocal written, due
            now = {name: status() for name, status in self.status.items()}
            if now != written or time.monotonic() >= due:
                session = self.database.session()
                for name, status in now.items():
                    await session.execute(BEAT_SQL, name, status)
                written, due = now, time.monotonic() + BEAT
            return False

        return Loop("heartbeat", GLANCE, beat)


async def _forever(service: Callable[[], Awaitable[None]]) -> None:
    await service()


async def run_loop(loop: Loop) -> None:
    """Goes on whatever happens: a failure is logged and tried again, more slowly each time."""
    failures = 0
    while True:
        context.current.set(None)
        if loop.wake is not None:
            loop.wake.clear()
        try:
            more = await loop.work()
            failures = 0
        except UNAVAILABLE as error:
            log.warning("loop waits for its database", loop=loop.name, error=repr(error))
            more, failures = False, failures + 1
        except Exception:
            log.exception("loop failed", loop=loop.name)
            more, failures = False, failures + 1
        if not more:
            pause = min(loop.every * 2 ** min(failures, 10), max(MAX_BACKOFF, loop.every))
            await _pause(pause, None if failures else loop.wake)


async def _pause(seconds: float, wake: asyncio.Event | None) -> None:
    if wake is None:
        await asyncio.sleep(seconds)
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):  # wait_for may swallow a cancellation
            await wake.wait()


def run_until_signalled(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Runs a worker process: SIGTERM and SIGINT set the event that ends it."""
    import uvloop

    async def entry() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await main(stop)

    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(entry())
