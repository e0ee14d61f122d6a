"""The outbox and its relay: recorded with the change or not at all, published once and in order, by one relay."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator

import pytest

from shared import events, outbox
from shared.bus import Message, PublishFailed
from shared.bus.memory import MemoryBus
from shared.database import Database, Session
from shared.outbox import Relay, record
from shared.states import RevokedSessions
from shared.text import ID_MAX
from tests.postgres import Server
from tests.waiting import until

DATA = RevokedSessions(user_id=1, session_ids=[])


class Bus(MemoryBus):
    """Keeps what is published; refuses the subjects in `refused`."""

    def __init__(self) -> None:
        super().__init__()
        self.published: list[events.SessionRevoked] = []
        self.refused: set[str] = set()
        self.at: list[float] = []

    async def publish(self, message: Message) -> None:
        event = events.read(message.body)
        assert isinstance(event, events.SessionRevoked)
        await asyncio.sleep(0)
        if event.subject in self.refused:
            raise PublishFailed("refused")
        self.published.append(event)
        self.at.append(time.monotonic())

    @property
    def versions(self) -> list[tuple[str, int | None]]:
        return [(event.subject, event.version) for event in self.published]


@pytest.fixture
async def url(postgres: Server) -> str:
    return await postgres.database("tasks_service")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database(url) as database:
        yield database


@pytest.fixture
def bus() -> Bus:
    return Bus()


@contextlib.asynccontextmanager
async def relaying(url: str, bus: Bus) -> AsyncIterator[Relay]:
    relay = Relay(url, bus, "/test")
    task = asyncio.create_task(relay.run(), name="relay under test")
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def write(session: Session, subject: int, version: int = 1) -> None:
    await record(session, "session.revoked", DATA, subject_id=subject, actor_id=None, version=version, audience=[7])


async def unpublished(database: Database) -> int:
    return int(await database.session().fetchval("SELECT count(*) FROM events WHERE published_at IS NULL"))


async def end_connections(database: Database, name: str) -> int:
    sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1 AND datname = $2"
    name_of = await database.session().fetchval("SELECT current_database()")
    return int(await database.session().fetchval(sql, name, name_of))


class TestRecord:
    async def test_a_rolled_back_change_leaves_no_event(self, database: Database) -> None:
        session = database.session()
        with contextlib.suppress(ZeroDivisionError):
            async with session.begin():
                await write(session, 1)
                assert await session.fetchval("SELECT count(*) FROM events") == 1
                raise ZeroDivisionError
        assert await session.fetchval("SELECT count(*) FROM events") == 0

    async def test_a_committed_one_has_all_of_it(self, database: Database) -> None:
        session = database.session()
        async with session.begin():
            await write(session, 5, 3)
        row = await session.fetchrow("SELECT * FROM events")
        assert row is not None
        event = events.read(outbox.message_of(row, "/test").body)
        assert (event.subject, event.version, event.audience, event.source) == ("session/5", 3, [7], "/test")
        assert event.id == row["event_id"]
        assert event.requestid == row["request_id"] != ""
        assert event.traceparent.startswith("00-")


class TestRelay:
    async def test_publishes_once_and_in_order(self, url: str, database: Database, bus: Bus) -> None:
        async with relaying(url, bus):
            for version in range(1, 11):
                async with database.session().begin() as session:
                    for subject in (1, 2, 3):
                        await write(session, subject, version)
            await until(lambda: len(bus.published) >= 30)
            await asyncio.sleep(outbox.POLL + 0.1)
        assert len({event.id for event in bus.published}) == len(bus.published) == 30
        for key in ("session/1", "session/2", "session/3"):
            assert [version for name, version in bus.versions if name == key] == list(range(1, 11))
        assert await unpublished(database) == 0

    async def test_a_failing_subject_keeps_its_order_and_holds_up_nobody(
        self, url: str, database: Database, bus: Bus
    ) -> None:
        bus.refused = {"session/1"}
        for version in (1, 2, 3):
            for subject in (1, 2):
                await write(database.session(), subject, version)
        async with relaying(url, bus) as relay:
            await until(lambda: len(bus.published) >= 3)
            assert {name for name, _ in bus.versions} == {"session/2"}
            await until(lambda: relay.status == "events cannot be published")
            bus.refused = set()
            await until(lambda: len(bus.published) >= 6)
            await until(lambda: relay.status == "ok")
        assert [version for name, version in bus.versions if name == "session/1"] == [1, 2, 3]

    async def test_more_than_a_batch(self, url: str, database: Database, bus: Bus) -> None:
        session = database.session()
        async with session.begin():
            for subject in range(outbox.BATCH * 2 + 7):
                await write(session, subject)
        async with relaying(url, bus):
            await until(lambda: len(bus.published) >= outbox.BATCH * 2 + 7)
            await asyncio.sleep(0.05)
        assert await unpublished(database) == 0

    async def test_the_broker_away_loses_nothing(self, url: str, database: Database, bus: Bus) -> None:
        bus.refused = {f"session/{subject}" for subject in range(20)}
        async with relaying(url, bus):
            for subject in range(20):
                await write(database.session(), subject)
            await asyncio.sleep(0.1)
            assert await unpublished(database) == 20
            bus.refused = set()
            await until(lambda: len(bus.published) == 20)

    async def test_ids_that_commit_out_of_order_are_not_skipped(self, url: str, database: Database, bus: Bus) -> None:
        async with relaying(url, bus):
            async with database.session().begin() as early:
                await write(early, 1)  # takes the lower id and commits later
                async with database.session().begin() as late:
                    await write(late, 2)
                await until(lambda: bus.versions == [("session/2", 1)])
            await until(lambda: bus.versions == [("session/2", 1), ("session/1", 1)])


class TestAgain:
    async def test_what_is_out_goes_out_once_more(
        self, url: str, database: Database, bus: Bus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All of the last hour, in batches, and nothing that is older."""
        monkeypatch.setattr(outbox, "AGAIN_BATCH", 2)
        session = database.session()
        for subject in range(6):
            await write(session, subject)
        old = "UPDATE events SET occurred_at = now() - interval '61 minutes' WHERE subject_id = 0"
        await session.execute(old)

        async def all_out() -> bool:
            return await unpublished(database) == 0

        async with relaying(url, bus):
            await until(all_out)
            before: int | None = ID_MAX
            while before is not None:
                before = await outbox.publish_again(session, before)
            await until(all_out)
        again = bus.published[6:]
        assert {event.id for event in again} == {event.id for event in bus.published[:6]} - {bus.published[0].id}
        assert len(again) == 5

    async def test_nothing_to_do(self, database: Database) -> None:
        assert await outbox.publish_again(database.session(), ID_MAX) is None


