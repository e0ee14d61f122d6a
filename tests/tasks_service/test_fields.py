"""Custom fields: what a project's tasks have beside what all tasks have."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of, problem
from tests.tasks_service.projects import at

KINDS: dict[str, Json] = {
    "note": {"type": "text"},
    "points": {"type": "number"},
    "released": {"type": "date"},
    "browser": {"type": "choice", "options": ["Firefox", "Chromium"]},
    "tester": {"type": "user"},
}


async def with_fields(tasks: Tasks, owner: Person, **more: Json) -> Json:
    """A project with one field of each kind; its definitions by key in `fields`."""
    project = await tasks.project(owner)
    fields = {}
    for key, body in {**KINDS, **more}.items():
        answer = await tasks.post(at(project, "/fields"), owner, json={"key": key, "name": key.title(), **body})
        assert answer.status_code == 201, answer.text
        fields[key] = answer.json()
    return {**project, "fields": fields}


class TestDefinitions:
    async def test_are_made_listed_changed_and_deleted(self, tasks: Tasks, ann: Person) -> None:
        project = await with_fields(tasks, ann)
        field = project["fields"]["browser"]
        path = at(project, f"/fields/{field['id']}")
        assert [found["key"] for found in await tasks.items(at(project, "/fields"), ann, limit=2)] == list(KINDS)
        assert (await tasks.get(path, ann)).json() == field
        changed = await tasks.call("PATCH", path, ann, json={"name": "Where", "options": ["Lynx"], "position": 0})
        assert changed.json().items() >= {"name": "Where", "options": ["Lynx"], "version": 2, "type": "choice"}.items()
        stale = await tasks.call("PATCH", path, ann, json={"name": "x"}, headers={"If-Match": '"1"'})
        problem(stale, 412, "version_conflict")
        replaced = await tasks.call("PUT", path, ann, json={"name": "B", "type": "choice", "options": ["a"]})
        assert (replaced.json()["key"], replaced.json()["required"]) == ("browser", False)
        assert (await tasks.call("DELETE", path, ann)).status_code == 204
        problem(await tasks.get(path, ann), 404, "field_not_found")

    async def test_keys(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        bodies = [{"name": name, "type": "text"} for name in ("Story points", "Story: points!", "1 Größe", "雪")]
        keys = [(await tasks.post(at(project, "/fields"), ann, json=body)).json()["key"] for body in bodies]
        assert keys == ["story_points", "story_points_2", "groe", "field"]
        problem(await tasks.post(at(project, "/fields"), ann, json={**bodies[0], "key": "groe"}), 409, "name_taken")

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "x", "type": "choice"},
            {"name": "x", "type": "text", "options": ["a"]},
            {"name": "x", "type": "colour"},
            {"name": "x", "type": "text", "key": "Not this"},
            {"name": "", "type": "text"},
            {"type": "text"},
        ],
    )
    async def test_that_are_none(self, tasks: Tasks, ann: Person, body: Json) -> None:
        project = await tasks.project(ann)
        problem(await tasks.post(at(project, "/fields"), ann, json=body), 422, "validation_failed")

    async def test_key_and_type_never_change(self, tasks: Tasks, ann: Person) -> None:
        project = await with_fields(tasks, ann)
        path = at(project, f"/fields/{project['fields']['note']['id']}")
        for body in ({"name": "x", "type": "number"}, {"name": "x", "type": "text", "key": "other"}):
            problem(await tasks.call("PUT", path, ann, json=body), 422, "validation_failed")
        for patch in ({"type": "number"}, {"key": "x"}, {"options": ["a"]}):
            problem(await tasks.call("PATCH", path, ann, json=patch), 422, "validation_failed")

    @pytest.mark.parametrize("role", ["member", "viewer"])
    async def test_are_read_by_all_members_and_written_by_maintainers(
        self, tasks: Tasks, ann: Person, bob: Person, role: str
    ) -> None:
        project = await with_fields(tasks, ann)
        await tasks.join(project, ann, bob, role)
        path = at(project, f"/fields/{project['fields']['note']['id']}")
        body = {"name": "x", "type": "text"}
        for method, address in (("POST", at(project, "/fields")), ("PUT", path), ("DELETE", path)):
            problem(await tasks.call(method, address, bob, json=body), 403, "project_change_refused")
        problem(await tasks.call("PATCH", path, bob, json={"name": "x"}), 403, "project_change_refused")
        assert (await tasks.get(path, bob)).status_code == 200


class TestValues:
    async def test_are_kept_and_merged(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await with_fields(tasks, ann)
        given = {"note": "é\n", "points": 2.5, "released": "2031-01-31", "browser": "Firefox", "tester": bob.id}
        task = await tasks.create(ann, project_id=project["id"], custom_fields=given)
        assert task["custom_fields"] == given
        (event,) = await tasks.events_of(task)
        assert event.data.task.custom_fields == given
        merged = await tasks.patch(task, ann, {"custom_fields": {"points": 3, "note": None}})
        assert merged.json()["custom_fields"] == {
            **{k: v for k, v in given.items() if k != "note"},
            "points": 3,
        }
        change = (await tasks.events_of(task))[-1].data.changes["custom_fields"]
        assert (change.before, change.after) == (given, merged.json()["custom_fields"])
        assert (await tasks.patch(task, ann, {"title": "New"})).json()["custom_fields"] == merged.json()[
            "custom_fields"
        ]
        assert (await tasks.patch(task, ann, {"custom_fields": None})).json()["custom_fields"] == {}
        await tasks.patch(task, ann, {"custom_fields": given})
        assert (await tasks.put(task, ann, {"title": "x"})).json()["custom_fields"] == {}
        assert (await tasks.items("/api/tasks", ann, project_id=project["id"]))[0]["custom_fields"] == {}

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            *(("note", value) for value in (1, True, "x" * 2001, [], {}, "a\x00")),
            *(("points", value) for value in ("1", True, 1e300, 2**70, [1])),
            *(("released", value) for value in ("2031-02-30", "20310101", "today", 5, "2031-01-01T00:00:00Z")),
            *(("browser", value) for value in ("Lynx", "firefox", 0, "")),
            *(("tester", value) for value in (0, -1, 2**63, "1", 1.0, 10**9)),
            ("other", "x"),
            ("a/b~c", 1),
        ],
    )
    async def test_that_do_not_fit(self, tasks: Tasks, ann: Person, key: str, value: Any) -> None:
        project = await with_fields(tasks, ann)
        task = await tasks.create(ann, project_id=project["id"])
        body = {"title": "x", "custom_fields": {key: value}}
        pointer = "/custom_fields/" + key.replace("~", "~0").replace("/", "~1")
        for answer in (
            await tasks.post(at(project, "/tasks"), ann, json=body),
            await tasks.patch(task, ann, body),
            await tasks.put(task, ann, body),
        ):
            assert [error["pointer"] for error in problem(answer, 422, "validation_failed")["errors"]] == [pointer]
        assert await tasks.read(task, ann) == task

    async def test_outside_of_projects(self, tasks: Tasks, ann: Person) -> None:
        answer = await tasks.post("/api/tasks", ann, json={"title": "x", "custom_fields": {"note": "x"}})
        problem(answer, 422, "validation_failed")
        assert (await tasks.create(ann, custom_fields={"note": None}))["custom_fields"] == {}

    async def test_that_are_required(self, tasks: Tasks, ann: Person) -> None:
        project = await with_fields(tasks, ann)
        old = await tasks.create(ann, project_id=project["id"])
        path = at(project, f"/fields/{project['fields']['note']['id']}")
        assert (await tasks.call("PATCH", path, ann, json={"required": True})).status_code == 200
        refused = problem(await tasks.post(at(project, "/tasks"), ann, json={"title": "x"}), 422, "validation_failed")
        assert refused["errors"] == [{"pointer": "/custom_fields/note", "message": "is required in this project"}]
        task = await tasks.create(ann, project_id=project["id"], custom_fields={"note": "x"})
        problem(await tasks.patch(task, ann, {"custom_fields": {"note": None}}), 422, "validation_failed")
        assert (await tasks.patch(task, ann, {"custom_fields": {"points": 1}})).status_code == 200
        assert (await tasks.patch(old, ann, {"title": "New"})).status_code == 200, "it was made before"

    async def test_that_another_project_has_a_field_for_go_along(self, tasks: Tasks, ann: Person) -> None:
        project = await with_fields(tasks, ann)
        other = await tasks.project(ann)
        await tasks.post(at(other, "/fields"), ann, json={"key": "note", "name": "x", "type": "text"})
        await tasks.post(at(other, "/fields"), ann, json={"key": "points", "name": "x", "type": "text"})
        task = await tasks.create(ann, project_id=project["id"], custom_fields={"note": "x", "points": 1})
        moved = (await tasks.patch(task, ann, {"project_id": other["id"]})).json()
        assert moved["custom_fields"] == {"note": "x"}
        assert (await tasks.patch(task, ann, {"project_id": None})).json()["custom_fields"] == {}

    async def test_that_did_fit_stay_until_they_are_changed(self, tasks: Tasks, ann: Person) -> None:
        project = await with_fields(tasks, ann)
        task = await tasks.create(ann, project_id=project["id"], custom_fields={"browser": "Firefox", "points": 1})
        path = at(project, f"/fields/{project['fields']['browser']['id']}")
        await tasks.call("PATCH", path, ann, json={"options": ["Lynx"]})
        after = (await tasks.patch(task, ann, {"custom_fields": {"points": 2}})).json()
        assert after["custom_fields"] == {"browser": "Firefox", "points": 2}
        problem(await tasks.patch(task, ann, {"custom_fields": {"browser": "Chromium"}}), 422, "validation_failed")
        other = await tasks.project(ann)
        await tasks.post(at(other, "/fields"), ann, json={"key": "note", "name": "x", "type": "text"})
        moved = await tasks.patch(task, ann, {"project_id": other["id"], "custom_fields": {"note": "x"}})
        assert moved.json()["custom_fields"] == {"note": "x"}
        sql = "UPDATE tasks SET custom_fields = custom_fields || '{\"gone\": 1}' WHERE id = $1"
        await tasks.session().execute(sql, task["id"])
        assert (await tasks.patch(task, ann, {"custom_fields": {"note": "y"}})).json()["custom_fields"] == {"note": "y"}

    async def test_go_with_their_definition(self, tasks: Tasks, ann: Person) -> None:
        project = await with_fields(tasks, ann)
        values = {"note": "x", "points": 1}
        task = await tasks.create(ann, project_id=project["id"], custom_fields=values)
        trashed = await tasks.create(ann, project_id=project["id"], custom_fields=values)
        other = await tasks.create(ann, project_id=project["id"], custom_fields={"points": 2})
        await tasks.delete(trashed, ann)
        await tasks.call("DELETE", at(project, f"/fields/{project['fields']['note']['id']}"), ann)
        after = await tasks.read(task, ann)
        assert (after["custom_fields"], after["version"]) == ({"points": 1}, 2)
        change = (await tasks.events_of(task))[-1].data.changes["custom_fields"]
        assert (change.before, change.after) == (values, {"points": 1})
        assert (await tasks.read(other, ann))["version"] == 1
        restored = await tasks.post(path_of(trashed) + "/restore", ann)
        assert restored.json()["custom_fields"] == {"points": 1}


VALUES: dict[str, Any] = {
    "note": st.sampled_from([None, "", "text"]),
    "points": st.sampled_from([None, 0, 1.5]),
    "released": st.sampled_from([None, "2024-02-29"]),
    "browser": st.sampled_from([None, "Chromium"]),
}


class TestPatch:
    @settings(max_examples=25, deadline=None)
    @given(first=st.fixed_dictionaries({}, optional=VALUES), second=st.fixed_dictionaries({}, optional=VALUES))
    async def test_of_any_subset_changes_only_that(
        self, tasks: Tasks, fake_users: FakeUsers, first: Json, second: Json
    ) -> None:
        ann = fake_users.sign_in(1) if 1 in fake_users.people else fake_users.register()
        found = await tasks.items("/api/projects", ann, q="subsets")
        project = found[0] if found else await tasks.project(ann, "Subsets")
        if not found:
            for key, body in KINDS.items():
                await tasks.post(at(project, "/fields"), ann, json={"key": key, "name": key, **body})
        task = await tasks.create(ann, project_id=project["id"], custom_fields=first, description="stays")
        after = (await tasks.patch(task, ann, {"custom_fields": second})).json()
        expected = {key: value for key, value in {**first, **second}.items() if value is not None}
        assert after == {**task, "custom_fields": expected, "version": 2, "updated_at": after["updated_at"]}
