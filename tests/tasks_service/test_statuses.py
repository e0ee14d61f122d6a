"""The statuses that a project has of its own, and its workflow."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, path_of, problem
from tests.tasks_service.projects import at, events_of

BOARD = (("Backlog", "todo"), ("Doing", "in_progress"), ("Review", "in_progress"), ("Shipped", "completed"))


async def board(tasks: Tasks, project: Json, owner: Person) -> dict[str, Json]:
    made = {}
    for name, category in BOARD:
        answer = await tasks.post(at(project, "/statuses"), owner, json={"name": name, "category": category})
        assert answer.status_code == 201, answer.text
        made[name] = answer.json()
    return made


async def workflow(tasks: Tasks, project: Json, owner: Person, *ways: tuple[Json, Json, list[str]]) -> None:
    body = [{"from_status_id": a["id"], "to_status_id": b["id"], "roles": roles} for a, b, roles in ways]
    answer = await tasks.call("PUT", at(project, "/transitions"), owner, json={"transitions": body})
    assert answer.status_code == 200, answer.text
    assert (await tasks.get(at(project, "/transitions"), owner)).json() == {
        "transitions": sorted(body, key=lambda way: (way["from_status_id"], way["to_status_id"]))
    }


class TestStatuses:
    async def test_are_made_listed_changed_and_deleted(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        made = await board(tasks, project, ann)
        review = made["Review"]
        path = at(project, f"/statuses/{review['id']}")
        assert [status["name"] for status in await tasks.items(at(project, "/statuses"), ann, limit=1)] == [
            name for name, _ in BOARD
        ]
        assert (await tasks.get(path, ann)).json() == review
        first = await tasks.call(
            "PATCH", path, ann, json={"position": 0, "color": "#1f883d"}, headers={"If-Match": '"1"'}
        )
        assert (first.json()["position"], first.json()["color"], first.json()["version"]) == (0, "#1f883d", 2)
        order = [status["name"] for status in await tasks.items(at(project, "/statuses"), ann)]
        assert order == ["Backlog", "Review", "Doing", "Shipped"]
        stale = await tasks.call("PATCH", path, ann, json={"name": "x"}, headers={"If-Match": '"1"'})
        problem(stale, 412, "version_conflict")
        replaced = await tasks.call("PUT", path, ann, json={"name": "Checks", "category": "TODO"})
        assert replaced.json().items() >= {"name": "Checks", "category": "todo", "color": None, "position": 0}.items()
        assert (await tasks.call("DELETE", path, ann)).status_code == 204
        problem(await tasks.get(path, ann), 404, "status_not_found")
        told = (await events_of(tasks, project))[-1]
        assert told.type == "project.updated"
        assert told.data.changes["statuses"].before["name"] == "Checks"
        assert told.version == (await tasks.get(at(project), ann)).json()["version"]

    async def test_a_name_is_there_once(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        made = await board(tasks, project, ann)
        body = {"name": "REVIEW", "category": "todo"}
        problem(await tasks.post(at(project, "/statuses"), ann, json=body), 409, "name_taken")
        path = at(project, f"/statuses/{made['Doing']['id']}")
        problem(await tasks.call("PATCH", path, ann, json={"name": "review"}), 409, "name_taken")

    async def test_there_is_room_for_so_many(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        bodies = [{"name": f"s{number}", "category": "todo"} for number in range(52)]
        answers = await asyncio.gather(*(tasks.post(at(project, "/statuses"), ann, json=body) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [201] * 50 + [409] * 2

    async def test_of_another_project_are_not_there(self, tasks: Tasks, ann: Person) -> None:
        project, other = await tasks.project(ann), await tasks.project(ann)
        status = (await board(tasks, other, ann))["Doing"]
        for method in ("GET", "PATCH", "DELETE"):
            answer = await tasks.call(method, at(project, f"/statuses/{status['id']}"), ann, json={"name": "x"})
            problem(answer, 404, "status_not_found")
        task = await tasks.create(ann, project_id=project["id"])
        refused = await tasks.patch(task, ann, {"status_id": status["id"]})
        assert problem(refused, 422, "validation_failed")["errors"][0]["pointer"] == "/status_id"


class TestTasks:
    async def test_have_the_first_of_their_category(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        before = await tasks.create(ann, project_id=project["id"])
        assert before["status_id"] is None
        made = await board(tasks, project, ann)
        for status, name in (("todo", "Backlog"), ("in_progress", "Doing"), ("completed", "Shipped")):
            task = await tasks.create(ann, project_id=project["id"], status=status)
            assert (task["status"], task["status_id"]) == (status, made[name]["id"])
        assert (await tasks.create(ann, project_id=project["id"], status="archived"))["status_id"] is None
        moved = (await tasks.patch(before, ann, {"status": "in_progress"})).json()
        assert moved["status_id"] == made["Doing"]["id"]

    async def test_one_sets_the_other(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        made = await board(tasks, project, ann)
        task = await tasks.create(ann, project_id=project["id"], status_id=made["Review"]["id"])
        assert task["status"] == "in_progress"
        shipped = (await tasks.patch(task, ann, {"status_id": made["Shipped"]["id"]})).json()
        assert (shipped["status"], shipped["completed_at"] is None) == ("completed", False)
        changes = (await tasks.events_of(task))[-1].data.changes
        assert {name: change.after for name, change in changes.items()} == {
            "status": "completed",
            "status_id": made["Shipped"]["id"],
        }
        back = (await tasks.put(task, ann, {"title": "x", "status_id": made["Review"]["id"]})).json()
        assert (back["status"], back["status_id"]) == ("in_progress", made["Review"]["id"])
        same = (await tasks.patch(task, ann, {"status": "in_progress"})).json()
        assert same["status_id"] == made["Review"]["id"], "it has one of the category already"
        both = await tasks.patch(task, ann, {"status": "todo", "status_id": made["Review"]["id"]})
        problem(both, 422, "validation_failed")
        problem(await tasks.patch(task, ann, {"status_id": 10**9}), 422, "validation_failed")

    async def test_are_found_by_their_column(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        before = await tasks.create(ann, project_id=project["id"])
        made = await board(tasks, project, ann)
        inside = await tasks.create(ann, project_id=project["id"], status_id=made["Review"]["id"])
        for written, expected in (
            (f"status_id={made['Review']['id']}", inside),
            ('column = "review"', inside),
            (f"column is empty and project={project['id']}", before),
            (f"column=Backlog or (column is empty and status=todo and project={project['id']})", before),
        ):
            found = await tasks.items("/api/tasks", ann, filter=written)
            assert [task["id"] for task in found] == [expected["id"]], written
        assert await tasks.items("/api/tasks", ann, filter="column=Nowhere") == []

    async def test_outside_of_projects_have_none(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        made = await board(tasks, project, ann)
        problem(
            await tasks.patch(await tasks.create(ann), ann, {"status_id": made["Doing"]["id"]}),
            422,
            "validation_failed",
        )
        task = await tasks.create(ann, project_id=project["id"], status_id=made["Review"]["id"])
        outside = (await tasks.patch(task, ann, {"project_id": None})).json()
        assert (outside["status"], outside["status_id"]) == ("in_progress", None)
        inside = (await tasks.patch(task, ann, {"project_id": project["id"]})).json()
        assert (inside["status"], inside["status_id"]) == ("in_progress", made["Doing"]["id"])

    async def test_keep_the_category_of_their_status_whatever_writes_them(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        made = await board(tasks, project, ann)
        task = await tasks.create(ann, project_id=project["id"])
        await tasks.session().execute("UPDATE tasks SET status = 'completed' WHERE id = $1", task["id"])
        assert (await tasks.read(task, ann))["status_id"] == made["Shipped"]["id"]


class TestDelete:
    async def test_is_refused_while_tasks_have_it(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        made = await board(tasks, project, ann)
        task = await tasks.create(ann, project_id=project["id"], status_id=made["Review"]["id"])
        trashed = await tasks.create(ann, project_id=project["id"], status_id=made["Review"]["id"])
        await tasks.delete(trashed, ann)
        path = at(project, f"/statuses/{made['Review']['id']}")
        problem(await tasks.call("DELETE", path, ann), 409, "status_in_use")
        problem(await tasks.call("PATCH", path, ann, json={"category": "todo"}), 409, "status_in_use")
        for wrong in (made["Review"]["id"], 10**9):
            refused = await tasks.call("DELETE", f"{path}?replace_with={wrong}", ann)
            assert problem(refused, 422, "validation_failed")["errors"][0]["pointer"] == "/replace_with"
        answer = await tasks.call("DELETE", f"{path}?replace_with={made['Shipped']['id']}", ann)
        assert answer.status_code == 204, answer.text
        after = await tasks.read(task, ann)
        assert (after["status"], after["status_id"], after["version"]) == ("completed", made["Shipped"]["id"], 2)
        assert after["completed_at"] is not None
        changes = (await tasks.events_of(task))[-1].data.changes
        assert {name: (change.before, change.after) for name, change in changes.items()} == {
            "status": ("in_progress", "completed"),
            "status_id": (made["Review"]["id"], made["Shipped"]["id"]),
        }
        restored = await tasks.post(path_of(trashed) + "/restore", ann)
        assert restored.json()["status_id"] == made["Shipped"]["id"]

    async def test_while_tasks_are_given_it(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        made = await board(tasks, project, ann)
        review = made["Review"]["id"]
        some = [await tasks.create(ann, project_id=project["id"]) for _ in range(6)]
        answers = await asyncio.gather(
            *(tasks.patch(task, ann, {"status_id": review}) for task in some[:3]),
            tasks.call("DELETE", at(project, f"/statuses/{review}?replace_with={made['Doing']['id']}"), ann),
            *(tasks.patch(task, ann, {"status_id": review}) for task in some[3:]),
        )
        assert {answer.status_code for answer in answers} <= {200, 204, 422}
        own = {status["id"] for status in await tasks.items(at(project, "/statuses"), ann)}
        found = await tasks.items(at(project, "/tasks"), ann)
        assert review not in own
        assert all(task["status_id"] in own for task in found)


class TestWorkflow:
    async def test_lets_tasks_go_its_ways_only(self, tasks: Tasks, ann: Person, bob: Person, admin: Person) -> None:
        project = await tasks.project(ann, members={"member": bob})
        made = await board(tasks, project, ann)
        backlog, doing, review, shipped = (made[name] for name, _ in BOARD)
        ways = ((backlog, doing, []), (doing, review, []), (review, shipped, ["owner"]), (review, doing, []))
        await workflow(tasks, project, ann, *ways)
        task = await tasks.create(bob, project_id=project["id"])
        for body in ({"status_id": shipped["id"]}, {"status": "completed"}, {"status": "archived"}):
            problem(await tasks.patch(task, bob, body), 409, "transition_not_allowed")
            problem(await tasks.put(task, bob, {"title": "x", **body}), 409, "transition_not_allowed")
        assert (await tasks.patch(task, bob, {"status": "in_progress"})).json()["status_id"] == doing["id"]
        assert (await tasks.patch(task, bob, {"status_id": review["id"], "title": "y"})).status_code == 200
        problem(await tasks.patch(task, bob, {"status_id": shipped["id"]}), 409, "transition_not_allowed")
        assert (await tasks.patch(task, bob, {"title": "z", "status_id": review["id"]})).status_code == 200
        assert (await tasks.patch(task, ann, {"status": "completed"})).json()["status_id"] == shipped["id"]
        problem(await tasks.patch(task, ann, {"status": "todo"}), 409, "transition_not_allowed")
        assert (await tasks.patch(task, admin, {"status": "todo"})).status_code == 200

    async def test_takes_the_first_status_that_can_be_reached(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        made = await board(tasks, project, ann)
        await workflow(tasks, project, ann, (made["Backlog"], made["Review"], []))
        task = await tasks.create(ann, project_id=project["id"])
        assert (await tasks.patch(task, ann, {"status": "in_progress"})).json()["status_id"] == made["Review"]["id"]

    async def test_without_ways_everything_goes(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        made = await board(tasks, project, ann)
        await workflow(tasks, project, ann, (made["Backlog"], made["Doing"], []))
        await workflow(tasks, project, ann)
        task = await tasks.create(ann, project_id=project["id"])
        assert (await tasks.patch(task, ann, {"status": "archived"})).status_code == 200

    async def test_names_statuses_of_the_project(self, tasks: Tasks, ann: Person) -> None:
        project, other = await tasks.project(ann), await tasks.project(ann)
        own, foreign = await board(tasks, project, ann), await board(tasks, other, ann)
        way = {"from_status_id": own["Doing"]["id"], "to_status_id": foreign["Doing"]["id"]}
        answer = await tasks.call("PUT", at(project, "/transitions"), ann, json={"transitions": [way]})
        assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == "/transitions/0/to_status_id"

    @pytest.mark.parametrize("role", ["member", "viewer"])
    async def test_is_not_for_those_who_do_not_maintain(
        self, tasks: Tasks, ann: Person, bob: Person, role: str
    ) -> None:
        project = await tasks.project(ann, members={role: bob})
        status = (await board(tasks, project, ann))["Doing"]
        path = at(project, f"/statuses/{status['id']}")
        for method, address, body in (
            ("POST", at(project, "/statuses"), {"name": "x", "category": "todo"}),
            ("PUT", path, {"name": "x", "category": "todo"}),
            ("PATCH", path, {"name": "x"}),
            ("DELETE", path, None),
            ("PUT", at(project, "/transitions"), {"transitions": []}),
        ):
            problem(await tasks.call(method, address, bob, json=body), 403, "project_change_refused")
        assert (await tasks.get(path, bob)).status_code == 200
