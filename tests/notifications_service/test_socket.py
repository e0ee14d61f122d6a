"""The socket: handshake, first frame, what comes, how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from notifications_service.stream import socket
from tests.fakes import Person
from tests.notifications_service.conftest import Register
from tests.notifications_service.events import task_event
from tests.notifications_service.system import System, closed, frame, hello, ready, silence
from tests.waiting import until


def own(person: Person, **given: Any) -> dict[str, Any]:
    """A task that only this person (and administrators) may see."""
    return task_event(creator=person.id, actor=person.id, **given)


class TestHandshake:
    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example",
            "null",
            "http://127.0.0.1.evil.example",
            "http://127.0.0.1",
            "http://evil.example:{port}",
            "ftp://127.0.0.1:{port}",
            "http://127.0.0.1:{port}@evil.example",
            "http://[",
            "",
        ],
    )
    async def test_page_of_another_site_is_refused(self, system: System, origin: str) -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with system.connect(origin=origin.format(port=system.port)):
                pass
        answer = refused.value.response
        assert answer.status_code == 403
        assert orjson.loads(answer.body or b"")["code"] == "origin_refused"

    async def test_own_page_is_welcome(self, system: System, ann: Person) -> None:
        async with system.connect(origin=f"http://127.0.0.1:{system.port}") as ws:
            await ws.send(hello(ann))
            await ready(ws)

    @pytest.mark.parametrize("slash", ["", "/"])
    async def test_both_spellings_of_the_path(self, system: System, ann: Person, slash: str) -> None:
        async with system.connect(f"/ws/tasks{slash}") as ws:
            await ws.send(hello(ann))
            await ready(ws)

    async def test_elsewhere_there_is_none(self, system: System) -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with system.connect("/ws/others/"):
                pass
        answer = refused.value.response
        assert answer.status_code == 404
        assert orjson.loads(answer.body or b"")["code"] == "not_found"

    def test_listed_origin_is_welcome(self) -> None:
        class Page:
            headers = {"origin": "https://App.example", "host": "tasks.example"}

        assert socket.is_welcome(Page, frozenset({"https://app.example"}))  # type: ignore[arg-type]
        assert not socket.is_welcome(Page, frozenset())  # type: ignore[arg-type]


class TestHello:
    @pytest.mark.parametrize(
        "first",
        [
            "",
            "nonsense",
            "[]",
            "[" * 8000,
            '{"type":"auth"}',
            '{"type":"auth","token":""}',
            '{"type":"auth","token":7}',
            '{"type":"subscribe","token":"x"}',
            '{"type":"auth","token":"x","cursor":1}',
            '{"type":"auth","token":"x","cursors":"y"}',
            '{"type":"auth","token":"\\ud800"}',
            b"\x00\x01",
            "x" * 9000,
        ],
    )
    async def test_bad_first_frame_closes_4400(self, system: System, first: str | bytes) -> None:
        async with system.connect() as ws:
            await ws.send(first)
            assert await closed(ws) == 4400

    async def test_bad_token_closes_4401(self, system: System, register: Register) -> None:
        gone = register()
        system.users.revoke(gone)
        for token in ("x", "x.y.z", gone.token, gone.token[:-2] + "AA", "\x00", "é" * 300):
            async with system.connect() as ws:
                await ws.send(orjson.dumps({"type": "auth", "token": token}).decode())
                assert await closed(ws) == 4401

    async def test_token_that_may_not_read_tasks_closes_4403(self, system: System, ann: Person) -> None:
        async with system.connect() as ws:
            await ws.send(hello(system.users.sign_in(ann.id, "tasks:write", "notifications:*")))
            assert await closed(ws) == 4403

    async def test_token_that_expires_closes_4401(self, system: System, ann: Person) -> None:
        soon = datetime.now(UTC) + timedelta(seconds=0.5)
        system.users.expiring[str(ann.session_id)] = soon.isoformat()
        async with system.listening(ann) as ws:
            await ready(ws)
            assert await closed(ws) == 4401
        assert datetime.now(UTC) >= soon

    async def test_silence_closes_4401(self, system: System, monkeypatch: pytest.MonkeyPatch) -> None:
        assert socket.HELLO_TIMEOUT == 10
        monkeypatch.setattr(socket, "HELLO_TIMEOUT", 0.2)
        async with system.connect() as ws:
            assert await closed(ws, 2) == 4401

    async def test_users_service_away_closes_1013(self, system: System, ann: Person) -> None:
        system.users.mode = "failing"
        try:
            async with system.listening(ann) as ws:
                assert await closed(ws) == 1013
        finally:
            system.users.mode = "ok"

    async def test_nothing_is_told_before_the_first_frame(self, system: System, ann: Person) -> None:
        async with system.connect() as ws:
            await system.publish(own(ann))
            await silence(ws)


class TestLive:
    async def test_event_reaches_who_may_see_it_and_nobody_else(
        self, system: System, ann: Person, bob: Person, admin: Person, register: Register
    ) -> None:
        async with (
            system.listening(ann) as one,
            system.listening(bob) as two,
            system.listening(admin) as three,
            system.listening(register()) as four,
        ):
            for ws in (one, two, three, four):
                await ready(ws)
            event = task_event(creator=ann.id, actor=ann.id, assignees=[bob.id])
            await system.publish(event)
            update = await frame(one)
            assert update["event_id"] == str(event["id"])
            assert await frame(three) == update
            first, second = await frame(two), await frame(two)
            assert first == update
            assert [update] == await system.items("/api/events", bob)
            [row] = await system.items("/api/notifications", bob)
            assert second == {"type": "notification", "action": "notification_created", "notification": row}
            for ws in (one, two, three, four):
                await silence(ws, 0.1)

    async def test_administrator_in_the_audience_hears_once(self, system: System, admin: Person) -> None:
        async with system.listening(admin) as ws:
            await ready(ws)
            await system.publish(own(admin))
            await frame(ws)
            await silence(ws)

    async def test_token_that_may_not_read_notifications_hears_of_tasks_only(self, system: System, ann: Person) -> None:
        bob = system.users.register()
        limited = system.users.sign_in(ann.id, "tasks:read")
        async with system.listening(ann) as whole, system.listening(limited) as narrow:
            await ready(whole)
            await ready(narrow)
            await system.publish(task_event(creator=bob.id, actor=bob.id, assignees=[ann.id]))
            assert {(await frame(whole))["type"] for _ in range(2)} == {"task_update", "notification"}
            assert (await frame(narrow))["type"] == "task_update"
            await silence(narrow, 0.1)

    async def test_all_sockets_of_a_person_hear(self, system: System, ann: Person) -> None:
        async with system.listening(ann) as one, system.listening(system.users.sign_in(ann.id)) as two:
            await ready(one)
            await ready(two)
            await system.publish(own(ann))
            assert await frame(one) == await frame(two)

    async def test_later_frames_of_the_client_are_ignored(self, system: System, ann: Person) -> None:
        async with system.listening(ann) as ws:
            await ready(ws)
            for word in ("", "ping", b"\x00", "[" * 4000, '{"type":"auth","token":"x"}'):
                await ws.send(word)
            await system.publish(own(ann))
            assert (await frame(ws))["type"] == "task_update"

    async def test_gauge_counts_sockets(self, system: System, ann: Person) -> None:
        async def counted(number: int) -> bool:
            metrics = (await system.http.get("/metrics")).text
            return f"websocket_connections {number}.0" in metrics

        await until(lambda: counted(0))
        async with system.listening(ann) as ws:
            await ready(ws)
            await until(lambda: counted(1))
        await until(lambda: counted(0))

    async def test_goes_on_without_a_gap_after_the_database_was_away(self, system: System, ann: Person) -> None:
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'taskwire-stream'"
        async with system.listening(ann) as ws:
            await ready(ws)
            await system.session().fetch(f"{end} AND datname = current_database()")
            happened = [own(ann) for _ in range(3)]
            await system.publish(*happened)
            seen = [(await frame(ws))["event_id"] for _ in happened]
            assert seen == [str(event["id"]) for event in happened]


class TestHostileClient:
    async def test_too_many_frames_close_1008(self, system: System, ann: Person) -> None:
        async with system.listening(ann) as ws:
            await ready(ws)
            with contextlib.suppress(ConnectionClosed):
                for _ in range(5000):
                    await ws.send("x")
            assert await closed(ws) == 1008

    @pytest.mark.parametrize("size", [5000, 100_000, 3_000_000])
    async def test_large_frame_closes_1009(self, system: System, ann: Person, size: int) -> None:
        async with system.listening(ann) as ws:
            await ready(ws)
            with contextlib.suppress(ConnectionClosed):
                await ws.send("x" * size)
            assert await closed(ws) in (1009, 1006)  # 1006 when the close frame is lost in what was still being sent

    async def test_bad_utf8_closes_1007(self, system: System, ann: Person) -> None:
        async with system.listening(ann) as ws:
            await ready(ws)
            await ws.send(b"\xff\xfe", text=True)
            assert await closed(ws) == 1007

    @pytest.mark.parametrize("content", ["", "x"])
    async def test_endless_fragments_do_not_pile_up(self, system: System, ann: Person, content: str) -> None:
        async with system.listening(ann) as ws:
            await ready(ws)
            ws.transport.write(fragments(200_000, content))
            await system.publish(own(ann))
            if content:
                assert await closed(ws) in (1009, 1006)
            else:
                assert (await frame(ws))["type"] == "task_update"

    async def test_unmasked_frame_is_a_protocol_error(self, system: System, ann: Person) -> None:
        async with system.listening(ann) as ws:
            await ready(ws)
            ws.transport.write(b"\x81\x01x")
            assert await closed(ws) == 1002

    async def test_compression_is_not_taken(self, system: System) -> None:
        async with system.connect(compression="deflate") as ws:
            assert ws.response is not None
            assert "Sec-WebSocket-Extensions" not in ws.response.headers

    async def test_cut_connections_leave_nothing(self, system: System, register: Register) -> None:
        people = [register() for _ in range(20)]
        opened: list[ClientConnection] = []
        for person in people:
            ws = await system.connect()
            opened.append(ws)
            await ws.send(hello(person))
        for ws in opened:
            ws.transport.abort()

        async def nobody() -> bool:
            return not system.hub.session_ids

        await until(nobody)
        await asyncio.gather(*(ws.wait_closed() for ws in opened))


def fragments(number: int, content: str) -> bytes:
    """A text message that is begun and continued, and not ended."""
    mask = struct.pack("!I", 0)
    size = bytes([0x80 | len(content)])
    tail = size + mask + content.encode()
    return b"\x01" + tail + (b"\x00" + tail) * number
