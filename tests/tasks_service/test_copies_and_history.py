"""Copies, changes that are taken back, and previews of recurrence."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import FULL, Json, Tasks, path_of, problem


async def duplicate(tasks: Tasks, person: Person, task: Json, **body: Any) -> Json:
    answer = await tasks.post(f"{path_of(task)}/duplicate", person, json=body)
    assert answer.status_code == 201, answer.text
    copy: Json = answer.json()
    assert answer.headers["location"] == path_of(copy)
    return copy


class TestDuplicate:
    async def test_is_a_new_task_to_do(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"member": bob})
        task = await tasks.create(ann, **{**FULL, "assignee_ids": [bob.id], "project_id": project["id"]})
        copy = await duplicate(tasks, bob, task)
        same = ("title", "description", "priority", "due_date", "labels", "assignee_ids", "project_id")
        assert {name: copy[name] for name in same} == {name: task[name] for name in same}
        assert (copy["status"], copy["created_by"], copy["version"]) == ("todo", bob.id, 1)
        assert copy["key"] not in (None, task["key"])
        bare = await duplicate(tasks, ann, task, include=[], title="Other")
        assert (bare["title"], bare["labels"], bare["assignee_ids"], bare["due_date"]) == ("Other", [], [], None)

    async def test_with_what_is_below(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        top = await tasks.create(ann, "top", assignee_ids=[bob.id])
        one = await tasks.create(ann, "one", parent_id=top["id"], status="completed")
        await tasks.create(ann, "two", parent_id=one["id"])
        hidden = await tasks.create(bob, "hidden", parent_id=top["id"])
        assert (await duplicate(tasks, ann, top, include=[]))["subtasks"]["total"] == 0
        copy = await duplicate(tasks, ann, top, include=["subtasks"])
        assert copy["subtasks"] == {"total": 1, "completed": 0}
        (child,) = await tasks.items("/api/tasks", ann, parent_id=copy["id"])
        (grandchild,) = await tasks.items("/api/tasks", ann, parent_id=child["id"])
        assert (child["title"], child["status"], grandchild["title"]) == ("one", "todo", "two")
        assert len(await tasks.events_of(child)) == 1
        assert (await tasks.read(hidden, bob))["version"] == 1

    async def test_leaves_out_who_cannot_be_assigned_any_more(
        self, tasks: Tasks, fake_users: FakeUsers, ann: Person
    ) -> None:
        gone = fake_users.register()
        task = await tasks.create(ann, assignee_ids=[gone.id, ann.id])
        await tasks.session().execute("UPDATE people SET is_active = false WHERE id = $1", gone.id)
        assert (await duplicate(tasks, ann, task))["assignee_ids"] == [ann.id]

    async def test_needs_the_right_to_make_one_there(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        task, foreign = await tasks.create(ann, project_id=project["id"]), await tasks.create(ann)
        problem(await tasks.post(f"{path_of(task)}/duplicate", bob, json={}), 403, "project_place_refused")
        problem(await tasks.post(f"{path_of(foreign)}/duplicate", bob, json={}), 404, "task_not_found")
        wrong = await tasks.post(f"{path_of(task)}/duplicate", ann, json={"include": ["secrets"]})
        problem(wrong, 422, "validation_failed")


async def entries(tasks: Tasks, person: Person, task: Json) -> list[Json]:
    """The oldest first."""
    return (await tasks.items(f"{path_of(task)}/activity", person))[::-1]


async def revert(tasks: Tasks, person: Person, task: Json, entry: Any, **headers: str) -> Any:
    return await tasks.post(f"{path_of(task)}/activity/{entry}/revert", person, headers=headers)


class TestRevert:
    async def test_gives_the_former_values(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, **{**FULL, "assignee_ids": [bob.id]})
        changed = {"title": "x", "due_date": None, "labels": [], "assignee_ids": [], "status": "completed"}
        await tasks.patch(task, ann, changed)
        await tasks.patch(task, ann, {"priority": "low"})
        change = (await entries(tasks, ann, task))[1]
        answer = await revert(tasks, ann, task, change["id"])
        assert answer.status_code == 200, answer.text
        reverted = answer.json()
        assert {name: reverted[name] for name in changed} == {name: task[name] for name in changed}
        assert (reverted["priority"], reverted["version"], answer.headers["etag"]) == ("low", 4, '"4"')
        after = await entries(tasks, ann, task)
        assert len(after) == 4
        assert after[1] == change
        assert after[3]["changes"]["title"] == {"from": "x", "to": task["title"]}

    async def test_not_what_was_changed_since(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        await tasks.patch(task, ann, {"title": "a"})
        await tasks.patch(task, ann, {"title": "b"})
        created, first, second = await entries(tasks, ann, task)
        assert problem(await revert(tasks, ann, task, first["id"]), 409, "change_overtaken")["fields"] == ["title"]
        problem(await revert(tasks, ann, task, created["id"]), 409, "nothing_to_revert")
        problem(await revert(tasks, ann, task, second["id"], **{"If-Match": '"1"'}), 412, "version_conflict")
        assert (await revert(tasks, ann, task, second["id"])).json()["title"] == "a"

    async def test_by_who_may_change_the_task(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        task, other = await tasks.create(ann, project_id=project["id"]), await tasks.create(ann)
        await tasks.patch(task, ann, {"title": "a"})
        change = (await entries(tasks, ann, task))[1]
        problem(await revert(tasks, bob, task, change["id"]), 403, "task_change_refused")
        problem(await revert(tasks, bob, other, change["id"]), 404, "task_not_found")
        problem(await revert(tasks, ann, other, change["id"]), 404, "activity_not_found")
        problem(await revert(tasks, ann, task, uuid4()), 404, "activity_not_found")
        problem(await revert(tasks, ann, task, "x"), 422, "validation_failed")


class TestPreview:
    async def test_of_a_rule(self, tasks: Tasks, ann: Person) -> None:
        body = {"recurrence": "FREQ=MONTHLY;BYMONTHDAY=31", "due_date": "2026-01-31", "count": 2}
        answer = await tasks.post("/api/tasks/recurrence/preview", ann, json=body)
        assert answer.json() == {"dates": ["2026-03-31", "2026-05-31"]}
        answer = await tasks.post("/api/tasks/recurrence/preview", ann, json={"recurrence": "FREQ=DAILY"})
        assert len(answer.json()["dates"]) == 10

    async def test_of_a_task(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, due_date="2026-03-28", recurrence="FREQ=DAILY;COUNT=3")
        path = f"{path_of(task)}/recurrence/preview"
        assert (await tasks.get(path, ann)).json() == {"dates": ["2026-03-29", "2026-03-30"]}
        assert (await tasks.get(path, ann, params={"count": 1})).json() == {"dates": ["2026-03-29"]}
        problem(await tasks.get(path, bob), 404, "task_not_found")
        plain = await tasks.create(ann)
        assert (await tasks.get(f"{path_of(plain)}/recurrence/preview", ann)).json() == {"dates": []}

    @pytest.mark.parametrize(
        "body",
        [
            *({}, {"recurrence": "FREQ=MINUTELY"}, {"recurrence": "FREQ=DAILY", "count": 0}),
            *({"recurrence": "FREQ=DAILY", "count": 101}, {"recurrence": "FREQ=DAILY", "due_date": "tomorrow"}),
        ],
    )
    async def test_wrong_bodies(self, tasks: Tasks, ann: Person, body: Json) -> None:
        problem(await tasks.post("/api/tasks/recurrence/preview", ann, json=body), 422, "validation_failed")
