"""Everything that has an audience is shown to it: which frames, to whom, in which order, by which filters."""

from __future__ import annotations

from typing import Any, get_args

import orjson
import pytest
from websockets.frames import Frame, Opcode

from notifications_service.stream import frames
from notifications_service.stream.schemas import Events
from notifications_service.topics import Topic, Visible, topics_of
from shared import events
from tests.fakes import Person
from tests.notifications_service.events import change, comment_event, due_event, member_event, task_event
from tests.notifications_service.system import System, frame, ready, silence

EVENTS = "/api/events"


def read(event: dict[str, Any]) -> Any:
    return events.read(orjson.dumps(event))


def comment_on(task: dict[str, Any]) -> dict[str, Any]:
    """Its task's creator says something, as its audience may see."""
    state = task["data"]["task"]
    who: dict[str, Any] = {"creator": state["created_by"], "actor": state["created_by"]}
    return comment_event(task_id=state["id"], version=state["version"], assignees=state["assignee_ids"], **who)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 0xFFFF, 0x10000])
def test_is_written_as_the_protocol_says(size: int) -> None:
    text = b"x" * size
    assert frames.framed(text) == Frame(Opcode.TEXT, text).serialize(mask=False)


class TestTopics:
    def test_every_visible_event_can_be_asked_for(self) -> None:
        types = {kind.model_fields["type"].default for kind in get_args(Visible)}
        assert set(get_args(Topic)) == types | {"task.assigned", "task.unassigned", "task.completed"}

    @pytest.mark.parametrize(
        ("event", "topics"),
        [
            (task_event(), ["task.created"]),
            (task_event(assignees=[5]), ["task.created", "task.assigned"]),
            (task_event(status="completed"), ["task.created", "task.completed"]),
            (task_event("updated", changes={"title": change("a", "b")}), ["task.updated"]),
            (task_event("updated", changes={"assignee_ids": change([1], [1, 2])}), ["task.updated", "task.assigned"]),
            (task_event("updated", changes={"assignee_ids": change([1], None)}), ["task.updated", "task.unassigned"]),
            (
                task_event("updated", changes={"status": change("todo", "completed")}),
                ["task.updated", "task.completed"],
            ),
            (task_event("updated", changes={"status": change("completed", "todo")}), ["task.updated"]),
            (task_event("deleted", assignees=[5]), ["task.deleted"]),
        ],
    )
    def test_of_a_task(self, event: dict[str, Any], topics: list[str]) -> None:
        assert topics_of(read(event)) == topics


class TestHanging:
    async def test_comment_is_shown_with_its_task(self, system: System, ann: Person, bob: Person) -> None:
        task = task_event(creator=ann.id, actor=ann.id, assignees=[bob.id])
        comment = comment_on(task)
        await system.publish(task, comment)
        first, second = await system.items(EVENTS, bob)
        assert (first["action"], second["action"]) == ("task_created", "comment_added")
        assert second["type"] == "task_update"
        assert second["comment"]["task_id"] == second["task"]["id"] == first["task"]["id"]
        assert second["changes"] == {}
        assert second["actor_id"] == ann.id
        assert "mentioned" not in second
        Events.model_validate({"items": [first, second], "next_cursor": "x"})

    async def test_task_never_goes_back(self, system: System, ann: Person, bob: Person, admin: Person) -> None:
        """A comment that comes late shows the newest task, and only to who may see that one too."""
        first = task_event(creator=ann.id, actor=ann.id, assignees=[bob.id])
        number = first["data"]["task"]["id"]
        gone = {"assignee_ids": change([bob.id], [])}
        second = task_event(
            "updated", task_id=number, version=2, creator=ann.id, actor=ann.id, changes=gone, title="New"
        )
        late = comment_on(first)
        await system.publish(first, second, late)
        shown = await system.items(EVENTS, ann)
        assert [item["task"]["version"] for item in shown] == [1, 2, 2]
        assert shown[2]["task"] == shown[1]["task"]
        assert [item["action"] for item in await system.items(EVENTS, bob)] == ["task_created"]
        mine = await system.items(f"{EVENTS}?task_id={number}", admin)
        assert [item["action"] for item in mine] == ["task_created", "task_updated", "comment_added"]

    async def test_reminder_is_its_recipients(self, system: System, ann: Person, bob: Person) -> None:
        task = task_event(creator=ann.id, actor=ann.id, assignees=[bob.id])
        due = due_event("due_soon", bob.id, task_id=task["data"]["task"]["id"], creator=ann.id)
        await system.publish(task, due)
        assert [item["action"] for item in await system.items(EVENTS, bob)] == ["task_created", "task_due_soon"]
        assert [item["action"] for item in await system.items(EVENTS, ann)] == ["task_created"]

    async def test_project_is_shown_to_its_members(self, system: System, ann: Person, bob: Person) -> None:
        event = member_event("added", bob.id, actor=ann.id, project_id=77)
        event["audience"] = [ann.id, bob.id]
        await system.publish(event)
        [item] = await system.items(EVENTS, ann)
        assert item["type"] == "project_update"
        assert item["action"] == "project_member_added"
        assert item["member"] == {"user_id": bob.id, "role": "member"}
        assert item["project"]["id"] == 77

    def test_parts_are_one_json_document(self) -> None:
        parts = frames.parts_of(read(task_event()))
        whole = orjson.loads(f"{parts.head}{parts.task}{parts.tail}")
        assert list(whole) == ["type", "action", "task", "changes", "event_id", "actor_id", "occurred_at"]


