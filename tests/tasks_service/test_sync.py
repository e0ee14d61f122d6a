"""Offline clients: whatever happened and however it overlapped, a replay from any token equals a full read."""

from __future__ import annotations

import asyncio
import base64
import random
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of, problem


@dataclass
class Offline:
    """A client with a copy of its own."""

    tasks: Tasks
    person: Person
    token: str | None = None
    copy: dict[int, Json] = field(default_factory=dict)

    def again(self) -> Offline:
        """Another client that has the same so far."""
        return Offline(self.tasks, self.person, self.token, dict(self.copy))

    async def page(self, limit: int = 100) -> Json:
        params: Json = {"limit": limit, **({"token": self.token} if self.token else {})}
        answer = await self.tasks.get("/api/tasks/sync", self.person, params=params)
        assert answer.status_code == 200, answer.text
        page: Json = answer.json()
        assert len(page["items"]) + len(page["removed"]) <= limit
        self.copy.update({task["id"]: task for task in page["items"]})
        for task_id in page["removed"]:
            self.copy.pop(task_id, None)
        self.token = page["next_token"]
        return page

    async def sync(self, limit: int = 100) -> list[int]:
        """Walks to the end; the ids of what came."""
        came: list[int] = []
        while True:
            page = await self.page(limit)
            came += [task["id"] for task in page["items"]]
            if not page["has_more"]:
                return came

    async def everything(self) -> dict[int, Json]:
        return {task["id"]: task for task in await self.tasks.items("/api/tasks", self.person, limit=100)}


async def project(tasks: Tasks, owner: Person) -> Json:
    answer = await tasks.post("/api/projects", owner, json={"name": "Project"})
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def join(tasks: Tasks, owner: Person, made: Json, person: Person, role: str = "member") -> None:
    path = f"/api/projects/{made['id']}/members/{person.id}"
    assert (await tasks.call("PUT", path, owner, json={"role": role})).status_code in (200, 201)


async def leave(tasks: Tasks, owner: Person, made: Json, person: Person) -> None:
    path = f"/api/projects/{made['id']}/members/{person.id}"
    assert (await tasks.call("DELETE", path, owner)).status_code == 204


