"""What comes along when a task that recurs is completed."""

from __future__ import annotations

from typing import Any

from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of


async def completed(tasks: Tasks, person: Person, task: Json) -> Json:
    """The task that follows."""
    answer = await tasks.patch(task, person, {"status": "completed"})
    assert answer.status_code == 200, answer.text
    found = [
        t for t in await tasks.items("/api/tasks", person) if t["title"] == task["title"] and t["id"] != task["id"]
    ]
    return max(found, key=lambda t: int(t["id"]))


async def below(tasks: Tasks, person: Person, task: Json) -> dict[str, Json]:
    found = await tasks.items("/api/tasks", person, parent_id=task["id"])
    return {one["title"]: one for one in found}


async def weekly(tasks: Tasks, person: Person, **fields: Any) -> Json:
    return await tasks.create(person, "Clean", due_date="2026-03-02", recurrence="FREQ=WEEKLY", **fields)


class TestSubtasks:
    async def test_come_along_to_do(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await weekly(tasks, ann)
        given: Json = {"labels": ["home"], "assignee_ids": [bob.id], "estimate_minutes": 5, "priority": "low"}
        kitchen = await tasks.create(ann, "kitchen", parent_id=task["id"], due_date="2026-03-01", **given)
        bath = await tasks.create(bob, "bath", parent_id=kitchen["id"], blocked_by=[kitchen["id"]])
        await tasks.patch(kitchen, ann, {"status": "completed"})
        following = await completed(tasks, ann, task)
        assert following["subtasks"] == {"total": 1, "completed": 0}
        again = (await below(tasks, ann, following))["kitchen"]
        assert {name: again[name] for name in given} == given
        assert (again["status"], again["due_date"], again["version"]) == ("todo", "2026-03-08", 1)
        deeper = (await below(tasks, bob, again))["bath"]
        assert (deeper["blocked_by"], deeper["created_by"], deeper["due_date"]) == ([again["id"]], bob.id, None)
        assert [event.type for event in await tasks.events_of(deeper)] == ["task.created"]
        assert (await tasks.read(task, ann))["subtasks"] == {"total": 1, "completed": 1}
        assert (await tasks.read(bath, bob))["parent_id"] == kitchen["id"]

    async def test_come_along_but_for_those_that_ended(self, tasks: Tasks, ann: Person) -> None:
        task = await weekly(tasks, ann)
        await tasks.create(ann, "archived", parent_id=task["id"], status="archived")
        trashed = await tasks.create(ann, "trashed", parent_id=task["id"])
        await tasks.delete(trashed, ann)
        daily = await tasks.create(ann, "daily", parent_id=task["id"], due_date="2026-03-02", recurrence="FREQ=DAILY")
        await tasks.patch(daily, ann, {"status": "completed"})
        assert len(await tasks.items("/api/tasks", ann, parent_id=task["id"])) == 3
        following = await completed(tasks, ann, task)
        (left,) = await tasks.items("/api/tasks", ann, parent_id=following["id"])
        assert (left["title"], left["due_date"], left["recurrence"]) == ("daily", "2026-03-10", "FREQ=DAILY")

    async def test_get_keys_of_their_projects_without_a_gap(self, tasks: Tasks, ann: Person) -> None:
        here, there = await tasks.project(ann), await tasks.project(ann)
        task = await weekly(tasks, ann, project_id=here["id"])
        for title, project in (("a", here), ("b", here), ("c", there)):
            await tasks.create(ann, title, parent_id=task["id"], project_id=project["id"])
        following = await completed(tasks, ann, task)
        copies = await below(tasks, ann, following)
        assert following["key"] == f"{here['key']}-4"
        assert [copies[title]["key"] for title in "abc"] == [
            f"{here['key']}-5",
            f"{here['key']}-6",
            f"{there['key']}-2",
        ]
        assert (await tasks.create(ann, project_id=here["id"]))["key"] == f"{here['key']}-7"

    async def test_of_many_at_once_as_well(self, tasks: Tasks, ann: Person) -> None:
        made = [await weekly(tasks, ann) for _ in range(3)]
        for task in made:
            await tasks.create(ann, "below", parent_id=task["id"])
        body = {"ids": [task["id"] for task in made], "action": "update", "set": {"status": "completed"}}
        assert (await tasks.post("/api/tasks/bulk", ann, json=body)).status_code == 200
        open_ones = await tasks.items("/api/tasks", ann, status="todo")
        assert sorted(t["title"] for t in open_ones) == ["Clean"] * 3 + ["below"] * 6


class TestPeople:
    async def test_who_watches_goes_on_watching(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        task = await weekly(tasks, ann, project_id=project["id"])
        child = await tasks.create(ann, "child", parent_id=task["id"])
        for watched in (task, child):
            assert (await tasks.post(f"{path_of(watched)}/watchers", bob, json={})).status_code == 201
        following = await completed(tasks, ann, task)
        for later in (following, (await below(tasks, ann, following))["child"]):
            assert [w["user_id"] for w in await tasks.items(f"{path_of(later)}/watchers", ann)] == [bob.id]

    async def test_who_is_not_active_any_more_is_not_assigned(
        self, tasks: Tasks, fake_users: FakeUsers, ann: Person
    ) -> None:
        gone = fake_users.register()
        task = await weekly(tasks, ann, assignee_ids=[gone.id, ann.id])
        await tasks.create(ann, "child", parent_id=task["id"], assignee_ids=[gone.id])
        await tasks.session().execute("UPDATE people SET is_active = false WHERE id = $1", gone.id)
        following = await completed(tasks, ann, task)
        assert following["assignee_ids"] == [ann.id]
        assert (await below(tasks, ann, following))["child"]["assignee_ids"] == []
