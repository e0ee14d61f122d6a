"""Labels."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, problem


async def label(tasks: Tasks, person: Person, name: str, **fields: Any) -> Json:
    answer = await tasks.post("/api/labels", person, json={"name": name, **fields})
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    assert answer.headers["location"] == of(made)
    return made


def of(one: Json) -> str:
    return f"/api/labels/{one['id']}"


class TestLabels:
    async def test_are_ones_own_or_of_a_project(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        own, shared = await label(tasks, ann, "bug"), await label(tasks, ann, "Area", project_id=project["id"])
        assert (own["owner_id"], own["project_id"], own["color"], own["usage"]) == (ann.id, None, "#8c8c8c", 0)
        assert (shared["owner_id"], shared["project_id"]) == (None, project["id"])
        assert [one["name"] for one in await tasks.items("/api/labels", ann, limit=1)] == ["Area", "bug"]
        assert [one["name"] for one in await tasks.items("/api/labels", bob)] == ["Area"]
        assert [one["name"] for one in await tasks.items("/api/labels", ann, q="BU")] == ["bug"]
        assert (await tasks.get(of(own), ann)).json() == own
        for one in (own, {"id": 10**15}):
            problem(await tasks.get(of(one), bob), 404, "label_not_found")
            problem(await tasks.call("DELETE", of(one), bob), 404, "label_not_found")
        problem(await tasks.call("PATCH", of(shared), bob, json={"name": "x"}), 403, "label_change_refused")
        body = {"name": "x", "project_id": project["id"]}
        problem(await tasks.post("/api/labels", bob, json=body), 403, "project_place_refused")

    async def test_names_are_taken_once(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        await label(tasks, ann, "bug")
        other = await label(tasks, ann, "ui")
        problem(await tasks.post("/api/labels", ann, json={"name": "BUG"}), 409, "label_taken")
        problem(await tasks.call("PATCH", of(other), ann, json={"name": "Bug"}), 409, "label_taken")
        await label(tasks, bob, "bug")

    async def test_another_name_is_that_of_the_tasks_too(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"member": bob})
        own = await label(tasks, ann, "bug", color="#D73A4A")
        mine = await tasks.create(ann, labels=["a", "bug"])
        both = await tasks.create(ann, labels=["bug", "defect"])
        elsewhere = await tasks.create(ann, labels=["bug"], project_id=project["id"])
        foreign = await tasks.create(bob, labels=["bug"], assignee_ids=[ann.id])
        assert (await tasks.get(of(own), ann)).json()["usage"] == 2
        (listed,) = await tasks.items("/api/labels", ann, usage=True)
        assert listed["usage"] == 2
        changed = (await tasks.call("PATCH", of(own), ann, json={"name": "defect"})).json()
        assert (changed["name"], changed["color"], changed["version"], changed["usage"]) == ("defect", "#d73a4a", 2, 2)
        for task, expected, version in (
            (mine, ["a", "defect"], 2),
            (both, ["defect"], 2),
            (elsewhere, ["bug"], 1),
            (foreign, ["bug"], 1),
        ):
            found = await tasks.read(task, ann)
            assert (found["labels"], found["version"]) == (expected, version)
            assert len(await tasks.events_of(task)) == version
        (change,) = (await tasks.events_of(mine))[-1].data.changes.values()
        assert (change.before, change.after) == (["a", "bug"], ["a", "defect"])

    async def test_merge(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"member": bob})
        one, two = [await label(tasks, ann, name, project_id=project["id"]) for name in ("bug", "defect")]
        task = await tasks.create(bob, labels=["bug"], project_id=project["id"])
        for into in (one["id"], (await label(tasks, bob, "own"))["id"], 10**15):
            refused = problem(await tasks.post(f"{of(one)}/merge", bob, json={"into": into}), 422, "validation_failed")
            assert refused["errors"][0]["pointer"] == "/into"
        merged = (await tasks.post(f"{of(one)}/merge", bob, json={"into": two["id"]})).json()
        assert (merged["id"], merged["usage"]) == (two["id"], 1)
        assert (await tasks.read(task, ann))["labels"] == ["defect"]
        problem(await tasks.get(of(one), ann), 404, "label_not_found")

    async def test_deleting_one_takes_it_from_the_tasks(self, tasks: Tasks, ann: Person) -> None:
        one, task = await label(tasks, ann, "bug"), await tasks.create(ann, labels=["bug", "ui"])
        problem(await tasks.call("DELETE", of(one), ann, headers={"If-Match": '"7"'}), 412, "version_conflict")
        assert (await tasks.call("DELETE", of(one), ann)).status_code == 204
        assert (await tasks.read(task, ann))["labels"] == ["ui"]

    async def test_of_several_changes_one_wins(self, tasks: Tasks, ann: Person) -> None:
        one, task = await label(tasks, ann, "a"), await tasks.create(ann, labels=["a"])
        answers = await asyncio.gather(
            *(tasks.call("PUT", of(one), ann, json={"name": f"n{n}"}, headers={"If-Match": '"1"'}) for n in range(5))
        )
        assert sorted(answer.status_code for answer in answers) == [200, *[412] * 4]
        (name,) = [answer.json()["name"] for answer in answers if answer.status_code == 200]
        assert (await tasks.read(task, ann))["labels"] == [name]

    @pytest.mark.parametrize(
        "body",
        [
            *({}, {"name": ""}, {"name": "x" * 51}, {"name": "a\x00"}, {"name": "x", "color": "red"}, {"name": 1}),
            *({"name": "x", "color": "#12345"}, {"name": "x", "color": "#123456\n"}, {"name": "x", "owner_id": 1}),
            *({"name": "x", "project_id": 10**15}, {"name": "x", "project_id": 0}),
        ],
    )
    async def test_wrong_bodies(self, tasks: Tasks, ann: Person, body: Json) -> None:
        problem(await tasks.post("/api/labels", ann, json=body), 422, "validation_failed")
