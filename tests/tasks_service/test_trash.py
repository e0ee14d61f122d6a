"""The trash."""

from __future__ import annotations

import asyncio

from tasks_service.settings import Settings
from tasks_service.tasks.service import purge_trash
from tests.fakes import Person
from tests.tasks_service.client import FULL, Tasks, fields_of, path_of, problem


class TestTrash:
    async def test_what_is_thrown_away_is_nowhere_but_in_the_trash(self, tasks: Tasks, ann: Person) -> None:
        task, other = await tasks.create(ann), await tasks.create(ann)
        answer = await tasks.delete(task, ann)
        assert (answer.status_code, answer.content) == (204, b"")
        for refused in (
            await tasks.get(path_of(task), ann),
            await tasks.patch(task, ann, {"title": "x"}),
            await tasks.put(task, ann, {"title": "x"}),
            await tasks.delete(task, ann),
            await tasks.get(f"{path_of(task)}/activity", ann),
        ):
            problem(refused, 404, "task_not_found")
        assert [t["id"] for t in await tasks.items("/api/tasks", ann)] == [other["id"]]
        assert [t["id"] for t in await tasks.items("/api/tasks", ann, trashed=True)] == [task["id"]]
        assert (await tasks.get("/api/tasks/stats", ann)).json()["total"] == 1

    async def test_comes_back_as_it_was(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, **FULL)
        await tasks.delete(task, ann)
        answer = await tasks.post(f"{path_of(task)}/restore", ann)
        assert answer.status_code == 200
        assert fields_of(answer.json()) == fields_of(task)
        assert (answer.json()["version"], answer.headers["etag"]) == (3, '"3"')
        assert await tasks.items("/api/tasks", ann, trashed=True) == []

    async def test_only_what_is_there_comes_back(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        problem(await tasks.post(f"{path_of(task)}/restore", ann), 409, "task_not_trashed")
        problem(await tasks.post("/api/tasks/999999999/restore", ann), 404, "task_not_found")
        await tasks.delete(task, ann)
        problem(await tasks.post(f"{path_of(task)}/restore", bob), 403, "task_deletion_refused")
        again = await asyncio.gather(*(tasks.post(f"{path_of(task)}/restore", ann) for _ in range(5)))
        assert sorted(answer.status_code for answer in again)[0] == 200
        assert [event.type for event in await tasks.events_of(task)].count("task.restored") == 1

    async def test_is_emptied_in_time(self, tasks: Tasks, ann: Person) -> None:
        old, fresh, live = [await tasks.create(ann) for _ in range(3)]
        await tasks.delete(old, ann)
        await tasks.delete(fresh, ann)
        await tasks.session().execute(
            "UPDATE tasks SET deleted_at = now() - interval '31 days' WHERE id = $1", old["id"]
        )
        assert isinstance(tasks.running.settings, Settings)
        assert await purge_trash(tasks.session(), tasks.running.settings)
        assert not await purge_trash(tasks.session(), tasks.running.settings)
        assert [t["id"] for t in await tasks.items("/api/tasks", ann, trashed=True)] == [fresh["id"]]
        assert [t["id"] for t in await tasks.items("/api/tasks", ann)] == [live["id"]]


class TestPurged:
    async def test_nothing_is_left_of_what_a_task_was(self, tasks: Tasks, ann: Person) -> None:
        gone, there = await tasks.create(ann), await tasks.create(ann)
        for task in (gone, there):
            assert (await tasks.call("PATCH", path_of(task), ann, json={"status": "completed"})).status_code == 200
        noted = "SELECT task_id FROM task_status_changes WHERE task_id = ANY($1) ORDER BY id"
        both = [gone["id"], there["id"]]
        assert [row["task_id"] for row in await tasks.session().fetch(noted, both)] == both
        await tasks.delete(gone, ann)
        assert (await tasks.call("DELETE", f"{path_of(gone)}?permanent=true", ann)).status_code == 204
        assert [row["task_id"] for row in await tasks.session().fetch(noted, both)] == [there["id"]]

    async def test_tasks_block_nobody(self, tasks: Tasks, ann: Person) -> None:
        gone, there = await tasks.create(ann), await tasks.create(ann)
        waiting = await tasks.create(ann, blocked_by=[gone["id"], there["id"]])
        trashed = await tasks.create(ann, blocked_by=[gone["id"]])
        for task in (gone, trashed):
            await tasks.delete(task, ann)
        assert (await tasks.read(waiting, ann))["blocked_by"] == [gone["id"], there["id"]]  # it may come back
        assert (await tasks.call("DELETE", f"{path_of(gone)}?permanent=true", ann)).status_code == 204
        now = await tasks.read(waiting, ann)
        assert (now["blocked_by"], now["version"]) == ([there["id"]], 2)
        event = (await tasks.events_of(waiting))[-1]
        assert (event.type, event.data.changes["blocked_by"].after) == ("task.updated", [there["id"]])
        restored = (await tasks.post(f"{path_of(trashed)}/restore", ann)).json()
        assert (restored["blocked_by"], restored["version"]) == ([], 3)
        assert (await tasks.events_of(trashed))[-1].data.changes["blocked_by"].before == [gone["id"]]

    async def test_tasks_block_nobody_when_their_time_is_over(self, tasks: Tasks, ann: Person) -> None:
        gone = await tasks.create(ann)
        waiting = await tasks.create(ann, blocked_by=[gone["id"]])
        await tasks.delete(gone, ann)
        await tasks.session().execute("UPDATE tasks SET deleted_at = '2020-01-01' WHERE id = $1", gone["id"])
        assert isinstance(tasks.running.settings, Settings)
        assert await purge_trash(tasks.session(), tasks.running.settings)
        assert (await tasks.read(waiting, ann))["blocked_by"] == []
        assert (await tasks.events_of(waiting))[-1].actor is None
