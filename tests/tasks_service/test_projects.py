"""Projects: made, changed, archived, thrown away and brought back; keys without gaps."""

from __future__ import annotations

import asyncio

import pytest

from shared import events
from shared.outbox import message_of
from tasks_service.projects import service
from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of, problem


def at(project: Json, rest: str = "") -> str:
    return f"/api/projects/{project['id']}{rest}"


async def events_of(tasks: Tasks, project: Json) -> list[events.ProjectEvent | events.MemberEvent]:
    sql = "SELECT * FROM events WHERE subject_id = $1 AND type LIKE 'project.%' ORDER BY id"
    rows = await tasks.session().fetch(sql, project["id"])
    return [events.read(message_of(row, "/tasks").body) for row in rows]  # type: ignore[misc]


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


class TestDuplicate:
    async def furnished(self, tasks: Tasks, ann: Person, bob: Person) -> Json:
        project = await tasks.project(ann, "Model", description="Words", members={"member": bob})
        for body in ({"name": "Doing", "category": "in_progress"}, {"name": "Done", "category": "completed"}):
            await tasks.post(at(project, "/statuses"), ann, json=body)
        own = await tasks.items(at(project, "/statuses"), ann)
        way = {"from_status_id": own[0]["id"], "to_status_id": own[1]["id"], "roles": ["owner"]}
        await tasks.call("PUT", at(project, "/transitions"), ann, json={"transitions": [way]})
        await tasks.post(at(project, "/fields"), ann, json={"key": "note", "name": "Note", "type": "text"})
        await tasks.post("/api/labels", ann, json={"name": "a", "color": "#d73a4a", "project_id": project["id"]})
        rich = {"labels": ["a"], "custom_fields": {"note": "x"}, "assignee_ids": [bob.id], "due_date": "2031-01-01"}
        await tasks.create(ann, "First", project_id=project["id"], status_id=own[0]["id"], **rich)
        await tasks.create(ann, "Second", project_id=project["id"], status="completed")
        await tasks.delete(await tasks.create(ann, "Trashed", project_id=project["id"]), ann)
        return project

    async def test_takes_what_is_included(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await self.furnished(tasks, ann, bob)
        parts = ["statuses", "fields", "tasks", "labels", "members"]
        answer = await tasks.post(at(project, "/duplicate"), bob, json={"key": "COPY", "include": parts})
        assert answer.status_code == 201, answer.text
        copy = answer.json()
        assert (copy["name"], copy["description"], copy["role"]) == ("Copy of Model", "Words", "owner")
        roles = {m["user_id"]: m["role"] for m in await tasks.items(at(copy, "/members"), ann)}
        assert roles == {ann.id: "owner", bob.id: "owner"}
        added = (await events_of(tasks, copy))[-1]
        assert (added.type, added.data.member.user_id) == ("project.member_added", ann.id)  # type: ignore[union-attr]
        statuses = {status["name"]: status["id"] for status in await tasks.items(at(copy, "/statuses"), bob)}
        assert (await tasks.get(at(copy, "/transitions"), bob)).json()["transitions"] == [
            {"from_status_id": statuses["Doing"], "to_status_id": statuses["Done"], "roles": ["owner"]}
        ]
        assert [field["key"] for field in await tasks.items(at(copy, "/fields"), bob)] == ["note"]
        (label,) = await tasks.items("/api/labels", bob, project_id=copy["id"])
        assert (label["name"], label["color"], label["owner_id"]) == ("a", "#d73a4a", None)
        first, second = sorted(await tasks.items(at(copy, "/tasks"), bob), key=lambda task: str(task["key"]))
        assert (first["key"], second["key"], first["created_by"], first["version"]) == ("COPY-1", "COPY-2", bob.id, 1)
        assert (first["title"], first["status_id"]) == ("First", statuses["Doing"])
        assert (first["labels"], first["custom_fields"], first["assignee_ids"]) == (["a"], {"note": "x"}, [bob.id])
        assert (second["status_id"], second["completed_at"] is None) == (statuses["Done"], False)
        (event,) = await tasks.events_of(first)
        assert (event.type, sorted(event.audience)) == ("task.created", sorted([ann.id, bob.id]))

    async def test_keeps_subtasks_and_blockers_together(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        fields = {"project_id": project["id"]}
        outside = await tasks.create(ann)
        parent = await tasks.create(ann, "Parent", **fields, recurrence="FREQ=WEEKLY", due_date="2031-01-01")
        first = await tasks.create(ann, "First", **fields, parent_id=parent["id"], status="completed")
        await tasks.create(ann, "Second", **fields, parent_id=parent["id"], blocked_by=[first["id"], outside["id"]])
        copy = (await tasks.post(at(project, "/duplicate"), ann, json={})).json()
        found = {task["title"]: task for task in await tasks.items(at(copy, "/tasks"), ann)}
        assert found["Parent"]["subtasks"] == {"total": 2, "completed": 1}
        assert (found["Parent"]["parent_id"], found["Parent"]["recurrence"]) == (None, "FREQ=WEEKLY")
        assert {found[name]["parent_id"] for name in ("First", "Second")} == {found["Parent"]["id"]}
        assert found["Second"]["blocked_by"] == [found["First"]["id"]]

    async def test_leaves_out_what_is_not(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await self.furnished(tasks, ann, bob)
        copy = (await tasks.post(at(project, "/duplicate"), ann, json={"include": ["tasks"], "name": "Bare"})).json()
        for part in ("/statuses", "/fields"):
            assert await tasks.items(at(copy, part), ann) == []
        assert len(await tasks.items(at(copy, "/members"), ann)) == 1
        found = await tasks.items(at(copy, "/tasks"), ann)
        assert len(found) == 2
        for task in found:
            assert (task["labels"], task["custom_fields"], task["assignee_ids"], task["status_id"]) == (
                [],
                {},
                [],
                None,
            )
        empty = (await tasks.post(at(project, "/duplicate"), ann, json={"include": []})).json()
        assert await tasks.items(at(empty, "/tasks"), ann) == []

    async def test_of_what_one_does_not_see(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann)
        problem(await tasks.post(at(project, "/duplicate"), bob, json={}), 404, "project_not_found")

    async def test_templates_are_where_projects_begin(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        template = await self.furnished(tasks, ann, bob)
        body = {"name": "New", "key": "NEW1", "template_id": template["id"]}
        problem(await tasks.post("/api/projects", bob, json=body), 422, "validation_failed")
        await tasks.call("PATCH", at(template), ann, json={"is_template": True})
        assert [p["id"] for p in await tasks.items("/api/projects", bob, is_template=True)] == [template["id"]]
        made = await tasks.project(bob, **body)
        assert made["is_template"] is False
        assert [task["title"] for task in await tasks.items(at(made, "/tasks"), bob)] == ["Second", "First"]
        assert len(await tasks.items(at(made, "/members"), bob)) == 1
        foreign = await tasks.project(ann, is_template=True)
        problem(
            await tasks.post("/api/projects", bob, json={**body, "template_id": foreign["id"]}),
            422,
            "validation_failed",
        )

    async def test_makes_no_tasks_where_only_administrators_do(
        self, service_app: StartApp, fake_users: FakeUsers, ann: Person, admin: Person
    ) -> None:
        async with service_app("tasks_service", users_url=fake_users.url, task_creation="admins") as running:
            restricted = Tasks(running)
            project = await restricted.project(ann)
            problem(await restricted.post(at(project, "/duplicate"), ann, json={}), 403, "task_creation_restricted")
            problem(
                await restricted.post(at(project, "/tasks"), ann, json={"title": "x"}), 403, "task_creation_restricted"
            )
            assert (await restricted.post(at(project, "/duplicate"), ann, json={"include": []})).status_code == 201
            assert (await restricted.post(at(project, "/tasks"), admin, json={"title": "x"})).status_code == 201
