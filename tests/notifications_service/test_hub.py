"""Many sockets at once: nothing is missed, nothing comes twice, nobody waits for a slow one."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket as network
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from notifications_service.stream import connection, frames, hub, log
from notifications_service.stream.errors import SocketRefused
from notifications_service.stream.hub import Hub
from shared import events, protocols, states
from shared.database import Database
from tests.fakes import FakeUsers, Person
from tests.notifications_service.conftest import Register
from tests.notifications_service.events import task_event
from tests.notifications_service.system import System, caught_up, closed, frame, hello, ready, running, silence
from tests.postgres import Server
from tests.waiting import until


class Listener:
    """A client that is cut again and again and resumes from its last cursor."""

    def __init__(self, system: System, person: Person, chance: random.Random) -> None:
        self._system, self._person, self._chance = system, person, chance
        self.seen: list[tuple[int, int]] = []  # task and version
        self.cursor: str | None = None
        self.connections = 0

    async def run(self) -> None:
        while True:
            with contextlib.suppress(ConnectionClosed, TimeoutError):
                async with self._system.listening(self._person, self.cursor) as ws, asyncio.timeout(self._life()):
                    self.connections += 1
                    await self._listen(ws)

    def _life(self) -> float:
        return self._chance.uniform(0.01, 0.2)

    async def _listen(self, ws: ClientConnection) -> None:
        async for text in ws:
            found = orjson.loads(text)
            assert found["type"] != "reset"
            if found["type"] == "ready":
                self.cursor = self.cursor or found["cursor"]
            elif found["type"] == "task_update":
                self.seen.append((found["task"]["id"], found["task"]["version"]))
                self.cursor = found["cursor"]


class TestJoining:
    @pytest.mark.parametrize("seed", [1, 2])
    async def test_no_gap_no_double_in_order_while_events_come(
        self, system: System, register: Register, seed: int
    ) -> None:
        chance = random.Random(seed)
        people = [register() for _ in range(4)]
        listeners = [Listener(system, person, chance) for person in people for _ in range(4)]
        tasks = [asyncio.create_task(listener.run()) for listener in listeners]
        await until(lambda: all(listener.cursor for listener in listeners))
        published = await publish_histories(system, [person.id for person in people], chance)
        wanted = {person.id: {key for key, audience in published if person.id in audience} for person in people}

        async def complete() -> bool:
            return all(len(listener.seen) >= len(wanted[person.id]) for person, listener in each(people, listeners))

        with contextlib.suppress(TimeoutError):
            await until(complete)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for person, listener in each(people, listeners):
            assert len(listener.seen) == len(set(listener.seen)), "something came twice"
            assert set(listener.seen) == wanted[person.id], "something is missing, or was not theirs"
            assert is_in_order(listener.seen)
        assert sum(listener.connections for listener in listeners) > 2 * len(listeners)

    async def test_who_comes_first_begins_where_the_log_ends(
        self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hub, "NOBODY_PAUSE", 60.0)
        for event in (task_event(creator=ann.id), task_event(creator=ann.id)):
            await system.publish(event)
        await until(lambda: not system.hub._current.is_set())
        tail = await system.session().fetchval("SELECT max(cursor) FROM stream_events")
        async with system.listening(ann) as ws:
            assert (await ready(ws)).endswith(f"-{tail}")
            await system.publish(happened := task_event(creator=ann.id))
            assert (await frame(ws))["event_id"] == str(happened["id"])

    async def test_what_comes_between_the_last_page_and_joining_is_not_missed(
        self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        late = [task_event(creator=ann.id, actor=ann.id) for _ in range(3)]
        read = log.read

        async def slow_read(*args: Any) -> log.Page:
            page = await read(*args)
            while late:
                await system.publish(late.pop(0))
                await caught_up(system)
            return page

        async with system.listening(ann) as ws:
            cursor = await ready(ws)
        happened = [task_event(creator=ann.id, actor=ann.id), *late]
        await system.publish(happened[0])
        monkeypatch.setattr(log, "read", slow_read)
        async with system.listening(ann, cursor) as ws:
            await ready(ws)
            await until(lambda: not late)
            happened.append(task_event(creator=ann.id, actor=ann.id))
            await system.publish(happened[-1])
            assert [(await frame(ws))["event_id"] for _ in happened] == [str(event["id"]) for event in happened]
            await silence(ws, 0.1)


def each(people: list[Person], listeners: list[Listener]) -> list[tuple[Person, Listener]]:
    return [(people[i // 4], listener) for i, listener in enumerate(listeners)]


async def publish_histories(
    system: System, user_ids: list[int], chance: random.Random
) -> list[tuple[tuple[int, int], set[int]]]:
    """12 tasks with 15 versions each, at the same time; for each the key and the audience."""
    published: list[tuple[tuple[int, int], set[int]]] = []

    async def one_task() -> None:
        audience = chance.sample(user_ids, k=chance.randint(1, len(user_ids)))
        first = task_event(creator=audience[0], actor=audience[0], assignees=audience[1:])
        task_id = first["data"]["task"]["id"]
        for version in range(1, 16):
            kind = "created" if version == 1 else "updated"
            published.append(((task_id, version), set(audience)))
            who: dict[str, Any] = {"creator": audience[0], "actor": audience[0], "assignees": audience[1:]}
            await system.publish(task_event(kind, task_id=task_id, version=version, **who))
            await asyncio.sleep(chance.uniform(0, 0.05))

    await asyncio.gather(*(one_task() for _ in range(12)))
    return published


def is_in_order(seen: list[tuple[int, int]]) -> bool:
    newest: dict[int, int] = {}
    for task_id, version in seen:
        if version <= newest.get(task_id, 0):
            return False
        newest[task_id] = version
    return True


class TestAppend:
    async def test_cursors_are_visible_in_their_order(self, postgres: Server) -> None:
        """Whoever reads the tail while many transactions append never finds an older cursor later."""
        url = await postgres.database("notifications_service")
        async with Database(url, pool_size=9) as database:
            writers = [asyncio.create_task(append_many(database)) for _ in range(8)]
            seen: list[int] = []
            while not all(writer.done() for writer in writers):
                newer = "SELECT cursor FROM stream_events WHERE cursor > $1 ORDER BY cursor"
                seen += [row["cursor"] for row in await database.session().fetch(newer, seen[-1] if seen else 0)]
            await asyncio.gather(*writers)
            stored = await database.session().fetch("SELECT cursor FROM stream_events ORDER BY cursor")
            late = [row["cursor"] for row in stored if row["cursor"] > seen[-1]]
            assert seen + late == [row["cursor"] for row in stored]
            assert len(stored) == 8 * 40

    async def test_frame_carries_fields_that_the_event_has(self) -> None:
        event = events.read(orjson.dumps(task_event(labels=["bug"], estimate_minutes=30)))
        assert isinstance(event, events.TaskEvent)
        parts = frames.parts_of(event)
        shown = orjson.loads(f"{parts.head}{parts.task}{parts.tail}")["task"]
        assert set(shown) == set(states.TaskState.model_fields)
        assert shown["labels"] == ["bug"]


async def append_many(database: Database) -> None:
    for _ in range(40):
        event = events.read(orjson.dumps(task_event()))
        assert isinstance(event, events.TaskEvent)
        session = database.session()
        async with session.begin():
            log.append(session, event, [])
            await asyncio.sleep(random.uniform(0, 0.003))


async def stalled(system: System, person: Person) -> ClientConnection:
    """A client that is ready and reads no further, with little room in its network buffers."""
    sock = network.socket()
    sock.setsockopt(network.SOL_SOCKET, network.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", system.port))
    ws = await system.connect(sock=sock, max_queue=1)
    await ws.send(hello(person))
    await ready(ws)
    ws.transport.pause_reading()
    return ws


def large(person: Person, **given: Any) -> dict[str, Any]:
    return task_event(creator=person.id, actor=person.id, description="x" * 20_000, **given)


class TestSlowReader:
    async def test_is_closed_with_1013_and_resumes_while_others_go_on(self, system: System, ann: Person) -> None:
        slow = await stalled(system, ann)
        happened = [large(ann) for _ in range(400)]
        async with system.listening(ann) as quick:
            await ready(quick)
            for i in range(0, len(happened), 20):
                await asyncio.gather(*(system.publish(event) for event in happened[i : i + 20]))
                seen = [(await frame(quick))["event_id"] for _ in range(20)]
                assert set(seen) == {str(event["id"]) for event in happened[i : i + 20]}
        await until(lambda: not system.hub.session_ids)  # it is given up, though it has read nothing yet
        slow.transport.resume_reading()
        got: list[dict[str, Any]] = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                got.append(await frame(slow))
        assert slow.close_code == 1013
        assert 0 < len(got) < 400
        async with system.listening(ann, got[-1]["cursor"]) as again:
            await ready(again)
            got += [await frame(again) for _ in range(400 - len(got))]
        assert len({found["event_id"] for found in got}) == 400

    async def test_that_never_reads_again_is_cut(
        self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(protocols, "LAST_WORDS", 0.3)
        slow = await stalled(system, ann)
        connections = system.server.server_state.connections
        [protocol] = [one for one in connections if isinstance(one, protocols.WebSocketProtocol)]
        await asyncio.gather(*(system.publish(large(ann)) for _ in range(400)))
        await until(lambda: not system.hub.session_ids)

        async def is_cut() -> bool:
            return protocol not in connections

        await until(is_cut)
        slow.transport.abort()

    async def test_queue_is_bounded_in_frames_and_bytes(self, ann: Person) -> None:
        refused: list[Any] = []
        for size, most in ((10, connection.MAX_FRAMES), (100_000, connection.MAX_BYTES // 100_000)):
            one = Blocked(ann, refused)
            for i in range(most):
                one.push(log.Frame(i + 1, "", bytes(size)))
            assert refused == []
            one.push(log.Frame(most + 1, "", bytes(size)))
            assert refused.pop() is connection.TOO_SLOW
            one.stop()

    async def test_ping_that_is_not_answered_closes_1013(self, postgres: Server) -> None:
        async with running(await postgres.database("notifications_service")) as system:
            ws = await stalled(system, system.users.register())
            [protocol] = [
                p for p in system.server.server_state.connections if isinstance(p, protocols.WebSocketProtocol)
            ]
            protocol.ping_interval = protocol.ping_timeout = 0.2
            protocol.schedule_ping()
            await asyncio.sleep(0.6)
            ws.transport.resume_reading()
            assert await closed(ws) == 1013


class FullWire:
    """The wire to somebody who does not read."""

    def write(self, _: log.Frame) -> bool:
        return False

    async def send(self, _: log.Frame) -> None:
        await asyncio.Event().wait()

    async def close(self, _: SocketRefused) -> None: ...


class Blocked(connection.Connection):
    """A connection whose close is only noted."""

    def __init__(self, person: Person, refused: list[Any]) -> None:
        super().__init__(FullWire(), person)  # type: ignore[arg-type]
        self._refused = refused

    def close(self, refusal: Any) -> None:
        self._refused.append(refusal)


class TestEnd:
    async def test_sigterm_closes_1012_and_the_cursor_resumes(self, postgres: Server, fake_users: FakeUsers) -> None:
        url = await postgres.database("notifications_service")
        async with running(url, fake_users) as system:
            ann = fake_users.register()
            async with system.listening(ann) as ws:
                cursor = await ready(ws)
                system.server.should_exit = True
                assert await closed(ws) == 1012
        async with running(url, fake_users) as system:
            event = task_event(creator=ann.id, actor=ann.id)
            await system.publish(event)
            async with system.listening(ann, cursor) as ws:
                await ready(ws)
                assert (await frame(ws))["event_id"] == str(event["id"])

    async def test_backup_in_the_streams_place_closes_1012(self, postgres: Server) -> None:
        async with running(await postgres.database("notifications_service")) as system:
            ann = system.users.register()
            await system.publish(*(task_event(creator=ann.id, actor=ann.id) for _ in range(3)))
            await caught_up(system)
            async with system.listening(ann) as ws:
                cursor = await ready(ws)
                await system.session().execute("DELETE FROM stream_events WHERE cursor > 1")
                end = (
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'taskwire-stream'"
                )
                await system.session().fetch(f"{end} AND datname = current_database()")
                assert await closed(ws) == 1012
            async with system.listening(ann, cursor) as ws:
                assert await frame(ws) == {"type": "reset"}

    async def test_hub_that_has_read_nothing_yet_closes_1013(
        self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fresh = Hub(system.settings.database_url, system.app.state.metrics.sockets)
        monkeypatch.setattr(system.app.state, "hub", fresh)
        async with system.listening(ann) as ws:
            assert await closed(ws) == 1013
