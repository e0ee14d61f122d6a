"""Trees of tasks go to the trash, come back and end together."""

from __future__ import annotations

import asyncio

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, path_of, problem


async def tree(tasks: Tasks, person: Person) -> list[Json]:
    """A task with two subtasks, the first of which has one as well."""
    top = await tasks.create(person, "top")
    one = await tasks.create(person, "one", parent_id=top["id"], status="completed")
    two = await tasks.create(person, "two", parent_id=top["id"])
    return [top, one, two, await tasks.create(person, "below one", parent_id=one["id"])]


async def live(tasks: Tasks, person: Person) -> list[str]:
    return sorted(t["title"] for t in await tasks.items("/api/tasks", person))


async def restore(tasks: Tasks, person: Person, task: Json) -> Json:
    answer = await tasks.post(f"{path_of(task)}/restore", person)
    assert answer.status_code == 200, answer.text
    restored: Json = answer.json()
    return restored


class TestTrees:
    async def test_go_and_come_back_together(self, tasks: Tasks, ann: Person) -> None:
        made = await tree(tasks, ann)
        top, *below = made
        assert (await tasks.delete(top, ann)).status_code == 204
        assert await live(tasks, ann) == []
        assert len(await tasks.items("/api/tasks", ann, trashed=True)) == 4
        restored = await restore(tasks, ann, top)
        assert restored["subtasks"] == {"total": 2, "completed": 1}
        assert (await tasks.events_of(top))[-1].data.task.subtasks.total == 2
        for task in below:
            now = await tasks.read(task, ann)
            assert (now["parent_id"], now["version"]) == (task["parent_id"], 3)
            assert [e.type for e in await tasks.events_of(task)] == ["task.created", "task.deleted", "task.restored"]

    async def test_what_was_there_before_stays_there(self, tasks: Tasks, ann: Person) -> None:
        top, one, two, _ = await tree(tasks, ann)
        await tasks.delete(two, ann)
        await tasks.delete(top, ann)
        await restore(tasks, ann, top)
        assert await live(tasks, ann) == ["below one", "one", "top"]
        assert (await restore(tasks, ann, two))["parent_id"] == top["id"]
        assert (await tasks.read(one, ann))["subtasks"]["total"] == 1

    async def test_a_part_comes_back_by_itself(self, tasks: Tasks, ann: Person) -> None:
        top, one, _, _ = await tree(tasks, ann)
        await tasks.delete(top, ann)
        restored = await restore(tasks, ann, one)
        assert (restored["parent_id"], restored["subtasks"]) == (None, {"total": 1, "completed": 0})
        assert (await tasks.events_of(one))[-1].data.changes["parent_id"].before == top["id"]
        assert await live(tasks, ann) == ["below one", "one"]
        assert (await restore(tasks, ann, top))["subtasks"] == {"total": 1, "completed": 0}

    async def test_a_refused_deletion_moves_nothing(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        top, *_ = await tree(tasks, ann)
        await tasks.patch(top, ann, {"assignee_ids": [bob.id]})
        problem(await tasks.delete(top, bob), 403, "task_deletion_refused")
        problem(await tasks.delete(top, ann, if_match='"1"'), 412, "version_conflict")
        assert len(await live(tasks, ann)) == 4

    async def test_while_all_of_them_change(self, tasks: Tasks, ann: Person) -> None:
        for _ in range(3):
            made = await tree(tasks, ann)
            answers = await asyncio.gather(
                *(tasks.patch(task, ann, {"status": "in_progress"}) for task in made[1:]),
                tasks.delete(made[0], ann),
                *(tasks.patch(task, ann, {"status": "completed"}) for task in made),
            )
            assert {answer.status_code for answer in answers} <= {200, 204, 404}
            assert await live(tasks, ann) == []


class TestMany:
    async def test_take_along_what_is_below_them(self, tasks: Tasks, ann: Person) -> None:
        made, other = await tree(tasks, ann), await tree(tasks, ann)
        roots = [made[0]["id"], made[1]["id"], other[1]["id"]]
        for action, rest in (("delete", ["top", "two"]), ("restore", [t["title"] for t in made + other])):
            answer = await tasks.post("/api/tasks/bulk", ann, json={"ids": roots, "action": action})
            assert answer.status_code == 200, answer.text
            assert answer.json()["changed"] == 3
            assert await live(tasks, ann) == sorted(rest)
        for top in (made[0], other[0]):
            assert (await tasks.read(top, ann))["subtasks"] == {"total": 2, "completed": 1}


class TestPurge:
    async def test_ends_what_is_in_the_trash(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        top, *_ = await tree(tasks, ann)
        path = f"{path_of(top)}?permanent=true"
        problem(await tasks.call("DELETE", path, ann), 409, "task_not_trashed")
        await tasks.delete(top, ann)
        problem(await tasks.call("DELETE", path, bob), 404, "task_not_found")
        problem(await tasks.call("DELETE", path, ann, headers={"If-Match": '"1"'}), 412, "version_conflict")
        assert (await tasks.call("DELETE", path, ann)).status_code == 204
        assert await tasks.items("/api/tasks", ann, trashed=True) == []
        problem(await tasks.post(f"{path_of(top)}/restore", ann), 404, "task_not_found")

    async def test_is_for_those_who_may_delete(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        await tasks.delete(task, ann)
        problem(await tasks.call("DELETE", f"{path_of(task)}?permanent=true", bob), 403, "task_deletion_refused")
        problem(await tasks.call("DELETE", f"{path_of(task)}?permanent=maybe", ann), 422, "validation_failed")
