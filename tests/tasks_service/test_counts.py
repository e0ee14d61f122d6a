"""Stats and insights: equal to a recount of the tasks, whatever wrote them and however far they are folded."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.database import Database
from tasks_service.counts import queries
from tasks_service.counts import service as counts
from tasks_service.counts.service import Folder
from tasks_service.tasks import service
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of
from tests.tasks_service.recount import quick_report

STEPS = int(os.environ.get("COUNTED_WRITES", "300"))
DAYS = 9  # of a report
SOON = 24  # hours, the default
PRIORITIES = ("low", "medium", "high", "urgent")
STATUSES = ("todo", "in_progress", "completed", "archived")


async def insights(tasks: Tasks, person: Person) -> Json:
    answer = await tasks.get("/api/reports/insights", person)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def stats(tasks: Tasks, person: Person) -> Json:
    answer = await tasks.get("/api/tasks/stats", person)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def recount(tasks: Tasks, person: Person) -> tuple[Json, Json]:
    """Insights and stats, counted from the list of the tasks that the person sees."""
    seen = await tasks.items("/api/tasks", person, limit=100)
    by_status, by_priority = (dict.fromkeys(all_of, 0) for all_of in (STATUSES, PRIORITIES))
    for task in seen:
        by_status[task["status"]] += 1
        by_priority[task["priority"]] += 1
    today, soon = datetime.now(UTC).date(), (datetime.now(UTC) + timedelta(hours=SOON)).date()
    due = [
        date.fromisoformat(task["due_date"])
        for task in seen
        if task["due_date"] and task["status"] in ("todo", "in_progress")
    ]
    due_soon = sum(today <= day <= soon for day in due)
    return {
        "total": len(seen),
        "completed": by_status["completed"],
        "pending": by_status["todo"],
        "tasks_by_priority": by_priority,
        "tasks_by_status": by_status,
        "tasks_assigned": names(one for task in seen for one in task["assignee_ids"]),
        "tasks_created": names(task["created_by"] for task in seen),
        "tasks_due_soon": due_soon,
    }, {
        "total": len(seen),
        "by_status": by_status,
        "by_priority": by_priority,
        "overdue": sum(day < today for day in due),
        "due_soon": due_soon,
    }


def names(ids: Iterable[int]) -> dict[str, int]:
    return dict(Counter(f"user{one}" for one in ids))


async def fold(tasks: Tasks) -> None:
    folder = Folder()
    while await folder.fold(tasks.session()):
        pass


def day(distance: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=distance)).isoformat()


class TestInsights:
    async def test_anonymous_is_refused(self, tasks: Tasks) -> None:
        for path in ("/api/reports/insights", "/api/tasks/stats"):
            assert (await tasks.get(path, None)).status_code == 401

    async def test_of_somebody_without_tasks(self, tasks: Tasks, ann: Person) -> None:
        zeros = {"low": 0, "medium": 0, "high": 0, "urgent": 0}
        assert await insights(tasks, ann) == {
            "total": 0,
            "completed": 0,
            "pending": 0,
            "tasks_by_priority": zeros,
            "tasks_by_status": {"todo": 0, "in_progress": 0, "completed": 0, "archived": 0},
            "tasks_assigned": {},
            "tasks_created": {},
            "tasks_due_soon": 0,
        }

    async def test_count_what_is_seen_and_no_more(self, tasks: Tasks, ann: Person, bob: Person, admin: Person) -> None:
        project = await tasks.project(bob, members={"viewer": ann})
        await tasks.create(bob, "foreign")
        await tasks.create(bob, assignee_ids=[ann.id, bob.id], priority="high", due_date=day(0))
        await tasks.create(bob, project_id=project["id"], assignee_ids=[ann.id], status="completed")
        await tasks.create(ann, assignee_ids=[ann.id], due_date=day(-1))
        found = await insights(tasks, ann)
        assert (found["total"], found["completed"], found["pending"], found["tasks_due_soon"]) == (3, 1, 2, 1)
        assert found["tasks_assigned"] == {ann.username: 3, bob.username: 1}
        assert found["tasks_created"] == {bob.username: 2, ann.username: 1}
        assert (await stats(tasks, ann))["overdue"] == 1
        for person in (ann, bob, admin):
            assert (await insights(tasks, person), await stats(tasks, person)) == await recount(tasks, person)
        await fold(tasks)
        assert await insights(tasks, ann) == found

    async def test_due_days_count_while_the_task_is_open(self, tasks: Tasks, ann: Person) -> None:
        made = [await tasks.create(ann, due_date=day(distance)) for distance in (-9, -1, 0, 1, 3)]
        await fold(tasks)
        assert [(await stats(tasks, ann))[name] for name in ("overdue", "due_soon")] == [2, 2]
        for task in made:
            await tasks.patch(task, ann, {"status": "archived"})
        assert [(await stats(tasks, ann))[name] for name in ("overdue", "due_soon")] == [0, 0]

    async def test_follow_who_joins_and_who_leaves(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(bob)
        await tasks.create(bob, project_id=project["id"])
        await tasks.create(bob, project_id=project["id"], assignee_ids=[ann.id])
        assert (await insights(tasks, ann))["total"] == 1
        await tasks.join(project, bob, ann)
        assert (await insights(tasks, ann))["total"] == 2
        await fold(tasks)
        assert (await insights(tasks, ann))["total"] == 2
        leaving = f"/api/projects/{project['id']}/members/{ann.id}"
        assert (await tasks.call("DELETE", leaving, bob)).status_code == 204
        assert (await insights(tasks, ann))["total"] == 1

    async def test_a_token_without_admin_counts_as_its_plain_user(
        self, tasks: Tasks, fake_users: FakeUsers, ann: Person, admin: Person
    ) -> None:
        await tasks.create(ann)
        plain = fake_users.sign_in(admin.id, "tasks:read")
        assert (await insights(tasks, plain))["total"] == 0
        assert (await insights(tasks, admin))["total"] > 0

    async def test_somebody_whom_nobody_can_name_is_told_by_the_id(
        self, tasks: Tasks, fake_users: FakeUsers, ann: Person
    ) -> None:
        await tasks.create(ann)
        assert (await insights(tasks, ann))["tasks_created"] == {ann.username: 1}
        await tasks.session().execute("DELETE FROM people WHERE id = $1", ann.id)
        fake_users.mode = "failing"
        try:
            assert (await insights(tasks, ann))["tasks_created"] == {str(ann.id): 1}
        finally:
            fake_users.mode = "ok"
        assert (await insights(tasks, ann))["tasks_created"] == {ann.username: 1}


class TestFolder:
    async def test_leaves_no_rows_behind(self, tasks: Tasks, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(counts, "TIDIED", 1)
        for _ in range(3):
            await tasks.create(ann)
        folder = Folder()
        while await folder.fold(tasks.session()):
            pass
        assert await tasks.session().fetchval("SELECT count(*) FROM task_count_changes") == 0
        sql = "SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'task_count_changes'"
        assert await tasks.session().fetchval(sql) > 0
        assert (await insights(tasks, ann))["total"] == 3


class Crowd:
    """People who write at random: alone and many at once, moves, the trash and back, for good."""

    def __init__(self, tasks: Tasks, people: list[Person], projects: list[Json], seed: int) -> None:
        self.tasks, self.people, self.projects = tasks, people, projects
        self.random = random.Random(seed)
        self.made: list[int] = []

    def fields(self) -> Json:
        some = self.random
        chosen: Json = {
            "status": some.choice(STATUSES),
            "priority": some.choice(PRIORITIES),
            "due_date": some.choice((None, day(some.randint(-3, 3)))),
            "estimate_minutes": some.choice((None, some.randint(1, 100))),
            "assignee_ids": [one.id for one in some.sample(self.people, some.randint(0, 3))],
            "project_id": some.choice((None, *(project["id"] for project in self.projects))),
        }
        return {name: chosen[name] for name in some.sample(sorted(chosen), some.randint(1, len(chosen)))}

    def ids(self, most: int) -> list[int]:
        return self.random.sample(self.made, min(len(self.made), most))

    async def step(self) -> None:
        admin = self.people[0]
        act: Callable[[Person], Awaitable[Any]] = self.random.choice(
            [
                *(self.create, self.create, self.create_many, self.update, self.update, self.update_many),
                *(self.trash, self.restore, self.move, self.trash_many, self.restore_many, self.purge),
                *(self.update, self.put_back),
            ]
        )
        await act(self.random.choice((admin, *self.people)))

    async def call(self, method: str, path: str, person: Person, body: Any = None) -> Any:
        answer = await self.tasks.call(method, path, person, json=body)
        assert answer.status_code < 500, answer.text
        return answer.json() if answer.content and answer.status_code < 300 else {}

    async def create(self, person: Person) -> None:
        if task := await self.call("POST", "/api/tasks", person, {"title": "T", **self.fields()}):
            self.made.append(task["id"])

    async def create_many(self, person: Person) -> None:
        wanted = [{"title": "T", **self.fields()} for _ in range(self.random.randint(1, 8))]
        made = await self.call("POST", "/api/tasks/bulk", person, {"create": wanted, "atomic": False})
        self.made += [one["id"] for one in made.get("results", []) if one.get("id")]

    async def one(self, method: str, person: Person, path: str = "", body: Any = None) -> None:
        for task_id in self.ids(1):
            await self.call(method, f"/api/tasks/{task_id}{path}", person, body)

    async def update(self, person: Person) -> None:
        await self.one("PATCH", person, "", self.fields())

    async def trash(self, person: Person) -> None:
        await self.one("DELETE", person)

    async def restore(self, person: Person) -> None:
        await self.one("POST", person, "/restore")

    async def put_back(self, _: Person) -> None:
        """What happened to a task was some days earlier."""
        for task_id in self.ids(1):
            await put_back(self.tasks, task_id, timedelta(days=self.random.randint(1, 3)))

    async def move(self, person: Person) -> None:
        await self.one("POST", person, "/move", {"status": self.random.choice(STATUSES)})

    async def purge(self, person: Person) -> None:
        await self.one("DELETE", person, "?permanent=true")

    async def many(self, person: Person, **request: Any) -> None:
        if ids := self.ids(12):
            await self.call("POST", "/api/tasks/bulk", person, {"ids": ids, "atomic": False, **request})

    async def update_many(self, person: Person) -> None:
        await self.many(person, action="update", set=self.fields())

    async def trash_many(self, person: Person) -> None:
        await self.many(person, action="delete")

    async def restore_many(self, person: Person) -> None:
        await self.many(person, action="restore")


async def put_back(tasks: Tasks, task_id: int, span: timedelta) -> None:
    """Moves all that happened to a task so far back. In the trash it is in no number, so what is counted afterwards is
    what it has become."""
    session = tasks.session()
    async with session.begin():
        if await session.execute("UPDATE tasks SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL", task_id):
            moved = "created_at = created_at - $2::interval, completed_at = completed_at - $2::interval"
            await session.execute(f"UPDATE tasks SET version = version + 1, {moved} WHERE id = $1", task_id, span)
            earlier = "UPDATE task_status_changes SET changed_at = changed_at - $2::interval WHERE task_id = $1"
            await session.execute(earlier, task_id, span)
            await session.execute("UPDATE tasks SET deleted_at = NULL WHERE id = $1", task_id)


async def fold_and_be_killed(database: Database, stop: asyncio.Event, chance: random.Random) -> int:
    """Folds over and over; now and then the server ends the connection in the middle. How often that was."""
    killed = 0
    while not stop.is_set():
        session = database.session()
        try:
            async with session.begin():
                if await session.fetchval(queries.ONLY_ONE):
                    await session.execute(queries.FOLD, 50)
                if chance.random() < 0.3:
                    await session.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        except Exception:
            killed += 1
        await asyncio.sleep(0)
    return killed


class TestLaw:
    @pytest.mark.timeout(3600)
    async def test_numbers_equal_a_recount_after_random_writes_at_once(
        self, tasks: Tasks, fake_users: FakeUsers
    ) -> None:
        """`COUNTED_WRITES` says how many; with two that fold at once, of whom one is killed over and over."""
        people = [fake_users.register("admin"), *(fake_users.register() for _ in range(4))]
        projects = [await tasks.project(people[1], members={"member": people[2], "viewer": people[3]})]
        projects.append(await tasks.project(people[2]))
        crowd, stop = Crowd(tasks, people, projects, 7), asyncio.Event()

        async def writer(steps: int) -> None:
            for _ in range(steps):
                await crowd.step()

        async def folder() -> None:
            one = Folder()
            while not stop.is_set():
                await one.fold(tasks.session())
                await asyncio.sleep(0)

        folding = asyncio.gather(
            fold_and_be_killed(tasks.running.database, stop, random.Random(3)),
            folder(),
        )
        for _ in range(5):
            await asyncio.gather(*(writer(STEPS // 30) for _ in range(6)))
            for person in people:
                assert (await insights(tasks, person), await stats(tasks, person)) == await recount(tasks, person)
                answered, counted = await quick_report(tasks, person, DAYS)
                assert answered == counted
        stop.set()
        assert (await folding)[0] > 0
        await fold(tasks)
        assert await tasks.session().fetchval("SELECT count(*) FROM task_count_changes") == 0
        assert await tasks.session().fetchval("SELECT count(*) FROM task_counts WHERE n = 0") == 0
        negative = "SELECT count(*) FROM task_counts WHERE n < 0 AND facet <> 'flow'"
        assert await tasks.session().fetchval(negative) == 0
        for person in people:
            assert (await insights(tasks, person), await stats(tasks, person)) == await recount(tasks, person)
            answered, counted = await quick_report(tasks, person, DAYS)
            assert answered == counted

    async def test_a_purge_of_the_trash_changes_no_number(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        await tasks.create(ann)
        await tasks.delete(task, ann)
        before = await insights(tasks, ann)
        sql = "UPDATE tasks SET deleted_at = now() - interval '99 days' WHERE id = $1"
        await tasks.session().execute(sql, task["id"])
        while await service.purge_trash(tasks.session(), tasks.running.settings):  # type: ignore[arg-type]
            pass
        assert (await tasks.get(path_of(task), ann)).status_code == 404
        assert await insights(tasks, ann) == before
