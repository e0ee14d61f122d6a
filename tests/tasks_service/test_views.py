"""Saved views: own and shared, checked when they are saved, and never a way around what one may see."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, problem


async def save(tasks: Tasks, person: Person, **fields: Any) -> Json:
    answer = await tasks.post("/api/views", person, json={"name": "View", **fields})
    assert answer.status_code == 201, answer.text
    view: Json = answer.json()
    assert answer.headers["location"] == at(view)
    return view


def at(view: Json) -> str:
    return f"/api/views/{view['id']}"


async def shared_project(tasks: Tasks, owner: Person, person: Person, role: str) -> int:
    project_id: int = (await tasks.post("/api/projects", owner, json={"name": "Shared"})).json()["id"]
    path = f"/api/projects/{project_id}/members/{person.id}"
    assert (await tasks.call("PUT", path, owner, json={"role": role})).status_code in (200, 201)
    return project_id


class TestViews:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", ""), ("POST", ""), ("GET", "/1"), ("DELETE", "/1"), ("GET", "/1/tasks")],
    )
    async def test_anonymous_is_refused(self, tasks: Tasks, method: str, path: str) -> None:
        problem(await tasks.call(method, f"/api/views{path}", None), 401, "unauthenticated")

    async def test_shows_what_the_list_would(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        first = await tasks.create(ann, "Alpha", priority="urgent", labels=["bug"])
        second = await tasks.create(ann, "Beta", priority="high", labels=["bug"])
        await tasks.create(ann, "Gamma", priority="high")
        await tasks.create(bob, "Hidden", priority="high", labels=["bug"])
        view = await save(tasks, ann, query={"priority": ["high", "URGENT"]}, filter="label=bug", sort="-created_at")
        assert view["query"] == {"priority": ["high", "urgent"]}
        found = await tasks.items(f"{at(view)}/tasks", ann, limit=1, fields="id")
        assert found == [{"id": second["id"]}, {"id": first["id"]}]
        answer = await tasks.get(f"{at(view)}/tasks?count=true&include=comments_count", ann)
        assert answer.json()["total"] == 2

    async def test_changes(self, tasks: Tasks, ann: Person) -> None:
        view = await save(tasks, ann, filter="status=todo", sort="priority")
        assert (await tasks.get(at(view), ann)).headers["etag"] == '"1"'
        path, matching = at(view), {"If-Match": '"1"'}
        changed = await tasks.call("PATCH", path, ann, json={"name": "New", "filter": None}, headers=matching)
        assert changed.json() == {**view, "name": "New", "filter": None, "version": 2} | {
            "updated_at": changed.json()["updated_at"]
        }
        problem(await tasks.call("PATCH", path, ann, json={"name": "x"}, headers=matching), 412, "version_conflict")
        replaced = (await tasks.call("PUT", path, ann, json={"name": "Other"})).json()
        assert (replaced["name"], replaced["sort"], replaced["query"]) == ("Other", None, {})
        assert (await tasks.call("DELETE", path, ann)).status_code == 204
        problem(await tasks.get(path, ann), 404, "view_not_found")

    async def test_of_others_are_not_there(self, tasks: Tasks, ann: Person, bob: Person, admin: Person) -> None:
        view = await save(tasks, ann)
        for person in (bob, admin):
            assert view["id"] not in [v["id"] for v in await tasks.items("/api/views", person)]
            for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/tasks")):
                problem(await tasks.call(method, f"{at(view)}{path}", person), 404, "view_not_found")
        assert [v["id"] for v in await tasks.items("/api/views", ann, limit=1)] == [view["id"]]


class TestSharing:
    async def test_with_a_project(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project_id = await shared_project(tasks, ann, bob, "viewer")
        inside = await tasks.create(ann, project_id=project_id)
        await tasks.create(ann)
        view = await save(tasks, ann, project_id=project_id, shared=True, filter="created_by!=me")
        assert [v["id"] for v in await tasks.items("/api/views", bob, project_id=project_id)] == [view["id"]]
        assert [t["id"] for t in await tasks.items(f"{at(view)}/tasks", bob)] == [inside["id"]]
        assert await tasks.items(f"{at(view)}/tasks", ann) == [], "me is whoever looks"
        problem(await tasks.call("PATCH", at(view), bob, json={"name": "x"}), 403, "view_change_refused")
        problem(await tasks.call("DELETE", at(view), bob), 403, "view_change_refused")
        await tasks.call("DELETE", f"/api/projects/{project_id}/members/{bob.id}", ann)
        problem(await tasks.get(at(view), bob), 404, "view_not_found")

    async def test_needs_a_project_that_one_writes_in(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project_id = await shared_project(tasks, ann, bob, "viewer")
        body = {"name": "x", "project_id": project_id, "shared": True}
        assert (await tasks.post("/api/views", bob, json=body)).status_code == 403
        assert (await save(tasks, bob, project_id=project_id))["shared"] is False
        problem(await tasks.post("/api/views", bob, json={"name": "x", "shared": True}), 422, "validation_failed")
        foreign = (await tasks.post("/api/projects", ann, json={"name": "Foreign"})).json()["id"]
        for number in (foreign, 10**9):
            answer = await tasks.post("/api/views", bob, json={"name": "x", "project_id": number})
            assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == "/project_id"

    async def test_a_maintainer_changes_it(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project_id = await shared_project(tasks, ann, bob, "maintainer")
        view = await save(tasks, ann, project_id=project_id, shared=True)
        assert (await tasks.call("PATCH", at(view), bob, json={"name": "Better"})).status_code == 200


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"name": ""}, "/name"),
            ({"filter": "nonsense"}, "/filter"),
            ({"filter": "due<soon"}, "/filter"),
            ({"query": {"status": ["done"]}}, "/query/status/0"),
            ({"query": {"nothing": 1}}, "/query/nothing"),
            ({"query": {"limit": 1}}, "/query/limit"),
            ({"query": {"q": "!!"}}, "/q"),
            ({"sort": "password"}, "/sort"),
            ({"shared": "yes"}, "/shared"),
            ({"project_id": 2**63}, "/project_id"),
            ({"created_by": 1}, "/created_by"),
        ],
        ids=str,
    )
    async def test_when_saved(self, tasks: Tasks, ann: Person, body: Json, pointer: str) -> None:
        view = await save(tasks, ann)
        for method, path in (("POST", "/api/views"), ("PUT", at(view)), ("PATCH", at(view))):
            answer = await tasks.call(method, path, ann, json={"name": "View", **body})
            assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == pointer, method
