"""Events are taken in once, whatever the bus does to them."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import orjson
import pytest

from shared import dead_letters
from shared.bus import Message
from shared.context import uuid7
from tests.fakes import Person
from tests.notifications_service.events import change, message, task_event
from tests.notifications_service.system import System
from tests.waiting import until

INBOX = "/api/notifications?limit=100"


def history(ann: Person, bob: Person, versions: int) -> list[dict[str, Any]]:
    """One task of ann's, assigned to bob, that she changes again and again."""
    who: dict[str, Any] = {"creator": ann.id, "actor": ann.id, "assignees": [bob.id]}
    first = task_event(**who)
    task_id = first["data"]["task"]["id"]
    title = {"title": change("a", "b")}
    later = [task_event("updated", task_id=task_id, version=v, changes=title, **who) for v in range(2, versions + 1)]
    return [first, *later]


def versions(frames: list[dict[str, Any]]) -> list[int]:
    return [frame["task"]["version"] for frame in frames]


class TestDuplicates:
    async def test_same_event_again_changes_nothing(self, system: System, ann: Person, bob: Person) -> None:
        happened = history(ann, bob, 3)
        for _ in range(5):
            await system.publish(*happened)
        assert len(await system.items(INBOX, bob)) == 3
        assert versions(await system.items("/api/events", bob)) == [1, 2, 3]

    async def test_duplicates_in_one_batch(self, system: System, ann: Person, bob: Person) -> None:
        happened = [event for event in history(ann, bob, 4) for _ in range(5)]
        await asyncio.gather(*(system.publish(event) for event in happened))
        assert len(await system.items(INBOX, bob)) == 4
        assert versions(await system.items("/api/events", bob)) == [1, 2, 3, 4]

    async def test_row_is_unique_even_if_the_event_was_forgotten(
        self, system: System, ann: Person, bob: Person
    ) -> None:
        happened = history(ann, bob, 2)
        await system.publish(*happened)
        await system.session().execute("DELETE FROM consumed_events")
        await system.publish(*happened)
        assert len(await system.items(INBOX, bob)) == 2
        assert versions(await system.items("/api/events", bob)) == [1, 2]


class TestReordering:
    async def test_older_version_is_not_shown_after_a_newer_one(self, system: System, ann: Person, bob: Person) -> None:
        first, second, third = history(ann, bob, 3)
        await system.publish(second, first, third)
        assert versions(await system.items("/api/events", bob)) == [2, 3]
        assert len(await system.items(INBOX, bob)) == 3

    async def test_shuffled_and_repeated(self, system: System, ann: Person, bob: Person) -> None:
        happened = [event for event in history(ann, bob, 40) for _ in range(2)]
        random.Random(7).shuffle(happened)
        await asyncio.gather(*(system.publish(event) for event in happened))
        assert len(await system.items(INBOX, bob)) == 40
        shown = versions(await system.items("/api/events?limit=100", bob))
        assert shown == sorted(set(shown))
        assert shown[-1] == 40


def without(event: dict[str, Any], name: str) -> bytes:
    return orjson.dumps({key: value for key, value in event.items() if key != name})


POISON = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"id":"\xff"}',
    "not an object": b"[]",
    "unknown type": orjson.dumps({**task_event(), "type": "task.exploded"}),
    "unknown version": orjson.dumps({**task_event(), "type": "task.created.v2"}),
    "no id": without(task_event(), "id"),
    "no data": without(task_event(), "data"),
    "no title": orjson.dumps({**task_event(), "data": {"task": {"id": 1}}}),
    "a megabyte": b"x" * 2**20,
}


async def dead(system: System, message_id: str) -> list[Any]:
    return await system.session().fetch("SELECT * FROM dead_letters WHERE message_id = $1", message_id)


async def is_gone(system: System, message_id: str) -> bool:
    return not await dead(system, message_id)


class TestPoison:
    @pytest.mark.parametrize("case", POISON)
    async def test_is_kept_once_with_the_reason_and_the_next_goes_on(
        self, system: System, ann: Person, bob: Person, case: str
    ) -> None:
        poison = Message(f"poison {case} {uuid7()}", "task.created", POISON[case])
        good = task_event(creator=ann.id, actor=ann.id, assignees=[bob.id])
        async with asyncio.timeout(2):
            await asyncio.gather(*(system.bus.publish(one) for one in (poison, message(good), poison)))
        [letter] = await dead(system, poison.id)
        assert letter["reason"].startswith("not an event we know")
        assert letter["body"] == POISON[case]
        assert len(await system.items(INBOX, bob)) == 1

    async def test_nothing_else_of_its_batch_is_lost(self, system: System, ann: Person, bob: Person) -> None:
        batch = [message(event) for event in history(ann, bob, 10)]
        for place in (0, 4, 9):
            batch.insert(place, Message(f"poison {place} {uuid7()}", "task.created", b"?"))
        await asyncio.gather(*(system.bus.publish(one) for one in batch))
        assert versions(await system.items("/api/events", bob)) == list(range(1, 11))

    async def test_handler_failure_is_retried_then_kept_then_replayed(
        self, system: System, ann: Person, bob: Person
    ) -> None:
        broken = task_event(creator=ann.id, actor=ann.id, assignees=[bob.id], title="broken on purpose")
        after = task_event(creator=ann.id, actor=ann.id, assignees=[bob.id])
        check = "ALTER TABLE notifications ADD CONSTRAINT broken CHECK (message NOT LIKE '%broken on purpose%')"
        await system.session().execute(check)
        try:
            await system.publish(broken)
            await system.publish(after)
        finally:
            await system.session().execute("ALTER TABLE notifications DROP CONSTRAINT broken")
        [letter] = await dead(system, str(broken["id"]))
        assert letter["attempts"] == 5
        assert "CheckViolation" in letter["reason"]
        assert len(await system.items(INBOX, bob)) == 1
        assert len(await system.items("/api/events", bob)) == 1

        for _ in range(2):  # the second time there is nothing to replay
            await dead_letters.request_replay(system.settings.database_url, [letter["id"]])
            await until(lambda: is_gone(system, str(broken["id"])))
        assert len(await system.items(INBOX, bob)) == 2
        assert len(await system.items("/api/events", bob)) == 2

    async def test_replay_that_fails_again_stays_with_the_new_reason(self, system: System) -> None:
        poison = Message(f"poison {uuid7()}", "task.created", b"[]")
        await system.bus.publish(poison)
        [letter] = await dead(system, poison.id)
        await dead_letters.request_replay(system.settings.database_url, [letter["id"]])

        async def was_tried() -> bool:
            return bool((await dead(system, poison.id))[0]["attempts"] > letter["attempts"])

        await until(was_tried)
        [again] = await dead(system, poison.id)
        assert again["replay_at"] is None
        assert again["reason"].startswith("ValidationError")
