"""GET /api/events: the same frames as a list, and what cursors mean."""

from __future__ import annotations

from typing import Any

import pytest

from notifications_service.stream import log
from notifications_service.stream.log import Position
from notifications_service.stream.schemas import TaskUpdate
from tests.fakes import Person
from tests.notifications_service.events import change, task_event
from tests.notifications_service.system import System

EVENTS = "/api/events"


async def tail(system: System) -> Position:
    state = await system.session().fetchrow(
        "SELECT stream_id, max(cursor) AS n FROM stream_state, stream_events GROUP BY 1"
    )
    assert state
    return Position(state["stream_id"], state["n"])


async def happen(system: System, person: Person, number: int) -> list[dict[str, Any]]:
    """So many tasks that only this person (and administrators) may see."""
    happened = [task_event(creator=person.id, actor=person.id) for _ in range(number)]
    await system.publish(*happened)
    return happened


class TestListEvents:
    async def test_item_is_the_whole_event(self, system: System, ann: Person, bob: Person) -> None:
        changes = {"assignee_ids": change([], [bob.id]), "due_date": change(None, "2031-01-31")}
        event = task_event(
            "updated",
            version=4,
            creator=ann.id,
            actor=ann.id,
            assignees=[bob.id],
            changes=changes,
            due_date="2031-01-31",
        )
        await system.publish(event)
        [item] = await system.items(EVENTS, bob)
        assert item["type"] == "task_update"
        assert item["action"] == "task_updated"
        assert item["changes"] == changes
        assert item["event_id"] == str(event["id"])
        assert item["actor_id"] == ann.id
        assert item["occurred_at"] == item["task"]["created_at"] == "2026-11-20T12:00:00Z"
        assert item["task"]["due_date"] == "2031-01-31"
        assert item["task"]["assignee_ids"] == [bob.id]
        assert Position.parse(item["cursor"])
        TaskUpdate.model_validate(item)

    async def test_who_may_see(self, system: System, ann: Person, bob: Person, admin: Person) -> None:
        [event] = await happen(system, ann, 1)
        assert await system.items(EVENTS, bob) == []
        before = str(Position((await tail(system)).stream_id, (await tail(system)).number - 1))
        seen = await system.items(f"{EVENTS}?after={before}", admin)
        assert [item["event_id"] for item in seen] == [str(event["id"])]

    async def test_pages_join_without_gap(self, system: System, ann: Person, bob: Person) -> None:
        happened = []
        for _ in range(5):
            happened += await happen(system, ann, 2)
            await happen(system, bob, 3)
        seen: list[str] = []
        after = ""
        for _ in range(4):
            page = (await system.get(f"{EVENTS}?limit=3{after}", ann)).json()
            seen += [item["event_id"] for item in page["items"]]
            after = f"&after={page['next_cursor']}"
        assert seen == [str(event["id"]) for event in happened]
        page = (await system.get(f"{EVENTS}?limit=3{after}", ann)).json()
        assert page["items"] == []
        assert page["next_cursor"] == str(await tail(system))
        [late] = await happen(system, ann, 1)
        [item] = await system.items(f"{EVENTS}?after={page['next_cursor']}", ann)
        assert item["event_id"] == str(late["id"])

    async def test_notifications_are_not_replayed(self, system: System, ann: Person, bob: Person) -> None:
        await system.publish(task_event(creator=ann.id, actor=ann.id, assignees=[bob.id]))
        assert [item["type"] for item in await system.items(EVENTS, bob)] == ["task_update"]

    async def test_anonymous_is_refused(self, system: System) -> None:
        assert (await system.http.get(EVENTS)).status_code == 401


class TestCursor:
    @pytest.mark.parametrize(
        "after", ["", "x", "1", "0123456789ab", "0123456789ab-", "0123456789ab--1", "0123456789AB-1"]
    )
    async def test_nonsense_is_422(self, system: System, ann: Person, after: str) -> None:
        answer = await system.get(f"{EVENTS}?after={after}", ann)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/after"

    @pytest.mark.parametrize("number", ["01", "1.5", "1e3", "٣", "9" * 19, "9" * 20, "1%00"])
    async def test_numbers_that_were_never_given_are_422(self, system: System, ann: Person, number: str) -> None:
        stream_id = (await tail(system)).stream_id
        assert (await system.get(f"{EVENTS}?after={stream_id}-{number}", ann)).status_code == 422

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=x", "after=a&unknown=1"])
    async def test_other_parameters_are_422(self, system: System, ann: Person, query: str) -> None:
        assert (await system.get(f"{EVENTS}?{query}", ann)).status_code == 422

    async def test_another_stream_and_beyond_the_tail_are_410(self, system: System, ann: Person) -> None:
        await happen(system, ann, 1)
        end = await tail(system)
        for wrong in (Position("0123456789ab", end.number), Position(end.stream_id, end.number + 1)):
            answer = await system.get(f"{EVENTS}?after={wrong}", ann)
            assert answer.status_code == 410
            assert answer.json()["code"] == "cursor_too_old"
        assert (await system.get(f"{EVENTS}?after={end}", ann)).json()["next_cursor"] == str(end)

    async def test_purged_is_410_and_what_is_kept_goes_on(self, system: System, ann: Person) -> None:
        happened = await happen(system, ann, 6)
        items = await system.items(EVENTS, ann)
        cut = Position.parse(items[3]["cursor"])
        assert cut
        old = "UPDATE stream_events SET stored_at = now() - interval '8 days' WHERE cursor <= $1"
        await system.session().execute(old, cut.number)
        assert await log.purge(system.session(), system.settings)
        assert not await log.purge(system.session(), system.settings)
        assert (await system.get(f"{EVENTS}?after={items[2]['cursor']}", ann)).status_code == 410
        kept = [str(event["id"]) for event in happened[4:]]
        assert [item["event_id"] for item in await system.items(f"{EVENTS}?after={cut}", ann)] == kept
        assert [item["event_id"] for item in await system.items(EVENTS, ann)] == kept

    async def test_position_outlives_the_purge_of_everything(self, system: System, ann: Person) -> None:
        await happen(system, ann, 2)
        end = await tail(system)
        await system.session().execute("UPDATE stream_events SET stored_at = now() - interval '8 days'")
        while await log.purge(system.session(), system.settings):
            pass
        page = (await system.get(f"{EVENTS}?after={end}", ann)).json()
        assert page == {"items": [], "next_cursor": str(end)}
        [event] = await happen(system, ann, 1)
        [item] = await system.items(f"{EVENTS}?after={end}", ann)
        assert item["event_id"] == str(event["id"])