class TestSync:
    async def test_anonymous_is_refused(self, tasks: Tasks) -> None:
        problem(await tasks.get("/api/tasks/sync", None), 401, "unauthenticated")

    async def test_begins_with_everything_and_nothing_else(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        mine = [await tasks.create(ann) for _ in range(3)]
        await tasks.create(bob)
        client = Offline(tasks, ann)
        assert await client.sync(limit=2) == [task["id"] for task in mine]
        assert client.copy == await client.everything()
        assert await client.sync() == [], "nothing happened"

    async def test_tells_of_changes_and_deletions(self, tasks: Tasks, ann: Person) -> None:
        stays, changes, goes = [await tasks.create(ann) for _ in range(3)]
        client = Offline(tasks, ann)
        await client.sync()
        await tasks.patch(changes, ann, {"title": "Changed"})
        await tasks.delete(goes, ann)
        new = await tasks.create(ann)
        assert await client.sync() == [changes["id"], new["id"]]
        assert client.copy == await client.everything()
        await tasks.post(f"{path_of(goes)}/restore", ann)
        assert await client.sync() == [goes["id"]]
        assert stays["id"] in client.copy

    async def test_tells_who_is_not_assigned_any_more(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        client = Offline(tasks, bob)
        await client.sync()
        await tasks.patch(task, ann, {"assignee_ids": []})
        page = await client.page()
        assert (page["items"], page["removed"]) == ([], [task["id"]])
        await tasks.patch(task, ann, {"assignee_ids": [bob.id]})
        assert await client.sync() == [task["id"]]

    async def test_follows_membership(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        made = await project(tasks, ann)
        inside = [await tasks.create(ann, project_id=made["id"]) for _ in range(3)]
        both = await tasks.create(ann, project_id=made["id"], assignee_ids=[bob.id])
        client = Offline(tasks, bob)
        assert await client.sync() == [both["id"]]
        await join(tasks, ann, made, bob, "viewer")
        assert await client.sync(limit=2) == [*(task["id"] for task in inside), both["id"]], "old tasks appear"
        await join(tasks, ann, made, bob, "member")
        assert await client.sync() == [], "another role shows nothing else"
        before = client.again()
        await leave(tasks, ann, made, bob)
        await client.sync(limit=1)
        assert client.copy == await client.everything() == {both["id"]: both}
        await tasks.patch(inside[0], ann, {"project_id": None})
        await tasks.delete(inside[1], ann)
        await before.sync(limit=2)
        assert before.copy == await client.everything(), "also when the tasks moved on before the client asked"

    async def test_follows_tasks_between_projects(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        here, there = await project(tasks, ann), await project(tasks, ann)
        await join(tasks, ann, here, bob)
        task = await tasks.create(ann, project_id=here["id"])
        client = Offline(tasks, bob)
        assert await client.sync() == [task["id"]]
        await tasks.patch(task, ann, {"project_id": there["id"]})
        page = await client.page()
        assert (page["items"], page["removed"]) == ([], [task["id"]])
        await tasks.patch(task, ann, {"project_id": here["id"]})
        assert await client.sync() == [task["id"]]
        assert (await tasks.call("DELETE", f"/api/projects/{here['id']}", ann)).status_code == 204
        await client.sync()
        assert client.copy == await client.everything() == {}

    async def test_tells_of_what_is_purged(self, tasks: Tasks, ann: Person, admin: Person) -> None:
        task = await tasks.create(ann)
        clients = [Offline(tasks, person) for person in (ann, admin)]
        for client in clients:
            await client.sync()
        await tasks.delete(task, ann)
        await tasks.session().execute("DELETE FROM tasks WHERE id = $1", task["id"])
        for client in clients:
            assert task["id"] in client.copy
            await client.sync()
            assert task["id"] not in client.copy

    async def test_an_administrator_gets_all(self, tasks: Tasks, ann: Person, admin: Person) -> None:
        client = Offline(tasks, admin)
        await client.sync()
        task = await tasks.create(ann)
        assert await client.sync() == [task["id"]]
        await tasks.delete(task, ann)
        page = await client.page()
        assert page["removed"] == [task["id"]]

    async def test_nothing_is_left_out_that_is_committed_late(self, tasks: Tasks, ann: Person) -> None:
        first, second = await tasks.create(ann), await tasks.create(ann)
        client = Offline(tasks, ann)
        await client.sync()
        connection = await asyncpg.connect(tasks.running.settings.database_url)
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("UPDATE tasks SET title = 'Late', version = 2 WHERE id = $1", first["id"])
        await tasks.patch(second, ann, {"title": "Early"})
        assert await client.sync() == [second["id"]], "what is not committed is not there"
        assert await client.sync() == [], "and nothing comes twice"
        await transaction.commit()
        assert await client.sync() == [first["id"]], "although it began before what was seen"
        await connection.close()
        assert client.copy == await client.everything()


class TestTokens:
    async def test_an_empty_one_is_none(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        page = (await tasks.get("/api/tasks/sync?token=", ann)).json()
        assert (page["items"], page["removed"]) == ([task], [])

    @pytest.mark.parametrize("token", ["x", "%00", "W10", "bnVsbA", "e30", "9" * 5000])
    async def test_nonsense(self, tasks: Tasks, ann: Person, token: str) -> None:
        body = problem(await tasks.get(f"/api/tasks/sync?token={token}", ann), 422, "validation_failed")
        assert body["errors"][0]["pointer"] == "/token"

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=x", "unknown=1"])
    async def test_other_parameters(self, tasks: Tasks, ann: Person, query: str) -> None:
        problem(await tasks.get(f"/api/tasks/sync?{query}", ann), 422, "validation_failed")

    async def test_of_somebody_else(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        client = Offline(tasks, ann)
        await client.sync()
        problem(await tasks.get(f"/api/tasks/sync?token={client.token}", bob), 422, "validation_failed")

    @settings(max_examples=100, deadline=None)
    @given(
        snapshot=st.sampled_from(
            [
                *("1:1:", "0:0:", "5:3:", "1:9:3,3", "1:9:9", "1:9:0", "1:9:4,2", "::", "1:2", "a:b:c", "1:9:3,"),
                *("1_0:20:", "-1:5:", "１:２:", " 1:2:", "1:9:2,3,4"),
                *(f"1:{2**63}:", f"1:{2**70}:", f"{2**63 - 1}:{2**63 - 1}:"),
            ]
        ),
        taken_at=st.sampled_from([0, -1, 2**62, 2**70, None, "x", 1.5]),
        after=st.sampled_from([0, -1, 2**63 - 1, 2**63, None, "1", True]),
    )
    async def test_forged(self, tasks: Tasks, fake_users: FakeUsers, snapshot: str, taken_at: Any, after: Any) -> None:
        """A token is no signature: what stands in it decides only what is told again, and never makes a 5xx."""
        ann = fake_users.sign_in(1) if 1 in fake_users.people else fake_users.register()
        client = Offline(tasks, ann)
        await client.page(limit=1)
        good = orjson.loads(base64.urlsafe_b64decode(str(client.token) + "==="))
        now = good[2][1] if good[2] else good[3][1]
        given_at = now if taken_at == 2**62 else taken_at
        try:
            forged = orjson.dumps([*good[:2], [snapshot, given_at], None, after])
        except TypeError:  # orjson writes no integers beyond 64 bits
            return
        token = base64.urlsafe_b64encode(forged).decode().rstrip("=")
        answer = await tasks.get("/api/tasks/sync", ann, params={"token": token})
        assert answer.status_code in (200, 410, 422), answer.text

    async def test_too_old(self, tasks: Tasks, ann: Person) -> None:
        client = Offline(tasks, ann)
        await client.sync()
        parts = orjson.loads(base64.urlsafe_b64decode(str(client.token) + "==="))
        for change in ("time", "system"):
            old = orjson.loads(orjson.dumps(parts))
            if change == "time":
                old[2][1] -= 31 * 86_400
            else:
                old[1] = "1"
            token = base64.urlsafe_b64encode(orjson.dumps(old)).decode().rstrip("=")
            problem(await tasks.get(f"/api/tasks/sync?token={token}", ann), 410, "sync_token_expired")

    async def test_of_another_role(self, tasks: Tasks, fake_users: FakeUsers) -> None:
        ann = fake_users.register()
        client = Offline(tasks, ann)
        await client.sync()
        fake_users.people[ann.id]["role"] = "admin"
        promoted = fake_users.sign_in(ann.id)
        problem(await tasks.get(f"/api/tasks/sync?token={client.token}", promoted), 410, "sync_token_expired")


class TestReplay:
    @pytest.mark.parametrize("seed", range(3))
    async def test_from_any_token_equals_a_full_read(
        self, service_app: StartApp, fake_users: FakeUsers, seed: int
    ) -> None:
        """Four writers, some of whose transactions stay open over others, and clients that begin at any time."""
        async with service_app("tasks_service", users_url=fake_users.url) as running:
            tasks, chance = Tasks(running), random.Random(seed)
            people = [fake_users.register() for _ in range(3)] + [fake_users.register("admin")]
            world = World(tasks, people, chance, [await project(tasks, people[0]) for _ in range(2)])
            for made in world.projects:
                await join(tasks, people[0], made, people[1])
            clients = [Offline(tasks, person) for person in people]
            for client in clients:
                await client.sync(limit=3)
            done = asyncio.Event()
            readers = [asyncio.create_task(read(client, done, seed)) for client in clients]
            async with asyncio.TaskGroup() as group:
                for _ in range(4):
                    group.create_task(world.write(40))
            done.set()
            forks = [fork for forks in await asyncio.gather(*readers) for fork in forks]
            assert len(forks) > 4
            for client in (*clients, *forks):
                await client.sync(limit=chance.choice([1, 7, 100]))
                assert client.copy == await client.everything()


async def read(client: Offline, done: asyncio.Event, seed: int) -> list[Offline]:
    """Syncs until the writers are done; the copies of the client that were put aside on the way."""
    chance, forks = random.Random(seed), []
    while not done.is_set():
        await client.page(limit=chance.choice([1, 5, 20]))
        if chance.random() < 0.1 and len(forks) < 8:
            forks.append(client.again())
        await asyncio.sleep(0)
    return forks


@dataclass
class World:
    """Writers that do whatever changes what is seen, and go on when somebody else was first."""

    tasks: Tasks
    people: list[Person]
    chance: random.Random
    projects: list[Json]
    made: list[Json] = field(default_factory=list)

    async def write(self, times: int) -> None:
        for _ in range(times):
            if not self.made:
                await self.create()
            await self.chance.choice(
                [self.create, self.reword, self.assign, self.move, self.trash, self.restore, self.members, self.slow]
            )()

    def places(self) -> list[int | None]:
        return [None, *(made["id"] for made in self.projects)]

    def some_people(self) -> list[int]:
        return [person.id for person in self.chance.sample(self.people[:3], self.chance.randrange(3))]

    async def create(self) -> None:
        place = self.chance.choice(self.places())
        self.made.append(await self.tasks.create(self.people[0], assignee_ids=self.some_people(), project_id=place))

    async def change(self, body: Json) -> None:
        answer = await self.tasks.patch(self.chance.choice(self.made), self.people[0], body)
        assert answer.status_code in (200, 404), answer.text

    async def reword(self) -> None:
        await self.change({"title": f"Title {self.chance.random()}"})

    async def assign(self) -> None:
        await self.change({"assignee_ids": self.some_people()})

    async def move(self) -> None:
        await self.change({"project_id": self.chance.choice(self.places())})

    async def trash(self) -> None:
        await self.tasks.delete(self.chance.choice(self.made), self.people[0])

    async def restore(self) -> None:
        await self.tasks.post(f"{path_of(self.chance.choice(self.made))}/restore", self.people[0])

    async def members(self) -> None:
        person, made = self.chance.choice(self.people[1:3]), self.chance.choice(self.projects)
        path = f"/api/projects/{made['id']}/members/{person.id}"
        method = self.chance.choice(["PUT", "DELETE"])
        body = {"json": {"role": "viewer"}} if method == "PUT" else {}
        await self.tasks.call(method, path, self.people[0], **body)

    async def slow(self) -> None:
        """A transaction that others overtake."""
        session = self.tasks.session()
        async with session.begin():
            task = self.chance.choice(self.made)
            await session.execute("UPDATE tasks SET version = version + 1, title = 'Slow' WHERE id = $1", task["id"])
            await asyncio.sleep(self.chance.random() / 50)
