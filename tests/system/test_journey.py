"""The typical journey through the gateway, on the embedded system and on the stack."""

import asyncio
import time
from functools import partial

import pytest

from tests.system.people import Listener, Person, until
from tests.system.running import RunningSystem

pytestmark = pytest.mark.system


class TestJourney:
    async def test_an_assignment_reaches_inbox_and_socket_once(self, system: RunningSystem) -> None:
        ann, bob, eve = [await Person.registered(system.base) for _ in range(3)]
        async with Listener(bob) as at_bob, Listener(eve) as at_eve:
            body = {"title": "Write the plan", "priority": "HIGH", "status": "PENDING", "assigned_to": bob.id}
            answer = await ann.post("/api/tasks/", body)
            assert answer.status_code == 201
            task = answer.json()
            assert (task["status"], task["priority"], task["assignee_ids"]) == ("todo", "high", [bob.id])
            assert answer.headers["location"] == f"/api/tasks/{task['id']}"
            assert answer.headers["etag"] == '"1"'

            await until(lambda: at_bob.frames and at_bob.notifications)
            assert [(f["action"], f["task"], f["actor_id"]) for f in at_bob.frames] == [("task_created", task, ann.id)]
            rows = await bob.everything("/api/notifications?is_read=false")
            assert [(n["kind"], n["task_id"], n["actor_id"]) for n in rows] == [("task_assigned", task["id"], ann.id)]
            assert [n["notification"] for n in at_bob.notifications] == rows
            assert await ann.everything("/api/notifications") == []

            assert (await bob.patch(f"/api/tasks/{task['id']}", {"status": "completed"})).status_code == 200
            assert (await bob.call("DELETE", f"/api/tasks/{task['id']}")).status_code == 403
            assert (await ann.call("DELETE", f"/api/tasks/{task['id']}")).status_code == 204
            await until(lambda: len(at_bob.frames) == 3)
            assert at_bob.versions(task["id"]) == [1, 2, 3]
            kinds = [n["kind"] for n in await ann.everything("/api/notifications")]
            assert kinds == ["task_completed"]
            assert (at_eve.frames, at_eve.notifications) == ([], [])

    async def test_missed_events_are_replayed_over_every_way(self, system: RunningSystem) -> None:
        ann = await Person.registered(system.base)
        async with Listener(ann) as first:
            task = (await ann.post("/api/tasks", {"title": "one"})).json()
            await until(lambda: first.frames)
        for title in ("two", "three"):
            await ann.patch(f"/api/tasks/{task['id']}", {"title": title})
        again = Listener(ann)
        again.cursor = first.cursor
        async with again:
            await until(lambda: len(again.frames) == 2)
            assert again.versions(task["id"]) == [2, 3]
            listed = (await ann.get(f"/api/events?after={first.cursor}")).json()
            assert [e["event_id"] for e in listed["items"]] == [f["event_id"] for f in again.frames]
            assert again.resets == 0

    async def test_a_foreign_task_is_the_same_as_none(self, system: RunningSystem) -> None:
        ann, eve = await Person.registered(system.base), await Person.registered(system.base)
        task = (await ann.post("/api/tasks", {"title": "mine"})).json()
        foreign = await eve.get(f"/api/tasks/{task['id']}", X_Request_ID="same")
        missing = await eve.get("/api/tasks/987654321", X_Request_ID="same")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.text.replace(f"/tasks/{task['id']}", "/tasks/#") == missing.text.replace("987654321", "#")

    async def test_logout_ends_access_and_sockets(self, system: RunningSystem) -> None:
        ann, bob = await Person.registered(system.base), await Person.registered(system.base)
        async with Listener(bob) as at_bob:
            paths = ("/api/tasks?limit=1", "/api/notifications?limit=1", "/api/users/me")
            for path in paths:
                assert (await bob.get(path)).status_code == 200
            began = time.monotonic()
            assert (await bob.post("/api/auth/logout")).status_code == 204
            for path in paths:
                await until(partial(_refused, bob, path), 3)
            assert time.monotonic() - began < 1.2
            await until(lambda: at_bob.closed_with, 3)
            assert at_bob.closed_with[0] == 4401
            await ann.post("/api/tasks", {"title": "later", "assignee_ids": [bob.id]})
            await asyncio.sleep(0.5)
            assert at_bob.frames == []


async def _refused(person: Person, path: str) -> bool:
    return (await person.get(path)).status_code == 401
