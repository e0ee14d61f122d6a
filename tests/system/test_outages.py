"""Parts that are away: what goes on, what waits, and that nothing is lost."""

import asyncio
import time

import pytest

from tests.system.people import Listener, Person, until
from tests.system.running import RunningSystem

pytestmark = pytest.mark.system


class TestBrokerAway:
    async def test_writes_go_on_and_the_backlog_arrives(self, stack: RunningSystem) -> None:
        ann, bob = await Person.registered(stack.base), await Person.registered(stack.base)
        async with Listener(bob) as at_bob:
            stack.ctl("kill", "rabbitmq")
            answers = [await ann.post("/api/tasks", {"title": f"n{i}", "assignee_ids": [bob.id]}) for i in range(30)]
            assert {answer.status_code for answer in answers} == {201}
            assert (await bob.get("/api/tasks?count=true")).json()["total"] == 30
            assert stack.health() == 503
            stack.ctl("start", "rabbitmq")
            await until(lambda: len(at_bob.frames) >= 30, 40)
            ids = [answer.json()["id"] for answer in answers]
            assert sorted(frame["task"]["id"] for frame in at_bob.frames) == sorted(ids)
            rows = await bob.everything("/api/notifications")
            assert sorted(row["task_id"] for row in rows) == sorted(ids)
        stack.until_well(30)


class TestNotificationsAway:
    async def test_tasks_are_served_and_the_inbox_catches_up(self, stack: RunningSystem) -> None:
        ann, bob = await Person.registered(stack.base), await Person.registered(stack.base)
        for name in ("notifications", "notifications-worker"):
            stack.ctl("kill", name)
        task = await ann.post("/api/tasks", {"title": "meanwhile", "assignee_ids": [bob.id]})
        assert task.status_code == 201
        away = await bob.get("/api/notifications")
        assert away.status_code in (502, 503)
        assert away.headers["content-type"].startswith("application/problem+json")
        for name in ("notifications", "notifications-worker"):
            stack.ctl("start", name)
        stack.until_well(30)
        rows = await until(lambda: bob.everything("/api/notifications"))
        assert [row["task_id"] for row in rows] == [task.json()["id"]]


class TestUsersAway:
    async def test_known_tokens_go_on_and_others_are_told_to_wait(self, stack: RunningSystem) -> None:
        ann, bob = await Person.registered(stack.base), await Person.registered(stack.base)
        for _ in range(8):  # each API process asks for itself
            assert (await ann.get("/api/tasks?limit=1")).status_code == 200
        stack.ctl("kill", "users")
        try:
            known = {(await ann.get("/api/tasks?limit=1")).status_code for _ in range(8)}
            assert known == {200}
            unknown = await bob.get("/api/tasks?limit=1")
            assert unknown.status_code == 503
            assert int(unknown.headers["retry-after"]) > 0
            forged = await bob.http.get("/api/tasks", headers={"Authorization": f"Bearer {bob.access[:-4]}aaaa"})
            assert forged.status_code == 401
        finally:
            stack.ctl("start", "users")
        await until(lambda: _served(bob))
        assert await _served(bob)
        stack.until_well(30)


class TestFrozenDatabase:
    async def test_requests_are_answered_in_time(self, stack: RunningSystem) -> None:
        ann = await Person.registered(stack.base)
        assert (await ann.get("/api/tasks")).status_code == 200
        stack.ctl("stop", "postgres-tasks")
        try:
            began = time.monotonic()
            answer = await ann.get("/api/tasks")
            assert answer.status_code in (503, 504)
            assert time.monotonic() - began < 12
        finally:
            stack.ctl("cont", "postgres-tasks")
        await until(lambda: _served(ann))
        stack.until_well(30)


class TestRollingRestart:
    @pytest.mark.parametrize("name", ["tasks", "users"])
    async def test_no_request_fails(self, stack: RunningSystem, name: str) -> None:
        ann = await Person.registered(stack.base)
        path, statuses, done = {"tasks": "/api/tasks", "users": "/api/users/me"}[name], [], asyncio.Event()

        async def load() -> None:
            while not done.is_set():
                statuses.append((await ann.get(path)).status_code)
                if name == "tasks":
                    statuses.append((await ann.post(path, {"title": "x"})).status_code)

        loads = [asyncio.create_task(load()) for _ in range(6)]
        await asyncio.sleep(0.5)
        await asyncio.to_thread(stack.ctl, "restart", name)
        await asyncio.sleep(0.5)
        done.set()
        await asyncio.gather(*loads)
        assert set(statuses) <= {200, 201}
        assert len(statuses) > 100


async def _served(person: Person) -> bool:
    return (await person.get("/api/tasks?limit=1")).status_code == 200
