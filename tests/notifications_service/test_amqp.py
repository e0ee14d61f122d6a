"""The same on RabbitMQ: what comes twice, is poison, or is under way when the worker dies."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from notifications_service import worker
from notifications_service.settings import Settings
from shared.bus import Bus, Message
from shared.bus.amqp import AmqpBus
from shared.database import Database
from tests.apps import NEEDED
from tests.fakes import FakeUsers
from tests.notifications_service.events import change, message, revoked, task_event
from tests.notifications_service.system import closed, ready, running
from tests.postgres import Server
from tests.waiting import until

ANN, BOB = 901, 902


def history(task_id: int, versions: int) -> list[dict[str, Any]]:
    who: dict[str, Any] = {"task_id": task_id, "creator": ANN, "actor": ANN, "assignees": [BOB]}
    title = {"title": change("a", "b")}
    later = [task_event("updated", version=v, changes=title, **who) for v in range(2, versions + 1)]
    return [task_event(**who), *later]


@asynccontextmanager
async def bus_at(url: str) -> AsyncIterator[AmqpBus]:
    async with AmqpBus(url, "test") as bus:
        await until(lambda: connected(bus), 15)
        yield bus


async def connected(bus: Bus) -> bool:
    return bus.connected


async def work(settings: Settings, url: str) -> None:
    """A worker that runs until it is cancelled: without a farewell, as when it is killed."""
    async with AmqpBus(url, "test-worker") as bus:
        await worker.run(settings, bus, asyncio.Event())


async def test_killed_again_and_again_with_duplicates_and_poison(
    postgres: Server, rabbitmq: str, tmp_path: Path
) -> None:
    url = await postgres.database("notifications_service")
    settings = Settings(database_url=url, mail_dir=str(tmp_path), **NEEDED["notifications_service"])
    happened = [event for task in zip(*(history(i, 10) for i in range(1, 21)), strict=True) for event in task]
    poison = [Message(f"poison {i}", "task.created", b"?") for i in range(10)]
    async with Database(settings.database_url) as database, bus_at(rabbitmq) as bus:

        async def publish() -> None:
            for i, event in enumerate(happened):
                if i % 20 == 0:
                    await bus.publish(poison[i // 20])
                for _ in range(1 + i % 3):
                    await bus.publish(message(event))
                await asyncio.sleep(0.01)

        async def is_all_there() -> bool:
            letters = await database.session().fetchval("SELECT count(*) FROM dead_letters")
            rows = await database.session().fetchval("SELECT count(*) FROM notifications")
            return bool(letters == len(poison) and rows == len(happened))

        publishing = asyncio.create_task(publish())
        while not publishing.done():
            await killed_after(0.6, work(settings, rabbitmq))
        await publishing
        last = asyncio.create_task(work(settings, rabbitmq))
        await until(is_all_there)
        last.cancel()
        await asyncio.gather(last, return_exceptions=True)
        repeated = "SELECT count(*) FROM notifications GROUP BY event_id, recipient_id, kind HAVING count(*) > 1"
        assert await database.session().fetch(repeated) == []
        shown = await database.session().fetch(
            "SELECT task_id, array_agg((frame::json -> 'task' ->> 'version')::int ORDER BY cursor) AS versions "
            "FROM stream_events WHERE kind = 'task' GROUP BY task_id"
        )
        assert [row["versions"] for row in shown] == [list(range(1, 11))] * 20


async def killed_after(seconds: float, work: Any) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(work, seconds)


async def test_revocation_reaches_sockets_over_the_broker(
    postgres: Server, rabbitmq: str, fake_users: FakeUsers
) -> None:
    url = await postgres.database("notifications_service")
    async with running(url, fake_users, rabbitmq) as system:
        await until(lambda: connected(system.bus), 15)
        ann = fake_users.register()
        async with system.listening(ann) as ws:
            await ready(ws)
            fake_users.revoke(ann)
            await system.bus.publish(Message("poison", "session.revoked", b"?"))
            await system.bus.publish(message(revoked(ann.id, [ann.session_id])))
            assert await closed(ws, 2) == 4401