class TestFilters:
    async def test_by_type_task_and_project(self, system: System, ann: Person) -> None:
        who: dict[str, Any] = {"creator": ann.id, "actor": ann.id}
        one, two = task_event(**who, project_id=5), task_event(**who, assignees=[ann.id])
        done = {"status": change("todo", "completed")}
        three = task_event("updated", task_id=one["data"]["task"]["id"], version=2, changes=done, project_id=6, **who)
        await system.publish(one, two, three)

        async def found(query: str) -> list[str]:
            return [item["event_id"] for item in await system.items(f"{EVENTS}?{query}", ann)]

        ids = [str(event["id"]) for event in (one, two, three)]
        assert await found("type=task.created") == ids[:2]
        assert await found("type=task.assigned") == ids[1:2]
        assert await found("type=task.completed&type=task.assigned") == ids[1:]
        assert await found(f"task_id={one['data']['task']['id']}") == [ids[0], ids[2]]
        assert await found("project_id=5") == ids[:1]
        assert await found("project_id=5&type=task.completed") == []

    @pytest.mark.parametrize("query", ["type=task.gone", "task_id=0", "task_id=x", "project_id=-1", f"task_id={2**63}"])
    async def test_nonsense_is_422(self, system: System, ann: Person, query: str) -> None:
        assert (await system.get(f"{EVENTS}?{query}", ann)).status_code == 422


class TestSubscriptions:
    async def test_narrowed_to_a_task_then_to_everything(self, system: System, ann: Person) -> None:
        who: dict[str, Any] = {"creator": ann.id, "actor": ann.id}
        one, other = task_event(**who), task_event(**who)
        number = one["data"]["task"]["id"]
        async with system.listening(ann) as ws:
            await ready(ws)
            await ws.send(orjson.dumps({"type": "subscribe", "task_id": number}).decode())
            assert await frame(ws) == {"type": "subscribed", "subscriptions": [{"task_id": number}]}
            await system.publish(other, one)
            assert (await frame(ws))["event_id"] == str(one["id"])
            await ws.send('{"type":"subscribe","events":["comment.added"]}')
            assert len((await frame(ws))["subscriptions"]) == 2
            comment = comment_on(other)
            await system.publish(task_event(**who), comment)
            assert (await frame(ws))["event_id"] == str(comment["id"])
            await ws.send('{"type":"unsubscribe"}')
            assert await frame(ws) == {"type": "subscribed", "subscriptions": []}
            last = task_event(**who)
            await system.publish(last)
            assert (await frame(ws))["event_id"] == str(last["id"])

    async def test_first_frame_narrows_what_is_replayed(self, system: System, ann: Person) -> None:
        who: dict[str, Any] = {"creator": ann.id, "actor": ann.id}
        async with system.listening(ann) as ws:
            cursor = await ready(ws)
        happened = [task_event(**who, project_id=i) for i in (1, 2, 1)]
        await system.publish(*happened)
        async with system.connect() as ws:
            hello = {"type": "auth", "token": ann.token, "cursor": cursor, "subscriptions": [{"project_id": 2}]}
            await ws.send(orjson.dumps(hello).decode())
            await ready(ws)
            assert (await frame(ws))["event_id"] == str(happened[1]["id"])
            await silence(ws, 0.1)

    async def test_notifications_always_come(self, system: System, ann: Person, bob: Person) -> None:
        async with system.listening(bob) as ws:
            await ready(ws)
            await ws.send('{"type":"subscribe","task_id":999999}')
            await frame(ws)
            await system.publish(task_event(creator=ann.id, actor=ann.id, assignees=[bob.id]))
            assert (await frame(ws))["type"] == "notification"
            await silence(ws, 0.1)

    async def test_subscription_shows_nothing_that_is_not_theirs(
        self, system: System, ann: Person, bob: Person
    ) -> None:
        event = task_event(creator=ann.id, actor=ann.id)
        async with system.listening(bob) as ws:
            await ready(ws)
            await ws.send(orjson.dumps({"type": "subscribe", "task_id": event["data"]["task"]["id"]}).decode())
            await frame(ws)
            await system.publish(event)
            await silence(ws, 0.2)

    @pytest.mark.parametrize(
        "said",
        [
            '{"type":"subscribe","task_id":0}',
            '{"type":"subscribe","task_id":"x"}',
            '{"type":"subscribe","events":["nonsense"]}',
            '{"type":"subscribe","unknown":1}',
            '{"type":"presence","task_id":-1}',
            '{"type":"ping","x":1}',
        ],
    )
    async def test_what_cannot_be_followed_is_an_error_frame(self, system: System, ann: Person, said: str) -> None:
        async with system.listening(ann) as ws:
            await ready(ws)
            await ws.send(said)
            assert (await frame(ws))["code"] == "invalid_frame"
            await ws.send('{"type":"ping"}')
            assert await frame(ws) == {"type": "pong"}

    async def test_they_are_bounded(self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("notifications_service.stream.commands.MAX_RULES", 2)
        async with system.listening(ann) as ws:
            await ready(ws)
            for i in (1, 2):
                await ws.send(orjson.dumps({"type": "subscribe", "task_id": i}).decode())
                await frame(ws)
            await ws.send('{"type":"subscribe","task_id":3}')
            assert (await frame(ws))["code"] == "too_many_subscriptions"
