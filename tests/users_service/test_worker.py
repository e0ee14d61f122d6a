"""The worker: events leave, what has expired goes, and the health check hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest

from shared import bus as buses
from shared import events, outbox
from shared.bus import Message
from shared.consumer import Event
from tests.apps import ServiceApp
from tests.users_service.people import Person, sign_up
from tests.waiting import until
from users_service import worker
from users_service.sessions.service import purge_sessions
from users_service.settings import Settings


@pytest.fixture(scope="module", autouse=True)
async def heard(users_app: ServiceApp) -> list[Event]:
    """What has come to the queues that outlive their consumers, which a publisher waits for."""
    heard: list[Event] = []

    async def take(messages: list[Message]) -> None:
        heard.extend(events.read(message.body) for message in messages)

    async def ignore(_: list[Message]) -> None:
        pass

    users_app.bus.subscribe(buses.NOTIFICATIONS, take)
    users_app.bus.subscribe(buses.TASKS, ignore)
    return heard


@asynccontextmanager
async def working(running: ServiceApp) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(cast(Settings, running.settings), running.bus, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 5)


async def until_found(running: ServiceApp, sql: str, wanted: object) -> None:
    async def is_found() -> bool:
        return bool(await running.session().fetchval(sql) == wanted)

    await until(is_found)


class TestWorker:
    async def test_events_leave_in_order(self, users_app: ServiceApp, person: Person, heard: list[Event]) -> None:
        await person.patch("/api/users/me", json={"full_name": "One"})
        async with working(users_app):
            await person.patch("/api/users/me", json={"full_name": "Two"})
            await person.post("/api/auth/logout")
            await until_found(users_app, "SELECT count(*) FROM events WHERE published_at IS NULL", 0)
        mine = [event for event in heard if event.subject == f"user/{person.id}"]
        assert [(event.type, event.version) for event in mine] == [
            ("user.registered", 1),
            ("user.updated", 2),
            ("user.updated", 3),
        ]
        assert {event.source for event in heard} == {"/users"}
        assert f"session/{person.id}" in {event.subject for event in heard}

    async def test_health_hears_of_the_relay(self, users_app: ServiceApp) -> None:
        await users_app.session().execute("DELETE FROM heartbeats")
        sick = await users_app.http.get("/health")
        assert (sick.status_code, sick.json()["checks"]["relay"]) == (503, "not running")
        async with working(users_app):
            await until_found(users_app, "SELECT status FROM heartbeats WHERE name = 'relay'", "ok")
            well = await users_app.http.get("/health")
        assert (well.status_code, well.json()["checks"]) == (200, {"database": "ok", "relay": "ok", "bus": "ok"})

    async def test_ready_and_live(self, users_app: ServiceApp) -> None:
        assert (await users_app.http.get("/livez")).status_code == 200
        assert (await users_app.http.get("/readyz")).status_code == 200


class TestPurge:
    async def test_expired_sessions_go_with_their_tokens(self, users_app: ServiceApp, person: Person) -> None:
        session = users_app.session()
        other = await sign_up(users_app)
        await session.execute("UPDATE sessions SET expires_at = now() WHERE user_id = $1", person.id)
        assert await purge_sessions(session) is False
        assert await session.fetchval("SELECT count(*) FROM sessions WHERE user_id = $1", person.id) == 0
        orphans = "SELECT count(*) FROM refresh_tokens WHERE session_id NOT IN (SELECT id FROM sessions)"
        assert await session.fetchval(orphans) == 0
        assert await other.is_signed_in()

    async def test_old_events_go_once_they_are_out(self, users_app: ServiceApp, person: Person) -> None:
        session = users_app.session()
        await session.execute("UPDATE events SET published_at = now() - interval '91 days' WHERE id % 2 = 0")
        await session.execute("UPDATE events SET published_at = NULL WHERE id % 2 = 1")
        kept = await session.fetchval("SELECT count(*) FROM events WHERE published_at IS NULL")
        assert await outbox.purge(users_app.database.session(), 90) is False
        assert await session.fetchval("SELECT count(*) FROM events") == kept > 0
