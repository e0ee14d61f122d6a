"""GET /api/events/stream: the frames of the socket as Server-Sent Events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from notifications_service.stream import sse
from notifications_service.stream.hub import GOING
from tests.fakes import Person
from tests.notifications_service.events import message, revoked, task_event
from tests.notifications_service.system import System, caught_up
from tests.waiting import until

STREAM = "/api/events/stream"


class Reader:
    """The events of one stream as they come: (event, id, data)."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def next(self) -> tuple[str, str | None, Any]:
        async with asyncio.timeout(5):
            fields: dict[str, str] = {}
            async for line in self._lines:
                if not line:
                    if "data" in fields:
                        return fields.get("event", "message"), fields.get("id"), orjson.loads(fields["data"])
                    continue
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
        raise AssertionError("the stream ended")

    async def ended(self) -> None:
        async with asyncio.timeout(5):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def following(system: System, person: Person, query: str = "", **headers: str) -> AsyncIterator[Reader]:
    given = {**person.headers, **headers}
    async with system.http.stream("GET", f"{STREAM}{query}", headers=given, timeout=10) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        yield Reader(answer)


def own(person: Person, **given: Any) -> dict[str, Any]:
    return task_event(creator=person.id, actor=person.id, **given)


class TestStream:
    async def test_ready_then_what_happens_then_resumed(self, system: System, ann: Person, bob: Person) -> None:
        async with following(system, ann) as events:
            kind, cursor, said = await events.next()
            assert (kind, said) == ("message", {"type": "ready", "cursor": cursor})
            live = own(ann)
            await system.publish(own(bob), live)
            _, seen, said = await events.next()
            assert said["event_id"] == str(live["id"])
            assert said["cursor"] == seen
        missed = [own(ann) for _ in range(3)]
        await system.publish(*missed)
        for given in ({"query": f"?after={seen}"}, {"Last-Event-ID": str(seen)}):
            async with following(system, ann, **given) as events:
                assert (await events.next())[1] == seen
                found = [(await events.next())[2]["event_id"] for _ in missed]
                assert found == [str(event["id"]) for event in missed]

    async def test_notification_has_no_id(self, system: System, ann: Person, bob: Person) -> None:
        async with following(system, bob) as events:
            await events.next()
            await system.publish(task_event(creator=ann.id, actor=ann.id, assignees=[bob.id]))
            found = [await events.next(), await events.next()]
            by_type = {said["type"]: cursor for _, cursor, said in found}
            assert by_type["notification"] is None
            assert by_type["task_update"] is not None

    async def test_filters_narrow_it(self, system: System, ann: Person) -> None:
        async with following(system, ann, "?type=task.assigned&project_id=4") as events:
            await events.next()
            wanted = own(ann, assignees=[ann.id], project_id=4)
            await system.publish(own(ann, project_id=4), own(ann, assignees=[ann.id]), wanted)
            assert (await events.next())[2]["event_id"] == str(wanted["id"])

    async def test_cursor_too_old_resets(self, system: System, ann: Person) -> None:
        async with following(system, ann, "?after=0123456789ab-7") as events:
            assert (await events.next())[2] == {"type": "reset"}
            assert (await events.next())[2]["type"] == "ready"

    async def test_anonymous_and_nonsense_are_refused(self, system: System, ann: Person) -> None:
        assert (await system.http.get(STREAM)).status_code == 401
        for query in ("?after=x", "?after=", "?type=x", "?limit=5"):
            assert (await system.get(f"{STREAM}{query}", ann)).status_code == 422
        headers = {**ann.headers, "Last-Event-ID": "nonsense"}
        assert (await system.http.get(STREAM, headers=headers)).status_code == 422

    async def test_head_tells_what_it_would_be(self, system: System, ann: Person) -> None:
        answer = await system.http.head("/api/events/stream", headers=ann.headers)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"].startswith("text/event-stream")

    async def test_ends_with_its_session(self, system: System, ann: Person) -> None:
        async with following(system, ann) as events:
            await events.next()
            system.users.revoke(ann)
            await system.bus.publish(message(revoked(ann.id, [ann.session_id])))
            kind, _, said = await events.next()
            assert (kind, said["code"]) == ("close", 4401)
            await events.ended()
        assert (await system.get(STREAM, ann)).status_code == 401

    async def test_session_that_ended_just_before_is_not_admitted(
        self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        admitted = system.hub.admitted

        def late(connection: Any) -> Any:
            system.app.state.verifier.revoke({ann.session_id})
            system.users.revoke(ann)
            return admitted(connection)

        monkeypatch.setattr(system.hub, "admitted", late)
        async with following(system, ann) as events:
            assert (await events.next())[2]["code"] == 4401

    async def test_ends_when_the_process_goes(self, system: System, ann: Person) -> None:
        async with following(system, ann) as events:
            await events.next()
            system.hub.end_all(GOING)
            assert (await events.next())[2]["code"] == 1012
            await events.ended()

    async def test_heartbeat(self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sse, "HEARTBEAT", 0.02)
        async with system.http.stream("GET", STREAM, headers=ann.headers) as answer:
            lines = answer.aiter_lines()
            async with asyncio.timeout(5):
                assert ":" in [await anext(lines) for _ in range(6)]

    async def test_who_hangs_up_is_gone(self, system: System, ann: Person) -> None:
        async with following(system, ann) as events:
            await events.next()
            assert ann.session_id in system.hub.session_ids

        async def gone() -> bool:
            return ann.session_id not in system.hub.session_ids

        await until(gone)
        await caught_up(system)
