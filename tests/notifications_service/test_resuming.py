"""Sockets that come back: what they missed, and what ends them for good."""

from __future__ import annotations

from typing import Any

import pytest

from notifications_service.stream import joining, log, sessions
from tests.fakes import Person
from tests.notifications_service.conftest import Register
from tests.notifications_service.events import message, revoked, task_event
from tests.notifications_service.system import System, caught_up, closed, frame, ready, silence


def own(person: Person, **given: Any) -> dict[str, Any]:
    """A task that only this person (and administrators) may see."""
    return task_event(creator=person.id, actor=person.id, **given)


class TestResume:
    async def test_missed_events_follow_ready_then_live_ones(self, system: System, ann: Person, bob: Person) -> None:
        async with system.listening(ann) as ws:
            cursor = await ready(ws)
        missed = [own(ann) for _ in range(5)]
        await system.publish(*missed, own(bob))
        async with system.listening(ann, cursor) as ws:
            assert await ready(ws) == cursor
            found = [await frame(ws) for _ in missed]
            assert [f["event_id"] for f in found] == [str(event["id"]) for event in missed]
            live = own(ann)
            await system.publish(live)
            assert (await frame(ws))["event_id"] == str(live["id"])
        async with system.listening(ann, found[2]["cursor"]) as ws:
            await ready(ws)
            assert [(await frame(ws)) for _ in range(2)] == found[3:]

    async def test_more_than_a_page_is_missed(
        self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(joining, "PAGE", 2)
        async with system.listening(ann) as ws:
            cursor = await ready(ws)
        missed = [own(ann) for _ in range(7)]
        await system.publish(*missed)
        async with system.listening(ann, cursor) as ws:
            await ready(ws)
            assert [(await frame(ws))["event_id"] for _ in missed] == [str(event["id"]) for event in missed]
            await silence(ws, 0.1)

    async def test_notifications_are_live_only(self, system: System, ann: Person, bob: Person) -> None:
        async with system.listening(bob) as ws:
            cursor = await ready(ws)
        await system.publish(task_event(creator=ann.id, actor=ann.id, assignees=[bob.id]))
        async with system.listening(bob, cursor) as ws:
            await ready(ws)
            assert (await frame(ws))["type"] == "task_update"
            await silence(ws)

    async def test_another_persons_cursor_shows_nothing_of_theirs(
        self, system: System, ann: Person, bob: Person
    ) -> None:
        async with system.listening(ann) as ws:
            cursor = await ready(ws)
        await system.publish(own(ann))
        async with system.listening(bob, cursor) as ws:
            await ready(ws)
            await silence(ws)

    @pytest.mark.parametrize(
        "cursor", ["", "x", "0123456789ab-1", "{stream}-999999999", "{stream}-" + "9" * 30, "\x00"]
    )
    async def test_cursor_that_cannot_be_resets_then_starts_anew(
        self, system: System, ann: Person, cursor: str
    ) -> None:
        await caught_up(system)
        known = system.hub.position
        async with system.listening(ann, cursor.format(stream=known.stream_id)) as ws:
            assert await frame(ws) == {"type": "reset"}
            assert await ready(ws) == str(known)
            await system.publish(own(ann))
            assert (await frame(ws))["type"] == "task_update"

    async def test_cursor_ahead_of_this_process_is_no_reset(self, system: System, ann: Person) -> None:
        """Another process may have read further than this one."""
        await system.publish(own(ann))
        await caught_up(system)
        known = system.hub.position
        hub = system.hub
        hub._position = type(known)(known.stream_id, known.number - 1)
        async with system.listening(ann, str(known)) as ws:
            assert await ready(ws) == str(known)
            live = own(ann)
            await system.publish(live)
            assert (await frame(ws))["event_id"] == str(live["id"])

    async def test_database_away_closes_1013(
        self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away(*_: Any) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr(log, "read", away)
        async with system.listening(ann, str(system.hub.position)) as ws:
            assert await closed(ws) == 1013


class TestRevocation:
    async def test_session_that_ends_is_closed_at_once_and_others_stay(self, system: System, ann: Person) -> None:
        other = system.users.sign_in(ann.id)
        async with system.listening(ann) as one, system.listening(other) as two:
            await ready(one)
            await ready(two)
            system.users.revoke(ann)
            await system.bus.publish(message(revoked(ann.id, [ann.session_id])))
            assert await closed(one, 1) == 4401
            await system.publish(own(ann))
            await frame(two)
        async with system.listening(ann) as ws:
            assert await closed(ws, 1) == 4401

    async def test_everything_of_a_person_is_closed(self, system: System, ann: Person, register: Register) -> None:
        stranger = register()
        async with system.listening(ann) as one, system.listening(stranger) as two:
            await ready(one)
            await ready(two)
            await system.bus.publish(message(revoked(ann.id, [], everything=True)))
            assert await closed(one, 1) == 4401
            await system.publish(own(stranger))
            await frame(two)

    async def test_without_the_bus_the_users_service_is_asked(
        self, system: System, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sessions, "BATCH", 1)
        users = system.app.state.peers["users"]
        async with system.listening(ann) as one, system.listening(bob) as two:
            await ready(one)
            await ready(two)
            system.users.mode = "failing"
            await sessions.close_ended(system.hub, users)
            system.users.mode = "ok"
            system.users.revoke(ann)
            await sessions.close_ended(system.hub, users)
            assert await closed(one, 1) == 4401
            await silence(two, 0.1)

    async def test_poison_on_the_bus_does_not_end_the_listening(self, system: System, ann: Person) -> None:
        poison = message(revoked(ann.id, [ann.session_id]))
        await system.bus.publish(type(poison)("poison", poison.routing_key, b"?"))
        async with system.listening(ann) as ws:
            await ready(ws)
            await system.bus.publish(message(revoked(ann.id, [ann.session_id])))
            assert await closed(ws, 1) == 4401
