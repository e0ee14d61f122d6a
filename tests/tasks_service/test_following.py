"""What is below a task follows it to another project."""

from __future__ import annotations

from typing import Any

import pytest

from tasks_service.relations import following
from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, path_of, problem
from tests.tasks_service.test_trees import tree


async def projects_of(tasks: Tasks, person: Person, made: list[Json]) -> list[Any]:
    return [(await tasks.read(task, person))["project_id"] for task in made]


async def below(tasks: Tasks, person: Person, parent: Json, title: str = "Title", **fields: Any) -> Json:
    return await tasks.create(person, title, parent_id=parent["id"], **fields)


class TestFollowing:
    @pytest.mark.parametrize("way", ["patch", "move", "bulk"])
    async def test_whichever_way_it_moves(self, tasks: Tasks, ann: Person, way: str) -> None:
        project = await tasks.project(ann)
        made = await tree(tasks, ann)
        body = {"project_id": project["id"]}
        if way == "patch":
            answer = await tasks.patch(made[0], ann, body)
        elif way == "move":
            answer = await tasks.post(f"{path_of(made[0])}/move", ann, json=body)
        else:
            bulk = {"ids": [made[0]["id"]], "action": "move", "set": body}
            answer = await tasks.post("/api/tasks/bulk", ann, json=bulk)
        assert answer.status_code == 200, answer.text
        assert await projects_of(tasks, ann, made) == [project["id"]] * 4
        for task in made:
            now = await tasks.read(task, ann)
            assert (now["version"], now["parent_id"]) == (2, task["parent_id"])
            change = (await tasks.events_of(task))[-1].data.changes["project_id"]
            assert (change.before, change.after) == (None, project["id"])
        keys = sorted([(await tasks.read(task, ann))["key"] for task in made])
        assert keys == [f"{project['key']}-{number}" for number in range(1, 5)]

    async def test_what_is_elsewhere_on_purpose_stays(self, tasks: Tasks, ann: Person) -> None:
        here, there, target = [await tasks.project(ann) for _ in range(3)]
        top = await tasks.create(ann, project_id=here["id"])
        same, other = await below(tasks, ann, top), await below(tasks, ann, top, project_id=there["id"])
        deeper = await below(tasks, ann, other)
        assert (await tasks.patch(top, ann, {"project_id": target["id"]})).status_code == 200
        places = await projects_of(tasks, ann, [top, same, other, deeper])
        assert places == [target["id"], target["id"], there["id"], there["id"]]

    async def test_takes_what_the_project_defines(self, tasks: Tasks, ann: Person) -> None:
        here, there = await tasks.project(ann), await tasks.project(ann)
        for project in (here, there):
            path = f"/api/projects/{project['id']}"
            field = {"key": "size", "name": "Size", "type": "number"}
            assert (await tasks.post(f"{path}/fields", ann, json=field)).status_code == 201
        field = {"key": "only", "name": "Only here", "type": "text"}
        assert (await tasks.post(f"/api/projects/{here['id']}/fields", ann, json=field)).status_code == 201
        status = {"name": "Later", "category": "todo"}
        made = await tasks.post(f"/api/projects/{there['id']}/statuses", ann, json=status)
        top = await tasks.create(ann, project_id=here["id"])
        child = await below(tasks, ann, top, custom_fields={"size": 3, "only": "x"})
        await tasks.patch(top, ann, {"project_id": there["id"]})
        now = await tasks.read(child, ann)
        assert (now["custom_fields"], now["status_id"]) == ({"size": 3}, made.json()["id"])

    async def test_only_with_what_the_caller_may_take(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"member": bob})
        top = await tasks.create(bob, project_id=project["id"])
        foreign, own = await below(tasks, ann, top), await below(tasks, bob, top)
        hidden = await below(tasks, ann, foreign)
        left = f"/api/projects/{project['id']}/members/{bob.id}"
        assert (await tasks.call("DELETE", left, ann)).status_code == 204
        assert (await tasks.patch(top, bob, {"project_id": None})).status_code == 200
        assert await projects_of(tasks, bob, [top, own]) == [None, None]
        assert await projects_of(tasks, ann, [foreign, hidden]) == [project["id"]] * 2

    async def test_of_two_that_move_each_is_one_version(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        made = await tree(tasks, ann)
        ids = [task["id"] for task in made[:2]]
        bulk = {"ids": ids, "action": "update", "set": {"project_id": project["id"], "priority": "high"}}
        answer = await tasks.post("/api/tasks/bulk", ann, json=bulk)
        assert answer.json()["changed"] == 2, answer.text
        now = [await tasks.read(task, ann) for task in made]
        assert [(t["project_id"], t["version"]) for t in now] == [(project["id"], 2)] * 4
        assert [t["priority"] for t in now] == ["high", "high", "medium", "medium"]

    async def test_not_when_it_is_refused(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(bob, members={"viewer": ann})
        made = await tree(tasks, ann)
        body = {"project_id": project["id"]}
        problem(await tasks.patch(made[0], ann, body), 403, "project_place_refused")
        problem(await tasks.patch(made[0], ann, {"project_id": None, "title": ""}), 422, "validation_failed")
        await tasks.join(project, bob, ann)
        problem(await tasks.patch(made[0], ann, body, if_match='"7"'), 412, "version_conflict")
        assert await projects_of(tasks, ann, made) == [None] * 4

    async def test_within_bounds(self, tasks: Tasks, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(following, "MOST", 2)
        project = await tasks.project(ann)
        made = await tree(tasks, ann)
        problem(await tasks.patch(made[0], ann, {"project_id": project["id"]}), 409, "too_many_subtasks")
        assert (await tasks.patch(made[1], ann, {"project_id": project["id"]})).status_code == 200
        assert await projects_of(tasks, ann, made) == [None, project["id"], None, project["id"]]
