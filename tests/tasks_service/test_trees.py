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

    async def test_a_part_comes_back_by_itself(self, tasks: Tasks, ann: Person) -> None:
        top, one, _, below = await tree(tasks, ann)
        await tasks.delete(top, ann)
        answer = await tasks.post("/api/tasks/bulk", ann, json={"ids": [one["id"]], "action": "restore"})
        assert answer.status_code == 200, answer.text
        assert ((await tasks.read(one, ann))["parent_id"], await live(tasks, ann)) == (None, ["below one", "one"])
        assert (await tasks.read(below, ann))["parent_id"] == one["id"]
        assert (await restore(tasks, ann, top))["subtasks"]["total"] == 1  # "two"


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


class TestDeleteAll:
    async def test_takes_trees_that_come_back_as_trees(self, tasks: Tasks, ann: Person) -> None:
        made, other = await tree(tasks, ann), await tree(tasks, ann)
        answer = await tasks.call("DELETE", "/api/tasks", ann, params={"confirm": "true"})
        assert answer.json() == {"changed": 8, "has_more": False}
        assert await live(tasks, ann) == []
        await restore(tasks, ann, made[0])
        assert await live(tasks, ann) == ["below one", "one", "top", "two"]
        assert (await restore(tasks, ann, other[1]))["parent_id"] is None
        assert {t["version"] for t in await tasks.items("/api/tasks", ann)} == {3}

    async def test_with_a_filter_takes_what_is_below(self, tasks: Tasks, ann: Person) -> None:
        made = await tree(tasks, ann)
        query = {"confirm": "true", "status": "completed"}
        assert (await tasks.call("DELETE", "/api/tasks", ann, params=query)).json()["changed"] == 2
        assert await live(tasks, ann) == ["top", "two"]
        assert (await tasks.read(made[0], ann))["subtasks"] == {"total": 1, "completed": 0}


class TestProjects:
    async def test_do_not_take_what_is_elsewhere(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        top = await tasks.create(ann, "top", project_id=project["id"])
        elsewhere = await tasks.create(ann, "elsewhere", parent_id=top["id"], project_id=None)
        inside = await tasks.create(ann, "inside", parent_id=top["id"])
        path = f"/api/projects/{project['id']}"
        assert (await tasks.call("DELETE", path, ann)).status_code == 204
        now = await tasks.read(elsewhere, ann)
        assert (now["parent_id"], now["version"]) == (None, 2)
        assert (await tasks.events_of(elsewhere))[-1].data.changes["parent_id"].before == top["id"]
        assert (await tasks.post(f"{path}/restore", ann)).status_code == 200
        assert (await tasks.read(inside, ann))["parent_id"] == top["id"]

    async def test_come_back_without_parents_that_went_meanwhile(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        top = await tasks.create(ann, "top")
        child = await tasks.create(ann, "child", parent_id=top["id"], project_id=project["id"])
        path = f"/api/projects/{project['id']}"
        assert (await tasks.call("DELETE", path, ann)).status_code == 204
        await tasks.delete(top, ann)
        assert (await tasks.post(f"{path}/restore", ann)).status_code == 200
        assert (await tasks.read(child, ann))["parent_id"] is None
        assert (await restore(tasks, ann, top))["subtasks"]["total"] == 0

    async def test_in_the_trash_keep_what_went_with_a_parent_elsewhere(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        top = await tasks.create(ann, "top")
        child = await tasks.create(ann, "child", parent_id=top["id"], project_id=project["id"])
        await tasks.delete(top, ann)
        path = f"/api/projects/{project['id']}"
        assert (await tasks.call("DELETE", path, ann)).status_code == 204
        assert (await restore(tasks, ann, top))["subtasks"]["total"] == 0
        problem(await tasks.post(f"{path_of(child)}/restore", ann), 409, "project_trashed")
        assert (await tasks.post(f"{path}/restore", ann)).status_code == 200
        assert (await restore(tasks, ann, child))["parent_id"] == top["id"]


class TestAtTheSameMoment:
    async def test_a_subtask_goes_with_its_parent_or_is_refused(self, tasks: Tasks, ann: Person) -> None:
        """Whoever comes first: nothing that is there has a parent in the trash."""
        for _ in range(15):
            top = await tasks.create(ann, "top")
            middle = await tasks.create(ann, "middle", parent_id=top["id"])
            stray = await tasks.create(ann, "stray")
            bulk = {"create": [{"title": "child", "parent_id": top["id"]}], "atomic": False}
            answers = await asyncio.gather(
                *(tasks.post("/api/tasks", ann, json={"title": "x", "parent_id": middle["id"]}) for _ in range(3)),
                tasks.delete(top, ann),
                tasks.post("/api/tasks/bulk", ann, json=bulk),
                tasks.patch(stray, ann, {"parent_id": middle["id"]}),
            )
            assert {answer.status_code for answer in answers} <= {200, 201, 204, 422}
            assert answers[3].status_code == 204
            assert await live(tasks, ann) in ([], ["stray"])
            await tasks.call("DELETE", "/api/tasks", ann, params={"confirm": "true"})

    async def test_a_task_gets_its_first_subtask_or_ends(self, tasks: Tasks, ann: Person) -> None:
        for _ in range(15):
            task = await tasks.create(ann, "top")
            await asyncio.gather(
                tasks.delete(task, ann), tasks.post("/api/tasks", ann, json={"title": "x", "parent_id": task["id"]})
            )
            assert await live(tasks, ann) == []

    async def test_a_subtask_comes_back_without_a_parent_that_goes(self, tasks: Tasks, ann: Person) -> None:
        for _ in range(15):
            task = await tasks.create(ann, "top")
            child = await tasks.create(ann, "child", parent_id=task["id"])
            await tasks.delete(child, ann)
            answers = await asyncio.gather(tasks.delete(task, ann), tasks.post(f"{path_of(child)}/restore", ann))
            assert [answer.status_code for answer in answers] == [204, 200]
            for left in await tasks.items("/api/tasks", ann):
                assert left["parent_id"] is None
            await tasks.call("DELETE", "/api/tasks", ann, params={"confirm": "true"})
