"""Copies of projects and what they take along."""

from __future__ import annotations

from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, problem
from tests.tasks_service.projects import at, events_of


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
