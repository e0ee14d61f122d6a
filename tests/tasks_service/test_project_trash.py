"""Projects in the trash, with their tasks."""

from __future__ import annotations

import asyncio

import pytest

from tasks_service.projects import service
from tests.fakes import Person
from tests.tasks_service.client import Tasks, path_of, problem
from tests.tasks_service.projects import at, events_of


class TestTrash:
    async def test_takes_the_tasks_along_and_gives_them_back(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        before = await tasks.create(ann, project_id=project["id"])
        await tasks.delete(before, ann)
        made = [await tasks.create(ann, project_id=project["id"]) for _ in range(3)]
        assert (await tasks.call("DELETE", at(project), ann)).status_code == 204
        problem(await tasks.get(at(project), ann), 404, "project_not_found")
        problem(
            await tasks.post("/api/tasks", ann, json={"title": "x", "project_id": project["id"]}),
            422,
            "validation_failed",
        )
        assert await tasks.items("/api/projects", ann) == []
        for task in made:
            problem(await tasks.get(path_of(task), bob), 404, "task_not_found")
            problem(await tasks.post(path_of(task) + "/restore", ann), 409, "project_trashed")
            assert [event.type for event in await tasks.events_of(task)] == ["task.created", "task.deleted"]
        assert len(await tasks.items("/api/tasks", bob, trashed=True)) == 4
        assert [found["id"] for found in await tasks.items("/api/projects", bob, trashed=True)] == [project["id"]]

        restored = await tasks.post(at(project, "/restore"), ann)
        assert (restored.status_code, restored.json()["version"]) == (200, 3)
        for task in made:
            assert await tasks.read(task, bob) == {
                **task,
                "version": 3,
                "updated_at": (await tasks.read(task, ann))["updated_at"],
            }
            assert len(await tasks.events_of(task)) == 3
        problem(await tasks.get(path_of(before), ann), 404, "task_not_found")
        problem(await tasks.post(at(project, "/restore"), ann), 409, "project_not_trashed")
        assert [event.type for event in await events_of(tasks, project)][-2:] == ["project.deleted", "project.updated"]

    async def test_of_more_tasks_than_one_statement_takes(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        await tasks.session().execute(
            """INSERT INTO tasks (title, status, priority, created_by, position, project_id)
            SELECT 'x', 'todo', 'low', $1, n::text, $2 FROM generate_series(1, 2001) n""",
            ann.id,
            project["id"],
        )
        assert (await tasks.call("DELETE", at(project), ann)).status_code == 204
        counted = (
            "SELECT count(*) FROM events e JOIN tasks t ON t.id = e.subject_id WHERE t.project_id = $1 AND e.type = $2"
        )
        assert await tasks.session().fetchval(counted, project["id"], "task.deleted") == 2001
        await tasks.post(at(project, "/restore"), ann)
        assert (await tasks.get(at(project, "/tasks?count=true"), ann)).json()["total"] == 2001

    async def test_what_a_request_cannot_take_follows(
        self, tasks: Tasks, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "BATCH", 2)
        monkeypatch.setattr(service, "AT_ONCE", 1)
        project = await tasks.project(ann, members={"viewer": bob})
        made = [await tasks.create(ann, project_id=project["id"]) for _ in range(5)]
        for method, path, left in (("DELETE", at(project), 0), ("POST", at(project, "/restore"), 5)):
            assert (await tasks.call(method, path, ann)).status_code in (200, 204)
            other = ("POST", at(project, "/restore")) if left == 0 else ("DELETE", at(project))
            problem(await tasks.call(*other, ann), 409, "project_moving")
            while await service.move_next_tasks(tasks.session()):
                pass
            assert len(await tasks.items("/api/tasks", bob)) == left
        for task in made:
            recorded = await tasks.events_of(task)
            assert [(event.type, event.actor) for event in recorded][1:] == [
                ("task.deleted", ann.id),
                ("task.restored", ann.id),
            ]

    async def test_while_others_put_tasks_into_it(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        answers = await asyncio.gather(
            *(tasks.post(at(project, "/tasks"), ann, json={"title": "x"}) for _ in range(6)),
            tasks.call("DELETE", at(project), ann),
            *(tasks.post(at(project, "/tasks"), ann, json={"title": "x"}) for _ in range(6)),
        )
        assert {answer.status_code for answer in answers} <= {201, 204, 404, 422}
        live = "SELECT count(*) FROM tasks WHERE project_id = $1 AND deleted_at IS NULL"
        assert await tasks.session().fetchval(live, project["id"]) == 0
