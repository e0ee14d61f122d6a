"""Who is looking at a task: told to who looks too, across processes, to nobody who may not see the task."""

from __future__ import annotations

from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection

from notifications_service.main import create_app
from shared.context import uuid7
from tests.fakes import Person
from tests.notifications_service.conftest import Register
from tests.notifications_service.events import change, member_event, task_event
from tests.notifications_service.system import System, frame, hello, ready, silence
from tests.serving import running_server


async def look(ws: ClientConnection, task_id: int | None) -> None:
    await ws.send(orjson.dumps({"type": "presence", "task_id": task_id}).decode())


async def present(ws: ClientConnection) -> list[int]:
    """Who is there, by the next frame about it."""
    while True:
        found = await frame(ws)
        if found["type"] == "presence":
            user_ids: list[int] = found["user_ids"]
            return user_ids
        assert found["type"] != "error", found


async def shared_task(system: System, ann: Person, bob: Person, **given: Any) -> int:
    event = task_event(creator=ann.id, actor=ann.id, assignees=[bob.id], **given)
    await system.publish(event)
    number: int = event["data"]["task"]["id"]
    return number


class TestPresence:
    async def test_they_see_each_other_come_and_go(self, system: System, ann: Person, bob: Person) -> None:
        number = await shared_task(system, ann, bob)
        async with system.listening(ann) as one:
            await ready(one)
            await look(one, number)
            assert await present(one) == [ann.id]
            async with system.listening(bob) as two:
                await ready(two)
                await look(two, number)
                assert await present(two) == [ann.id, bob.id]
                assert await present(one) == [ann.id, bob.id]
                await look(two, None)
                assert await present(one) == [ann.id]
                await look(two, number)
                assert await present(one) == [ann.id, bob.id]
            assert await present(one) == [ann.id]
            await silence(one, 0.1)

    async def test_across_processes(self, system: System, ann: Person, bob: Person) -> None:
        number = await shared_task(system, ann, bob)
        async with running_server(create_app(system.settings, system.bus)) as (_, port), system.listening(ann) as one:
            await ready(one)
            await look(one, number)
            assert await present(one) == [ann.id]
            connecting = system.connect()
            connecting.uri = connecting.uri.replace(f":{system.port}/", f":{port}/")
            async with connecting as two:
                await two.send(hello(bob))
                await ready(two)
                await look(two, number)
                assert await present(two) == [ann.id, bob.id]
                assert await present(one) == [ann.id, bob.id]
            assert await present(one) == [ann.id]

    async def test_stranger_is_not_let_in(self, system: System, ann: Person, bob: Person, register: Register) -> None:
        number = await shared_task(system, ann, bob)
        async with system.listening(ann) as one, system.listening(register()) as two:
            await ready(one)
            await ready(two)
            await look(one, number)
            assert await present(one) == [ann.id]
            for task_id in (number, 10**12):
                await look(two, task_id)
                assert (await frame(two))["code"] == "task_not_found"
            await silence(one, 0.1)

    async def test_administrator_and_member_are(
        self, system: System, ann: Person, bob: Person, admin: Person, register: Register
    ) -> None:
        member = register()
        number = await shared_task(system, ann, bob, project_id=501)
        await system.publish(member_event("added", member.id, project_id=501))
        for person in (admin, member):
            async with system.listening(person) as ws:
                await ready(ws)
                await look(ws, number)
                assert await present(ws) == [person.id]

    async def test_right_that_ends_shows_out(
        self, system: System, ann: Person, bob: Person, register: Register
    ) -> None:
        member = register()
        number = await shared_task(system, ann, bob, project_id=502)
        added, removed = (member_event(kind, member.id, project_id=502) for kind in ("added", "removed"))
        removed["data"]["project"]["version"] = added["data"]["project"]["version"] + 1
        await system.publish(added)
        async with system.listening(member) as one, system.listening(bob) as two, system.listening(ann) as three:
            for ws, who in ((one, 1), (two, 2)):
                await ready(ws)
                await look(ws, number)
                assert len(await present(ws)) == who
            assert len(await present(one)) == 2
            await system.publish(
                removed, {**added, "id": uuid7(), "audience": [], "actor": member.id}
            )  # one comes again, late
            gone = {"assignee_ids": change([bob.id], [])}
            await system.publish(task_event("updated", task_id=number, version=2, creator=ann.id, changes=gone))
            await ready(three)
            await look(three, number)
            while await present(three) != [ann.id]:
                pass
            assert (await frame(one))["action"] == "project_member_removed"
            await silence(one, 0.1)

    async def test_process_that_died_is_forgotten(self, system: System, ann: Person, bob: Person) -> None:
        number = await shared_task(system, ann, bob)
        await system.session().execute("INSERT INTO presence VALUES ($1, $2, gen_random_uuid())", number, bob.id)
        async with system.listening(ann) as one:
            await ready(one)
            await look(one, number)
            assert await present(one) == [ann.id, bob.id]
            await system.session().execute("UPDATE presence SET seen_at = now() - interval '1 minute'")
            await system.app.state.presence._renew(system.app.state.database)
            assert await present(one) == [ann.id]
