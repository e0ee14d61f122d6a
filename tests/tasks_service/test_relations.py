"""Subtasks, and tasks that wait for others."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, path_of, problem


def counts(task: Json) -> tuple[int, int]:
    return task["subtasks"]["total"], task["subtasks"]["completed"]


def pointers(body: Json) -> list[str]:
    return [error["pointer"] for error in body["errors"]]


class TestSubtasks:
    async def test_are_counted_at_once_everywhere(self, tasks: Tasks, ann: Person) -> None:
        parent = await tasks.create(ann)

        async def seen() -> set[tuple[int, int]]:
            (listed,) = [t for t in await tasks.items("/api/tasks", ann) if t["id"] == parent["id"]]
            read = await tasks.read(parent, ann)
            assert read["version"] == listed["version"] == 1
            return {counts(read), counts(listed)}

        assert await seen() == {(0, 0)}
        one = await tasks.create(ann, parent_id=parent["id"])
        assert await seen() == {(1, 0)}
        two = await tasks.create(ann, parent_id=parent["id"], status="completed")
        assert await seen() == {(2, 1)}
        await tasks.patch(one, ann, {"status": "completed"})
        assert await seen() == {(2, 2)}
        await tasks.patch(one, ann, {"title": "Other"})
        assert await seen() == {(2, 2)}
        await tasks.delete(two, ann)
        assert await seen() == {(1, 1)}
        await tasks.post(f"{path_of(two)}/restore", ann)
        assert await seen() == {(2, 2)}
        await tasks.patch(one, ann, {"status": "todo"})
        assert await seen() == {(2, 1)}
        await tasks.patch(one, ann, {"parent_id": None})
        assert await seen() == {(1, 1)}
        await tasks.patch(parent, ann, {"title": "Parent"})
        assert counts((await tasks.events_of(parent))[-1].data.task.model_dump()) == (1, 1)

    async def test_move_from_one_parent_to_another(self, tasks: Tasks, ann: Person) -> None:
        first, second = await tasks.create(ann), await tasks.create(ann)
        child = await tasks.create(ann, parent_id=first["id"], status="completed")
        moved = (await tasks.patch(child, ann, {"parent_id": second["id"], "status": "todo"})).json()
        assert (moved["parent_id"], moved["version"]) == (second["id"], 2)
        assert counts(await tasks.read(first, ann)) == (0, 0)
        assert counts(await tasks.read(second, ann)) == (1, 0)
        assert [t["id"] for t in await tasks.items("/api/tasks", ann, parent_id=second["id"])] == [child["id"]]

    async def test_of_many_at_once_each_is_counted(self, tasks: Tasks, ann: Person) -> None:
        parent = await tasks.create(ann)
        made = await asyncio.gather(*(tasks.create(ann, parent_id=parent["id"]) for _ in range(20)))
        await asyncio.gather(*(tasks.patch(child, ann, {"status": "completed"}) for child in made[:7]))
        assert counts(await tasks.read(parent, ann)) == (20, 7)

    async def test_of_many_in_one_statement_each_is_counted(self, tasks: Tasks, ann: Person) -> None:
        one = await tasks.create(ann)
        two = await tasks.create(ann, parent_id=one["id"])
        parts = [{"title": "x", "parent_id": parent["id"]} for parent in (one, one, two, one)]

        async def bulk(**body: Any) -> list[int]:
            answer = await tasks.post("/api/tasks/bulk", ann, json=body)
            assert answer.status_code == 200, answer.text
            return [result["id"] for result in answer.json()["results"]]

        async def seen() -> list[tuple[int, int]]:
            return [counts(await tasks.read(task, ann)) for task in (one, two)]

        made = await bulk(create=parts)
        assert await seen() == [(4, 0), (1, 0)]
        await bulk(ids=[two["id"], *made[1:]], action="update", set={"status": "completed"})
        assert await seen() == [(4, 3), (1, 1)]
        await bulk(ids=[two["id"], *made[:2]], action="update", set={"parent_id": None})
        assert await seen() == [(1, 1), (1, 1)]
        await bulk(ids=made, action="delete")
        assert await seen() == [(0, 0), (0, 0)]
        await bulk(ids=made, action="restore")
        assert await seen() == [(1, 1), (1, 1)]

    async def test_need_a_parent_that_the_caller_sees(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        foreign, trashed, own = await tasks.create(bob), await tasks.create(ann), await tasks.create(ann)
        await tasks.delete(trashed, ann)
        for parent_id in (foreign["id"], trashed["id"], 10**15):
            body = problem(
                await tasks.post("/api/tasks", ann, json={"title": "x", "parent_id": parent_id}),
                422,
                "validation_failed",
            )
            assert body["errors"] == [{"pointer": "/parent_id", "message": f"there is no task {parent_id}"}]
            problem(await tasks.patch(own, ann, {"parent_id": parent_id}), 422, "validation_failed")
        assert counts(await tasks.read(foreign, bob)) == (0, 0)

    async def test_need_a_parent_that_the_caller_may_change(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(bob, members={"viewer": ann})
        parent, own = await tasks.create(bob, project_id=project["id"]), await tasks.create(ann)
        body = {"parent_id": parent["id"], "project_id": None}
        problem(await tasks.post("/api/tasks", ann, json={"title": "x", **body}), 403, "task_change_refused")
        problem(await tasks.patch(own, ann, body), 403, "task_change_refused")
        path = f"/api/projects/{project['id']}"
        assert (await tasks.call("PATCH", path, bob, json={"archived": True})).status_code == 200
        problem(await tasks.post("/api/tasks", bob, json={"title": "x", **body}), 409, "project_archived")
        assert counts(await tasks.read(parent, bob)) == (0, 0)

    async def test_never_lead_back(self, tasks: Tasks, ann: Person) -> None:
        top = await tasks.create(ann)
        middle = await tasks.create(ann, parent_id=top["id"])
        bottom = await tasks.create(ann, parent_id=middle["id"])
        for parent in (top, middle, bottom):
            body = problem(await tasks.patch(top, ann, {"parent_id": parent["id"]}), 422, "validation_failed")
            assert pointers(body) == ["/parent_id"]
        assert await tasks.read(top, ann) == {**top, "subtasks": {"total": 1, "completed": 0}}

    async def test_of_two_changes_that_make_a_circle_one_is_refused(self, tasks: Tasks, ann: Person) -> None:
        for field in ("parent_id", "blocked_by"):
            for _ in range(5):
                one, two = await tasks.create(ann), await tasks.create(ann)
                value: Any = [(two["id"]), (one["id"])]
                wanted = [{field: i if field == "parent_id" else [i]} for i in value]
                answers = await asyncio.gather(tasks.patch(one, ann, wanted[0]), tasks.patch(two, ann, wanted[1]))
                assert sorted(answer.status_code for answer in answers) == [200, 422]

    async def test_go_ten_levels_deep(self, tasks: Tasks, ann: Person) -> None:
        chain = [await tasks.create(ann)]
        for _ in range(9):
            chain.append(await tasks.create(ann, parent_id=chain[-1]["id"]))
        answer = await tasks.post("/api/tasks", ann, json={"title": "x", "parent_id": chain[-1]["id"]})
        assert pointers(problem(answer, 422, "validation_failed")) == ["/parent_id"]
        other = await tasks.create(ann)
        problem(await tasks.patch(chain[0], ann, {"parent_id": other["id"]}), 422, "validation_failed")
        assert (await tasks.patch(chain[1], ann, {"parent_id": other["id"]})).status_code == 200


class TestBlockers:
    async def test_are_kept_in_their_order(self, tasks: Tasks, ann: Person) -> None:
        one, two = await tasks.create(ann), await tasks.create(ann)
        task = await tasks.create(ann, blocked_by=[two["id"], one["id"], two["id"]])
        assert task["blocked_by"] == [two["id"], one["id"]]
        assert (await tasks.patch(task, ann, {"blocked_by": None})).json()["blocked_by"] == []
        changes = (await tasks.events_of(task))[-1].data.changes
        assert changes["blocked_by"].before == [two["id"], one["id"]]

    async def test_that_nobody_sees_are_refused(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        foreign, own = await tasks.create(bob), await tasks.create(ann)
        answer = await tasks.patch(own, ann, {"blocked_by": [foreign["id"], 10**15]})
        messages = [error["message"] for error in problem(answer, 422, "validation_failed")["errors"]]
        assert messages == [f"there is no task {i}" for i in (foreign["id"], 10**15)]

    async def test_stay_when_they_cannot_be_seen_any_more(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        foreign = await tasks.create(bob, assignee_ids=[ann.id])
        task = await tasks.create(ann, blocked_by=[foreign["id"]])
        await tasks.patch(foreign, bob, {"assignee_ids": []})
        renamed = await tasks.patch(task, ann, {"title": "Other", "blocked_by": [foreign["id"]]})
        assert renamed.json()["blocked_by"] == [foreign["id"]]

    async def test_never_lead_back(self, tasks: Tasks, ann: Person) -> None:
        first = await tasks.create(ann)
        second = await tasks.create(ann, blocked_by=[first["id"]])
        third = await tasks.create(ann, blocked_by=[second["id"]])
        for blocker in (first, second, third):
            body = problem(await tasks.patch(first, ann, {"blocked_by": [blocker["id"]]}), 422, "validation_failed")
            assert pointers(body) == ["/blocked_by"]

    @pytest.mark.parametrize("value", [1, "1", [0], [-1], [2**63], [True], [None], [*range(1, 52)], {}])
    async def test_are_ids(self, tasks: Tasks, ann: Person, value: Any) -> None:
        task = await tasks.create(ann)
        problem(await tasks.patch(task, ann, {"blocked_by": value}), 422, "validation_failed")
        if not isinstance(value, int):
            problem(await tasks.patch(task, ann, {"parent_id": value}), 422, "validation_failed")


class TestInclude:
    async def test_what_waits_and_what_is_below(self, tasks: Tasks, ann: Person) -> None:
        top = await tasks.create(ann, estimate_minutes=1)
        child = await tasks.create(ann, parent_id=top["id"], estimate_minutes=10, blocked_by=[top["id"]])
        await tasks.create(ann, parent_id=child["id"], estimate_minutes=5, status="completed", blocked_by=[top["id"]])
        await tasks.post(f"{path_of(top)}/time-entries", ann, json={"minutes": 7})
        include = ["blocking", "rollup", "spent_minutes"]
        found = await tasks.items("/api/tasks", ann, include=include, fields="id", sort="created_at")
        assert [row["blocking"] for row in found] == [[child["id"], child["id"] + 1], [], []]
        assert [row["spent_minutes"] for row in found] == [7, 0, 0]
        assert [row["rollup"] for row in found] == [
            {"total": 2, "completed": 1, "estimate_minutes": 15},
            {"total": 1, "completed": 1, "estimate_minutes": 5},
            {"total": 0, "completed": 0, "estimate_minutes": 0},
        ]

    async def test_names_nothing_that_the_caller_does_not_see(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        await tasks.create(ann, blocked_by=[task["id"]])
        own = await tasks.create(bob, blocked_by=[task["id"]])
        (seen,) = [t for t in await tasks.items("/api/tasks", bob, include="blocking") if t["id"] == task["id"]]
        assert seen["blocking"] == [own["id"]]


class TestRecurrence:
    async def test_completing_makes_the_next_one(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(
            ann,
            "Water the plants",
            description="All of them",
            priority="high",
            labels=["home"],
            assignee_ids=[bob.id],
            due_date="2026-01-31",
            estimate_minutes=5,
            recurrence="RRULE:FREQ=MONTHLY;BYMONTHDAY=-1",
        )
        assert task["recurrence"] == "FREQ=MONTHLY;BYMONTHDAY=-1"
        assert (await tasks.patch(task, bob, {"status": "completed"})).status_code == 200
        (following,) = [t for t in await tasks.items("/api/tasks", ann) if t["id"] > task["id"]]
        kept = ("title", "description", "priority", "labels", "assignee_ids", "estimate_minutes", "recurrence")
        assert {name: following[name] for name in kept} == {name: task[name] for name in kept}
        assert (following["status"], following["due_date"], following["version"]) == ("todo", "2026-02-28", 1)
        assert following["created_by"] == ann.id
        (created,) = await tasks.events_of(following)
        assert (created.type, created.actor) == ("task.created", bob.id)

    async def test_completed_once_more_it_makes_no_other(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, due_date="2026-01-31", recurrence="FREQ=DAILY")
        for status in ("completed", "todo", "completed", "completed"):
            await tasks.patch(task, ann, {"status": status})
        await asyncio.gather(*(tasks.patch(task, ann, {"status": s}) for s in ["todo", "completed"] * 4))
        assert len(await tasks.items("/api/tasks", ann)) == 2

    async def test_a_count_holds_over_all_of_them(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, due_date="2026-01-31", recurrence="FREQ=WEEKLY;COUNT=3")
        for _ in range(5):
            for open_task in await tasks.items("/api/tasks", ann, status="todo"):
                await tasks.put(open_task, ann, {**editable(open_task), "status": "completed"})
        found = sorted(t["due_date"] for t in await tasks.items("/api/tasks", ann))
        assert found == ["2026-01-31", "2026-02-07", "2026-02-14"]
        assert (await tasks.read(task, ann))["recurrence"] == "FREQ=WEEKLY;COUNT=3"

    @pytest.mark.parametrize(
        "rule", ["FREQ=MINUTELY", "FREQ=SECONDLY", "FREQ=HOURLY", "daily", "", "a\x00", 1, "x" * 301]
    )
    async def test_other_rules_are_refused(self, tasks: Tasks, ann: Person, rule: Any) -> None:
        answer = await tasks.post("/api/tasks", ann, json={"title": "x", "recurrence": rule})
        assert pointers(problem(answer, 422, "validation_failed")) == ["/recurrence"]

    async def test_without_a_due_date_it_counts_from_today(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, recurrence="FREQ=DAILY")
        await tasks.patch(task, ann, {"status": "completed"})
        (following,) = await tasks.items("/api/tasks", ann, status="todo")
        assert following["due_date"] > task["created_at"][:10]


def editable(task: Json) -> Json:
    """What PUT takes of a task."""
    names = ("title", "due_date", "recurrence", "labels", "assignee_ids", "parent_id", "blocked_by")
    return {name: task[name] for name in names}
