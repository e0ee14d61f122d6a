"""Tasks are replaced (PUT) and changed (PATCH)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import DEFAULTS, FULL, Json, Tasks, fields_of, path_of, problem

KEPT = ("id", "created_by", "created_at", "position", "project_id", "parent_id")


class TestReplaceTask:
    async def test_what_is_left_out_goes_back_to_its_default(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, **{**FULL, "title": "Before"})
        answer = await tasks.put(task, ann, {"title": "After"})
        assert answer.status_code == 200
        replaced = answer.json()
        assert fields_of(replaced) == {"title": "After", **DEFAULTS}
        assert {name: replaced[name] for name in KEPT} == {name: task[name] for name in KEPT}
        assert (replaced["version"], answer.headers["etag"]) == (2, '"2"')
        assert replaced == await tasks.read(task, ann)

    async def test_needs_a_title(self, tasks: Tasks, ann: Person) -> None:
        body = problem(await tasks.put(await tasks.create(ann), ann, {"status": "todo"}), 422, "validation_failed")
        assert [error["pointer"] for error in body["errors"]] == ["/title"]


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["A", "Another title", "é"]),
        "description": st.sampled_from([None, "", "text"]),
        "status": st.sampled_from(["todo", "in_progress", "completed", "archived"]),
        "priority": st.sampled_from([None, "low", "urgent"]),
        "due_date": st.sampled_from([None, "2030-01-01", "2024-02-29"]),
        "labels": st.sampled_from([None, [], ["a"], ["b", "a"]]),
        "estimate_minutes": st.sampled_from([None, 0, 15]),
    },
)
CLEARED = {"description": "", "priority": "medium", "labels": []}


class TestUpdateTask:
    @settings(max_examples=60, deadline=None)
    @given(changes=CHANGES, condition=st.sampled_from([{}, {"if_match": '"1"'}]))
    async def test_changes_what_is_named_and_nothing_else(
        self, tasks: Tasks, fake_users: FakeUsers, changes: Json, condition: dict[str, str]
    ) -> None:
        ann = fake_users.sign_in(1) if 1 in fake_users.people else fake_users.register()
        task = await tasks.create(ann, **FULL)
        answer = await tasks.patch(task, ann, changes, **condition)
        assert answer.status_code == 200, answer.text
        after = answer.json()
        expected = {k: CLEARED.get(k) if v is None else v for k, v in changes.items()}
        assert fields_of(after) == {**fields_of(task), **expected}
        assert {name: after[name] for name in KEPT} == {name: task[name] for name in KEPT}
        assert after["version"] == 2
        noted = (await tasks.events_of(task))[-1].data.changes
        differing = {name: (task[name], value) for name, value in expected.items() if value != task[name]}
        assert {name: (change.before, change.after) for name, change in noted.items()} == differing
        assert (after["completed_at"] is not None) == (after["status"] == "completed")

    async def test_null_clears_the_assignees(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        for name in ("assignee_ids", "assigned_user", "assigned_to"):
            assert (await tasks.patch(task, ann, {name: bob.id if name != "assignee_ids" else [bob.id]})).json()[
                "assignee_ids"
            ] == [bob.id]
            assert (await tasks.patch(task, ann, {name: None})).json()["assignee_ids"] == []

    @pytest.mark.parametrize("name", ["title", "status"])
    async def test_what_cannot_be_empty_cannot_be_cleared(self, tasks: Tasks, ann: Person, name: str) -> None:
        problem(await tasks.patch(await tasks.create(ann), ann, {name: None}), 422, "validation_failed")

    async def test_the_time_of_completion(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        done = (await tasks.patch(task, ann, {"status": "completed"})).json()
        assert done["completed_at"] == done["updated_at"]
        renamed = (await tasks.patch(task, ann, {"title": "New"})).json()
        assert renamed["completed_at"] == done["completed_at"]
        assert (await tasks.patch(task, ann, {"status": "archived"})).json()["completed_at"] is None

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
    @pytest.mark.parametrize(
        "field",
        [
            *("id", "created_by", "created_at", "updated_at", "completed_at", "deleted_at", "version", "position"),
            *("role", "owner_id", "is_admin", "search", "titel"),
        ],
    )
    async def test_fields_that_are_not_the_clients_are_refused(
        self, tasks: Tasks, ann: Person, method: str, field: str
    ) -> None:
        task = await tasks.create(ann)
        path = "/api/tasks" if method == "POST" else path_of(task)
        body = problem(await tasks.call(method, path, ann, json={"title": "x", field: 1}), 422, "validation_failed")
        assert body["errors"][0]["pointer"] == f"/{field}"
        assert await tasks.read(task, ann) == task

    async def test_two_names_for_the_assignees_at_once(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        answer = await tasks.patch(task, ann, {"assigned_user": ann.id, "assignee_ids": [ann.id]})
        problem(answer, 422, "validation_failed")


class TestReadTask:
    async def test_as_html_that_does_no_harm(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, description="*yes* <script>alert(1)</script>")
        answer = await tasks.get(f"{path_of(task)}?render=html", ann)
        assert answer.headers["etag"] == '"1"'
        html = "<p><em>yes</em> &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
        assert answer.json() == {**task, "description_html": html}
        assert (await tasks.read(task, ann)) == task

    async def test_with_what_hangs_on_it(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        await tasks.create(ann, blocked_by=[task["id"]])
        waiting = await tasks.create(bob, parent_id=task["id"], estimate_minutes=5, blocked_by=[task["id"]])
        assert (await tasks.post(f"{path_of(task)}/comments", ann, json={"body": "x"})).status_code == 201
        path = f"{path_of(task)}?include=comments_count,blocking&include=rollup"
        answer = await tasks.get(path, bob, headers={"If-None-Match": '"1"'})
        more = {name: value for name, value in answer.json().items() if name not in task}
        rollup = {"total": 1, "completed": 0, "estimate_minutes": 5}
        assert more == {"comments_count": 1, "blocking": [waiting["id"]], "rollup": rollup}
        assert answer.headers["etag"] == '"1"'

    @pytest.mark.parametrize("query", ["render=pdf", "render=", "fields=id", "include=nonsense"])
    async def test_not_in_other_ways(self, tasks: Tasks, ann: Person, query: str) -> None:
        task = await tasks.create(ann)
        problem(await tasks.get(f"{path_of(task)}?{query}", ann), 422, "validation_failed")
