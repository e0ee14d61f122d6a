"""Projects: made, changed, archived, thrown away and brought back; keys without gaps."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of, problem
from tests.tasks_service.projects import at, events_of


class TestCreateProject:
    async def test_makes_the_caller_its_owner(self, tasks: Tasks, ann: Person) -> None:
        body = {"key": "WEB", "name": "Website", "description": "What the world sees."}
        answer = await tasks.post("/api/projects", ann, json=body)
        assert answer.status_code == 201
        project = answer.json()
        assert {name: project[name] for name in body} == body
        assert (project["role"], project["archived"], project["version"]) == ("owner", False, 1)
        assert (answer.headers["location"], answer.headers["etag"]) == (at(project), '"1"')
        assert (await tasks.get(at(project), ann)).json() == project
        (made,) = await events_of(tasks, project)
        assert (made.type, made.audience, made.version, made.actor) == ("project.created", [ann.id], 1, ann.id)

    async def test_a_key_is_given_once(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        await tasks.project(ann, key="ONCE")
        problem(await tasks.post("/api/projects", bob, json={"name": "x", "key": "ONCE"}), 409, "project_key_taken")

    @pytest.mark.parametrize("key", ["", "A", "web", "1AB", "WEB-1", "ABCDEFGHIJK", "WÉB", "WEB\n", "A B", None, 7])
    async def test_what_is_no_key(self, tasks: Tasks, ann: Person, key: object) -> None:
        answer = await tasks.post("/api/projects", ann, json={"name": "x", "key": key})
        if key is None:
            assert answer.status_code == 201
        else:
            assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == "/key"

    async def test_a_key_is_made_of_the_name(self, tasks: Tasks, ann: Person) -> None:
        names = ["Crème Zürich", "crème zürich", "Quartz", "J", "雪 7 J", "Q W E R T Y U I O P A S"]
        keys = [(await tasks.project(ann, name))["key"] for name in names]
        assert keys[:3] + keys[5:] == ["CZ", "CZ2", "QUA", "QWERTYU"]
        assert {key[:2] for key in keys[3:5]} == {"PR"}, "which stands for a name without letters"

    async def test_many_of_one_name_at_once(self, tasks: Tasks, ann: Person) -> None:
        made = await asyncio.gather(*(tasks.project(ann, "Zebra Xylophone") for _ in range(8)))
        assert len({project["key"] for project in made}) == 8


class TestKeys:
    async def test_have_no_gap_and_no_double(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, key="RACE", members={"member": bob})
        people = [ann, bob] * 25
        made = await asyncio.gather(*(tasks.create(who, project_id=project["id"]) for who in people))
        assert sorted(int(task["key"].removeprefix("RACE-")) for task in made) == list(range(1, 51))

    async def test_of_many_tasks_at_once_follow_each_other(self, tasks: Tasks, ann: Person) -> None:
        one, two = await tasks.project(ann, key="MANY"), await tasks.project(ann, key="MORE")
        places = [one["id"], two["id"], None, one["id"], one["id"]]
        bodies = [{"title": f"t{number}", "project_id": place} for number, place in enumerate(places)]
        body = {"create": bodies}
        answers = await asyncio.gather(*(tasks.post("/api/tasks/bulk", ann, json=body) for _ in range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4
        found = sorted(int(t["key"].removeprefix("MANY-")) for t in await tasks.items(at(one, "/tasks"), ann))
        assert found == list(range(1, 13))
        assert (await tasks.create(ann, project_id=two["id"]))["key"] == "MORE-5"

    async def test_a_refused_task_takes_no_number(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann, key="REF")
        for body in ({"title": ""}, {"title": "x", "assignee_ids": [10**9]}):
            assert (await tasks.post(at(project, "/tasks"), ann, json=body)).status_code == 422
        assert (await tasks.create(ann, project_id=project["id"]))["key"] == "REF-1"

    async def test_another_project_gives_another_key(self, tasks: Tasks, ann: Person) -> None:
        one, two = await tasks.project(ann, key="ONE"), await tasks.project(ann, key="TWO")
        task = await tasks.create(ann)
        assert (task["key"], task["project_id"]) == (None, None)
        moved = (await tasks.patch(task, ann, {"project_id": one["id"]})).json()
        assert (moved["key"], moved["version"]) == ("ONE-1", 2)
        moved = (await tasks.patch(task, ann, {"project_id": two["id"], "title": "New"})).json()
        assert (moved["key"], moved["title"], moved["version"]) == ("TWO-1", "New", 3)
        assert (await tasks.create(ann, project_id=one["id"]))["key"] == "ONE-2"
        changes = [event.data.changes for event in await tasks.events_of(task)]
        assert changes[1]["project_id"].after == one["id"]
        gone = (await tasks.patch(task, ann, {"project_id": None})).json()
        assert (gone["key"], gone["project_id"]) == (None, None)

    async def test_of_those_who_move_a_task_at_once_one_wins_and_no_number_is_lost(
        self, tasks: Tasks, ann: Person
    ) -> None:
        project = await tasks.project(ann, key="MOVE")
        task = await tasks.create(ann)
        answers = await asyncio.gather(
            *(tasks.patch(task, ann, {"project_id": project["id"]}, if_match='"1"') for _ in range(8))
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
        assert (await tasks.read(task, ann))["key"] == "MOVE-1"
        assert (await tasks.create(ann, project_id=project["id"]))["key"] == "MOVE-2"

    async def test_put_leaves_a_task_in_its_project(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        task = await tasks.create(ann, project_id=project["id"])
        assert (await tasks.put(task, ann, {"title": "New"})).json()["key"] == task["key"]
        assert (await tasks.put(task, ann, {"title": "New", "project_id": None})).json()["key"] is None

    async def test_a_projects_key_stays_once_there_was_a_task(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann, key="OLD")
        changed = await tasks.call("PATCH", at(project), ann, json={"key": "NEW"})
        assert changed.json()["key"] == "NEW"
        task = await tasks.create(ann, project_id=project["id"])
        await tasks.delete(task, ann)
        problem(await tasks.call("PATCH", at(project), ann, json={"key": "OLD"}), 409, "project_key_in_use")
        assert (await tasks.call("PATCH", at(project), ann, json={"key": "NEW"})).status_code == 200
        other = await tasks.project(ann)
        problem(await tasks.call("PATCH", at(other), ann, json={"key": "NEW"}), 409, "project_key_taken")


class TestChangeProject:
    async def test_patch_changes_what_is_named(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann, "Before", description="Words")
        for body, expected in (
            ({"name": "After"}, {"name": "After"}),
            ({"description": None}, {"description": ""}),
            ({"archived": True, "is_template": True}, {"archived": True, "is_template": True}),
            ({}, {}),
        ):
            answer = await tasks.call("PATCH", at(project), ann, json=body)
            after = answer.json()
            expected = {**project, **expected, "version": project["version"] + 1, "updated_at": after["updated_at"]}
            assert after == expected
            project = after
        recorded = await events_of(tasks, project)
        assert [event.version for event in recorded] == [1, 2, 3, 4, 5]
        assert recorded[1].data.changes["name"].after == "After"  # type: ignore[union-attr]

    async def test_put_replaces(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann, description="Words", archived=True)
        after = (await tasks.call("PUT", at(project), ann, json={"name": "New"})).json()
        assert (after["name"], after["description"], after["archived"]) == ("New", "", False)
        assert after["key"] == project["key"]

    async def test_of_those_who_change_the_same_version_one_wins(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        answers = await asyncio.gather(
            *(
                tasks.call("PATCH", at(project), ann, json={"name": f"n{n}"}, headers={"If-Match": '"1"'})
                for n in range(6)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5
        again = await tasks.get(at(project), ann, headers={"If-None-Match": '"2"'})
        assert again.status_code == 304

    @pytest.mark.parametrize(
        "body", [{"key": None}, {"name": None}, {"name": " "}, {"archived": None}, {"archived": "yes"}, {"role": "x"}]
    )
    async def test_what_cannot_be(self, tasks: Tasks, ann: Person, body: Json) -> None:
        project = await tasks.project(ann)
        problem(await tasks.call("PATCH", at(project), ann, json=body), 422, "validation_failed")


class TestArchivedProjects:
    async def test_are_read_only(self, tasks: Tasks, ann: Person, admin: Person) -> None:
        project = await tasks.project(ann)
        task, trashed, outside = [await tasks.create(ann, project_id=project["id"]) for _ in range(3)]
        await tasks.delete(trashed, ann)
        await tasks.patch(outside, ann, {"project_id": None})
        await tasks.call("PATCH", at(project), ann, json={"archived": True})
        for who in (ann, admin):
            for answer in (
                await tasks.patch(task, who, {"title": "x"}),
                await tasks.patch(task, who, {"project_id": None}),
                await tasks.put(task, who, {"title": "x"}),
                await tasks.delete(task, who),
                await tasks.post(path_of(trashed) + "/restore", who),
                await tasks.patch(outside, who, {"project_id": project["id"]}),
                await tasks.post(at(project, "/tasks"), who, json={"title": "x"}),
            ):
                problem(answer, 409, "project_archived")
        assert (await tasks.read(task, ann))["version"] == 1
        await tasks.call("PATCH", at(project), ann, json={"archived": False})
        assert (await tasks.patch(task, ann, {"title": "x"})).status_code == 200

    async def test_are_not_in_the_list_unless_asked_for(self, tasks: Tasks, ann: Person) -> None:
        shown, hidden = await tasks.project(ann), await tasks.project(ann, archived=True)
        assert await tasks.items("/api/projects", ann) == [shown]
        assert await tasks.items("/api/projects", ann, archived=True) == [hidden]


class TestListProjects:
    async def test_shows_ones_own_page_by_page(self, tasks: Tasks, fake_users: FakeUsers) -> None:
        ann, eve = fake_users.register(), fake_users.register()
        made = [await tasks.project(ann, f"{name} of many") for name in ("Delta", "alpha", "Charlie", "bravo")]
        await tasks.project(eve, "Alpha of another")
        names = [project["name"] for project in made]
        expected = {
            "created_at": names,
            "-created_at": names[::-1],
            "name": ["alpha of many", "bravo of many", "Charlie of many", "Delta of many"],
            "-key": [p["name"] for p in sorted(made, key=lambda p: str(p["key"]), reverse=True)],
        }
        for sort, order in expected.items():
            found = await tasks.items("/api/projects", ann, sort=sort, limit=1)
            assert [project["name"] for project in found] == order
        page = (await tasks.get("/api/projects?count=true&q=ALPHA", ann)).json()
        assert (page["total"], [project["name"] for project in page["items"]]) == (1, ["alpha of many"])
        assert await tasks.items("/api/projects", ann, q="%") == []
        assert await tasks.items("/api/projects", ann, role="viewer") == []

    async def test_shows_administrators_all(self, tasks: Tasks, ann: Person, admin: Person) -> None:
        project = await tasks.project(ann)
        seen = (await tasks.get(at(project), admin)).json()
        assert seen == {**project, "role": None}
        assert seen in await tasks.items("/api/projects", admin, limit=100)


class TestProjectTasks:
    async def test_are_made_and_listed_in_it(self, tasks: Tasks, ann: Person) -> None:
        project, other = await tasks.project(ann), await tasks.project(ann)
        await tasks.create(ann, project_id=other["id"])
        answer = await tasks.post(at(project, "/tasks"), ann, json={"title": "x", "priority": "high"})
        assert answer.status_code == 201
        task = answer.json()
        assert (task["project_id"], answer.headers["location"]) == (project["id"], path_of(task))
        assert await tasks.items(at(project, "/tasks"), ann) == [task]
        assert await tasks.items(at(project, "/tasks"), ann, priority="low") == []
        wrong = await tasks.post(at(project, "/tasks"), ann, json={"title": "x", "project_id": other["id"]})
        problem(wrong, 422, "validation_failed")
