"""Many tasks at once: each under the rules that hold for it alone, all or none when that is asked for."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.database import Session
from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of, problem

PATH = "/api/tasks/bulk"


async def bulk(tasks: Tasks, person: Person, **body: Any) -> Json:
    answer = await tasks.post(PATH, person, json=body)
    assert answer.status_code == 200, answer.text
    result: Json = answer.json()
    return result


async def refused(tasks: Tasks, person: Person, **body: Any) -> Json:
    return problem(await tasks.post(PATH, person, json=body), 422, "bulk_refused")


async def some(tasks: Tasks, person: Person, count: int = 3, **fields: Any) -> list[Json]:
    return [await tasks.create(person, f"Task {i}", **fields) for i in range(count)]


def ids_of(found: list[Json]) -> list[int]:
    return [task["id"] for task in found]


def statuses(result: Json) -> list[int]:
    return [one["status"] for one in result["results"]]


class TestUpdate:
    async def test_anonymous_is_refused(self, tasks: Tasks) -> None:
        problem(await tasks.post(PATH, None, json={"create": [{"title": "x"}]}), 401, "unauthenticated")

    async def test_changes_all_as_one_would(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        made = await some(tasks, ann)
        alone = await tasks.create(ann, "Task 0")
        values = {"priority": "URGENT", "status": "completed", "labels": ["x"], "assignee_ids": [bob.id]}
        result = await bulk(tasks, ann, ids=ids_of(made), action="update", set=values)
        assert (result["matched"], result["changed"]) == (3, 3)
        assert result["results"] == [{"id": i, "status": 200} for i in ids_of(made)]
        expected = (await tasks.patch(alone, ann, values)).json()
        now = await tasks.read(made[0], ann)
        differing = {"id", "position", "created_at", "updated_at", "completed_at"}
        assert {k: v for k, v in now.items() if k not in differing} == {
            k: v for k, v in expected.items() if k not in differing
        }
        assert now["completed_at"] is not None

    async def test_records_one_event_for_each(self, tasks: Tasks, ann: Person) -> None:
        low, high = await tasks.create(ann, priority="low"), await tasks.create(ann, priority="high")
        await bulk(tasks, ann, ids=[high["id"], low["id"]], action="update", set={"priority": "urgent"})
        for task, before in ((low, "low"), (high, "high")):
            _, event = await tasks.events_of(task)
            assert event.type == "task.updated"
            assert event.data.task.version == 2
            assert {k: (c.before, c.after) for k, c in event.data.changes.items()} == {"priority": (before, "urgent")}

    async def test_of_one_statement_for_all(self, tasks: Tasks, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        made = await some(tasks, ann, 30)
        statements: list[str] = []
        run = Session._run

        async def counted(self: Session, method: str, sql: str, args: tuple[Any, ...]) -> Any:
            statements.append(sql)
            return await run(self, method, sql, args)

        monkeypatch.setattr(Session, "_run", counted)
        for body in (
            {"ids": ids_of(made), "action": "update", "set": {"title": "Same"}},
            {"ids": ids_of(made), "action": "delete"},
            {"ids": ids_of(made), "action": "restore"},
            {"create": [{"title": "x"}] * 30},
        ):
            statements.clear()
            await bulk(tasks, ann, **body)
            assert len([sql for sql in statements if "tasks" in sql]) <= 3  # what is below them is looked up as well

    async def test_by_filter(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        made = await some(tasks, ann, labels=["mine"])
        foreign = await tasks.create(bob, labels=["mine"])
        result = await bulk(tasks, ann, filter="label=mine", action="update", set={"title": "Language"})
        assert result["results"] == [{"id": i, "status": 200} for i in ids_of(made)]
        result = await bulk(tasks, ann, filter={"label": "mine", "q": "lang"}, action="update", set={"title": "Names"})
        assert result["changed"] == 3
        assert {task["title"] for task in await tasks.items("/api/tasks", ann)} == {"Names"}
        assert (await tasks.read(foreign, bob))["title"] == "Title"

    async def test_keeps_to_the_workflow_and_fields_of_projects(self, tasks: Tasks, ann: Person) -> None:
        project = (await tasks.post("/api/projects", ann, json={"name": "Rules"})).json()["id"]
        field = {"name": "Size", "key": "size", "type": "number"}
        assert (await tasks.post(f"/api/projects/{project}/fields", ann, json=field)).status_code == 201
        inside, outside = await tasks.create(ann, project_id=project), await tasks.create(ann)
        body = {"ids": [inside["id"], outside["id"]], "action": "update", "set": {"custom_fields": {"size": 3}}}
        result = await bulk(tasks, ann, **body, atomic=False)
        assert statuses(result) == [200, 422]
        assert (await tasks.read(inside, ann))["custom_fields"] == {"size": 3}

    async def test_a_recurring_task_is_followed(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, recurrence="FREQ=DAILY", due_date="2031-01-01")
        await bulk(tasks, ann, ids=[task["id"]], action="update", set={"status": "completed"})
        found = await tasks.items("/api/tasks", ann, status="todo")
        assert [t["due_date"] for t in found] == ["2031-01-02"]

    async def test_subtasks_are_counted_and_circles_refused(self, tasks: Tasks, ann: Person) -> None:
        parent, *children = await some(tasks, ann, 3)
        await bulk(tasks, ann, ids=ids_of(children), action="update", set={"parent_id": parent["id"]})
        assert (await tasks.read(parent, ann))["subtasks"] == {"total": 2, "completed": 0}
        body = await refused(tasks, ann, ids=ids_of([parent]), action="update", set={"parent_id": children[0]["id"]})
        assert body["results"][0]["status"] == 422


class TestWho:
    async def test_each_task_is_judged_for_itself(self, tasks: Tasks, ann: Person, bob: Person, admin: Person) -> None:
        project = (await tasks.post("/api/projects", ann, json={"name": "Shared"})).json()["id"]
        await tasks.call("PUT", f"/api/projects/{project}/members/{bob.id}", ann, json={"role": "viewer"})
        own, assigned = await tasks.create(bob), await tasks.create(ann, assignee_ids=[bob.id])
        read_only, foreign = await tasks.create(ann, project_id=project), await tasks.create(ann)
        ids = [*ids_of([own, assigned, read_only, foreign]), 2**62]
        result = await bulk(tasks, bob, ids=ids, action="update", set={"title": "x"}, atomic=False)
        assert statuses(result) == [200, 200, 403, 404, 404]
        assert (result["matched"], result["changed"]) == (3, 2)
        assert result["results"][3]["error"] == result["results"][4]["error"], "foreign and missing look alike"
        result = await bulk(tasks, bob, ids=ids, action="delete", atomic=False)
        assert statuses(result) == [200, 403, 403, 404, 404]
        assert statuses(await bulk(tasks, admin, ids=ids_of([assigned, foreign]), action="delete")) == [200, 200]

    async def test_creation_may_be_restricted(self, service_app: StartApp, fake_users: FakeUsers) -> None:
        async with service_app("tasks_service", users_url=fake_users.url, task_creation="admins") as running:
            answer = await Tasks(running).post(PATH, fake_users.register(), json={"create": [{"title": "x"}]})
            problem(answer, 403, "task_creation_restricted")


class TestAtomic:
    @pytest.mark.parametrize("action", ["update", "delete", "move"])
    async def test_one_refusal_leaves_everything_as_it_was(
        self, tasks: Tasks, ann: Person, bob: Person, action: str
    ) -> None:
        made, foreign = await some(tasks, ann), await tasks.create(bob)
        given = {"update": {"set": {"title": "x"}}, "delete": {}, "move": {"set": {"status": "completed"}}}[action]
        ids = [*ids_of(made), foreign["id"]]
        body = await refused(tasks, ann, ids=ids, action=action, **given)
        assert (statuses(body), body["matched"], body["changed"]) == ([200, 200, 200, 404], 3, 0)
        assert body["errors"][0]["pointer"] == "/ids/3"
        assert [await tasks.read(task, ann) for task in made] == made
        assert all([len(await tasks.events_of(task)) == 1 for task in made])

    async def test_nothing_is_made_when_one_cannot_be(self, tasks: Tasks, ann: Person) -> None:
        items = [{"title": "Fine"}, {"title": "Not", "assignee_ids": [10**9]}]
        body = await refused(tasks, ann, create=items)
        assert statuses(body) == [201, 422]
        assert await tasks.items("/api/tasks", ann) == []
        result = await bulk(tasks, ann, create=items, atomic=False)
        assert (statuses(result), result["changed"]) == ([201, 422], 1)
        assert ids_of(await tasks.items("/api/tasks", ann)) == [result["results"][0]["id"]]

    async def test_a_dry_run_changes_nothing(self, tasks: Tasks, ann: Person) -> None:
        made = await some(tasks, ann)
        for body in (
            {"ids": ids_of(made), "action": "update", "set": {"title": "x"}},
            {"filter": "text~task", "action": "delete"},
            {"create": [{"title": "x"}] * 3},
        ):
            result = await bulk(tasks, ann, **body, dry_run=True)
            assert (result["matched"], result["changed"]) == (3, 3)
        assert await tasks.items("/api/tasks", ann, sort="created_at") == made


class TestTrash:
    async def test_there_and_back(self, tasks: Tasks, ann: Person) -> None:
        made = await some(tasks, ann)
        await bulk(tasks, ann, ids=ids_of(made), action="delete")
        assert await tasks.items("/api/tasks", ann) == []
        assert statuses(await bulk(tasks, ann, ids=ids_of(made), action="delete", atomic=False)) == [404] * 3
        result = await bulk(tasks, ann, filter="title~task", action="restore")
        assert result["changed"] == 3
        assert [task["version"] for task in await tasks.items("/api/tasks", ann)] == [3, 3, 3]
        types = [event.type for event in await tasks.events_of(made[0])]
        assert types == ["task.created", "task.deleted", "task.restored"]

    async def test_trees_go_and_come_back_together(self, tasks: Tasks, ann: Person) -> None:
        parent = await tasks.create(ann)
        child = await tasks.create(ann, parent_id=parent["id"])
        grandchild = await tasks.create(ann, parent_id=child["id"])
        await bulk(tasks, ann, ids=[parent["id"]], action="delete")
        assert await tasks.items("/api/tasks", ann) == []
        await bulk(tasks, ann, ids=[child["id"]], action="restore")
        found = {task["id"]: task["parent_id"] for task in await tasks.items("/api/tasks", ann)}
        assert found == {child["id"]: None, grandchild["id"]: child["id"]}, "its parent is still in the trash"
        await bulk(tasks, ann, ids=[parent["id"]], action="restore")
        answer = await tasks.call("DELETE", "/api/tasks?confirm=true&filter=parent is empty", ann)
        assert answer.json() == {"changed": 3, "has_more": False}


class TestMove:
    async def test_into_a_project_and_to_the_end(self, tasks: Tasks, ann: Person) -> None:
        project = (await tasks.post("/api/projects", ann, json={"name": "There", "key": "THERE"})).json()["id"]
        made, other = await some(tasks, ann), await tasks.create(ann, project_id=project)
        ids = ids_of(made)[::-1]
        await bulk(tasks, ann, ids=ids, action="move", set={"project_id": project, "status": "in_progress"})
        found = await tasks.items("/api/tasks", ann, sort="position")
        assert ids_of(found) == [other["id"], *ids]
        assert {task["status"] for task in found[1:]} == {"in_progress"}
        assert {task["key"] for task in found} == {f"THERE-{n}" for n in range(1, 5)}
        event = (await tasks.events_of(made[0]))[-1]
        assert {"project_id", "status", "position"} <= event.data.changes.keys()


class TestCreate:
    async def test_as_one_would(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        full = {
            "title": "All of it",
            "description": 'With "quotes", \\ and ü',
            "priority": "high",
            "status": "completed",
            "due_date": "2031-03-31",
            "labels": ["a,b", "{c}", 'd"e'],
            "assignee_ids": [bob.id, ann.id],
            "estimate_minutes": 5,
            "client_id": str(uuid4()),
        }
        result = await bulk(tasks, ann, create=[full, {"title": "Bare"}])
        assert statuses(result) == [201, 201]
        made, bare = [await tasks.read(one, ann) for one in result["results"]]
        assert {name: made[name] for name in full} == full
        alone = await tasks.create(ann, "Bare")
        differing = {"id", "position", "created_at", "updated_at"}
        assert {k: v for k, v in bare.items() if k not in differing} == {
            k: v for k, v in alone.items() if k not in differing
        }
        (event,) = await tasks.events_of(made)
        assert event.type == "task.created"
        assert set(event.audience) == {ann.id, bob.id}

    async def test_a_thousand_in_order(self, tasks: Tasks, ann: Person) -> None:
        result = await bulk(tasks, ann, create=[{"title": f"Task {i}"} for i in range(1000)])
        assert result["changed"] == 1000
        first, last = [await tasks.read(result["results"][i], ann) for i in (0, -1)]
        assert (first["title"], last["title"]) == ("Task 0", "Task 999")
        assert first["position"] < last["position"]
        ids = [one["id"] for one in result["results"]]
        changed = await bulk(tasks, ann, ids=ids, action="update", set={"priority": "low"})
        assert changed["changed"] == 1000
        answer = await tasks.post(PATH, ann, json={"create": [{"title": "x"}] * 1001})
        assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == "/create"

    async def test_client_ids_make_it_safe_to_repeat(self, tasks: Tasks, ann: Person) -> None:
        items = [{"title": f"Task {i}", "client_id": str(uuid4())} for i in range(3)]
        answers = await asyncio.gather(*(bulk(tasks, ann, create=[*items, items[0]]) for _ in range(4)))
        assert sum(answer["changed"] for answer in answers) == 3
        assert len({tuple(one["id"] for one in answer["results"]) for answer in answers}) == 1
        assert len(await tasks.items("/api/tasks", ann)) == 3

    async def test_subtasks_go_where_their_parent_is(self, tasks: Tasks, ann: Person) -> None:
        project = (await tasks.post("/api/projects", ann, json={"name": "Here"})).json()["id"]
        parent = await tasks.create(ann, project_id=project)
        result = await bulk(tasks, ann, create=[{"title": "x", "parent_id": parent["id"]}] * 2)
        assert (await tasks.read(result["results"][1], ann))["project_id"] == project
        assert (await tasks.read(parent, ann))["subtasks"]["total"] == 2


class TestRefusals:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"ids": [1]},
            {"ids": [], "action": "delete"},
            {"ids": [0], "action": "delete"},
            {"ids": [2**63], "action": "delete"},
            {"ids": ["1"], "action": "delete"},
            {"ids": list(range(1, 1002)), "action": "delete"},
            {"ids": [1], "filter": "id=1", "action": "delete"},
            {"ids": [1], "action": "destroy"},
            {"ids": [1], "action": "update"},
            {"ids": [1], "action": "delete", "set": {"title": "x"}},
            {"ids": [1], "action": "move", "set": {"title": "x"}},
            {"ids": [1], "action": "update", "set": {"title": ""}},
            {"ids": [1], "action": "update", "set": {"version": 3}},
            {"ids": [1], "action": "update", "set": {"assignee_ids": [10**9]}},
            {"filter": "nonsense", "action": "delete"},
            {"filter": {"status": "done"}, "action": "delete"},
            {"filter": {"limit": 1}, "action": "delete"},
            {"create": []},
            {"create": [{}]},
            {"create": [{"title": "x"}], "action": "update"},
            {"create": [{"title": "x"}], "atomic": "yes"},
            {"create": [{"title": "x"}], "unknown": 1},
        ],
        ids=lambda body: str(body)[:40],
    )
    async def test_wrong_bodies(self, tasks: Tasks, ann: Person, body: Json) -> None:
        assert problem(await tasks.post(PATH, ann, json=body), 422, "validation_failed")["errors"]

    async def test_wrong_parts_by_themselves(self, tasks: Tasks, ann: Person) -> None:
        parts: list[Any] = [{"title": "x"}, {"title": ""}, {"title": "y", "unknown": 1}, 5, {"title": "z"}]
        answer = await tasks.post(PATH, ann, json={"create": parts, "atomic": False})
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [result["status"] for result in results] == [201, 422, 422, 422, 201]
        assert [result["id"] is None for result in results] == [False, True, True, True, False]
        assert results[1]["error"]["errors"][0]["pointer"] == "/title"
        body = problem(await tasks.post(PATH, ann, json={"create": parts}), 422, "validation_failed")
        assert [error["pointer"] for error in body["errors"]] == ["/create/1/title", "/create/2/unknown", "/create/3"]

    async def test_what_is_wrong_is_named_where_it_stands(self, tasks: Tasks, ann: Person) -> None:
        parts = [{"title": "x"}, {"title": "y", "parent_id": 10**15}]
        body = problem(await tasks.post(PATH, ann, json={"create": parts}), 422, "bulk_refused")
        assert [error["pointer"] for error in body["errors"]] == ["/create/1/parent_id"]

    async def test_what_is_there_is_not_restored(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        live, trashed, foreign = await tasks.create(ann), await tasks.create(ann), await tasks.create(bob)
        await tasks.delete(trashed, ann)
        ids = [live["id"], trashed["id"], foreign["id"]]
        answer = await tasks.post(PATH, ann, json={"ids": ids, "action": "restore", "atomic": False})
        assert [result["status"] for result in answer.json()["results"]] == [409, 200, 404]
        assert answer.json()["results"][0]["error"]["code"] == "task_not_trashed"

    @settings(max_examples=80, deadline=None)
    @given(
        body=st.fixed_dictionaries(
            {},
            optional={
                "ids": st.lists(st.integers(-1, 2**64) | st.none(), max_size=3),
                "filter": st.text(max_size=8) | st.dictionaries(st.sampled_from(["q", "status", "x"]), st.text()),
                "action": st.sampled_from(["update", "delete", "restore", "move", "x"]),
                "set": st.dictionaries(st.sampled_from(["title", "status", "due_date", "labels"]), st.text(max_size=5)),
                "create": st.lists(st.dictionaries(st.sampled_from(["title", "client_id"]), st.text()), max_size=2),
                "dry_run": st.booleans(),
            },
        )
    )
    async def test_any_body_at_all(self, tasks: Tasks, fake_users: FakeUsers, body: Json) -> None:
        ann = fake_users.sign_in(1) if 1 in fake_users.people else fake_users.register()
        answer = await tasks.post(PATH, ann, json=body)
        assert answer.status_code in (200, 422), answer.text


class TestDeleteAll:
    async def test_needs_a_confirmation(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        for query in ("", "?confirm=false", "?status=todo"):
            answer = await tasks.call("DELETE", f"/api/tasks{query}", ann)
            assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == "/confirm"
        assert await tasks.read(task, ann) == task
        problem(await tasks.call("DELETE", "/api/tasks?confirm=true", None), 401, "unauthenticated")

    async def test_takes_what_matches_and_may_be_deleted(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        goes, stays = await tasks.create(ann, priority="low"), await tasks.create(ann, priority="high")
        assigned = await tasks.create(bob, assignee_ids=[ann.id], priority="low")
        answer = await tasks.call("DELETE", "/api/tasks?confirm=true&priority=low&filter=status=todo", ann)
        assert (answer.status_code, answer.json()) == (200, {"changed": 1, "has_more": False})
        assert {task["id"] for task in await tasks.items("/api/tasks", ann)} == {stays["id"], assigned["id"]}
        assert (await tasks.events_of(goes))[-1].type == "task.deleted"
        assert (await tasks.post(f"{path_of(goes)}/restore", ann)).status_code == 200
        assert (await tasks.call("DELETE", "/api/tasks/?confirm=true", ann)).json()["changed"] == 2

    async def test_more_than_a_thousand(self, tasks: Tasks, ann: Person) -> None:
        for _ in range(3):
            await bulk(tasks, ann, create=[{"title": "x"}] * 700)
        answer = await tasks.call("DELETE", "/api/tasks?confirm=true", ann)
        assert answer.json() == {"changed": 2100, "has_more": False}
        assert await tasks.items("/api/tasks", ann) == []