class TestWaking:
    async def test_is_woken_at_once(
        self, url: str, database: Database, bus: Bus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbox, "POLL", 30.0)
        delays: list[float] = []
        async with relaying(url, bus) as relay:
            await until(lambda: relay.status == "ok")
            for number in range(15):
                await asyncio.sleep(0.02)
                started = time.monotonic()
                await write(database.session(), number)
                await until(lambda count=number + 1: len(bus.at) >= count)  # type: ignore[misc]
                delays.append(bus.at[-1] - started)
        assert statistics.median(delays) < 0.1

    async def test_polls_when_nobody_wakes_it(self, url: str, database: Database, bus: Bus) -> None:
        async with relaying(url, bus) as relay:
            await until(lambda: relay.status == "ok")
            await asyncio.sleep(0.1)
            await database.session().execute(
                "INSERT INTO events (event_id, type, subject_id, data, request_id, traceparent) "
                """VALUES (gen_random_uuid(), 'session.revoked', 1, '{"user_id": 1, "session_ids": []}', '', '')"""
            )
            await until(lambda: len(bus.published) == 1, 2)


class TestActiveRelay:
    async def test_there_is_one_at_a_time(self, url: str, database: Database, bus: Bus) -> None:
        async with relaying(url, bus) as first:
            await until(lambda: first.status == "ok")
            async with relaying(url, bus) as second:
                await until(lambda: second.status == "standby")
                for version in range(1, 51):
                    await write(database.session(), 1, version)
                await until(lambda: len(bus.published) >= 50)
                assert [version for _, version in bus.versions] == list(range(1, 51))
                assert second.status == "standby"

    async def test_the_other_takes_over_when_its_connection_dies(
        self, url: str, database: Database, bus: Bus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbox, "STANDBY", 0.1)
        async with relaying(url, bus) as first:
            await until(lambda: first.status == "ok")
            async with relaying(url, bus) as second:
                await until(lambda: second.status == "standby")
                assert await end_connections(database, "taskwire-relay") == 2
                await until(lambda: {first.status, second.status} == {"ok", "standby"})
                await write(database.session(), 1)
                await until(lambda: len(bus.published) == 1)

    async def test_an_active_one_that_ends_is_replaced(
        self, url: str, database: Database, bus: Bus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbox, "STANDBY", 0.1)
        async with relaying(url, bus) as first:
            await until(lambda: first.status == "ok")
            second = relaying(url, bus)
            relay = await second.__aenter__()
            await until(lambda: relay.status == "standby")
        await until(lambda: relay.status == "ok")
        await write(database.session(), 1)
        await until(lambda: len(bus.published) == 1)
        await second.__aexit__(None, None, None)


async def test_a_relay_ends_though_it_is_woken_at_that_moment(url: str, bus: Bus) -> None:
    async with relaying(url, bus) as relay:
        await until(lambda: relay.status == "ok")
        await asyncio.sleep(0.05)
        (task,) = (task for task in asyncio.all_tasks() if task.get_name() == "relay under test")
        relay._wake.set()
        await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=2)
    assert done == {task}
