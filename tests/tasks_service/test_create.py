"""Tasks are made."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import DEFAULTS, FULL, Tasks, fields_of, path_of, problem


class TestCreateTask:
    async def test_with_all_fields(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        body = {**FULL, "assignee_ids": [bob.id, ann.id]}
        answer = await tasks.post("/api/tasks", ann, json=body)
        assert answer.status_code == 201
        task = answer.json()
        assert fields_of(task) == body
        assert (task["created_by"], task["assigned_user"], task["version"]) == (ann.id, bob.id, 1)
        assert answer.headers["location"] == path_of(task)
        assert answer.headers["etag"] == '"1"'
        assert (await tasks.read(task, ann)) == task

    async def test_with_a_title_alone(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, "  Title  ")
        assert fields_of(task) == {"title": "Title", **DEFAULTS}
        assert task["assigned_user"] is None
        assert task["completed_at"] is None
        created = datetime.fromisoformat(task["created_at"])
        assert abs(datetime.now(UTC) - created) < timedelta(seconds=30)
        assert task["created_at"].endswith("Z")

    @pytest.mark.parametrize("name", ["assigned_user", "assigned_to"])
    async def test_with_one_assignee(self, tasks: Tasks, ann: Person, bob: Person, name: str) -> None:
        task = await tasks.create(ann, "x", **{name: bob.id})
        assert (task["assignee_ids"], task["assigned_user"]) == ([bob.id], bob.id)
        nobody = await tasks.create(ann, "x", **{name: None})
        assert nobody["assignee_ids"] == []

    async def test_an_assignee_twice_is_one(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        assert (await tasks.create(ann, assignee_ids=[bob.id, ann.id, bob.id]))["assignee_ids"] == [bob.id, ann.id]

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            *(("PENDING", "todo"), ("Todo", "todo"), (" completed ", "completed"), ("ARCHIVED", "archived")),
            *((word, "in_progress") for word in ("IN_PROGRESS", "In Progress", "in-progress")),
        ],
    )
    async def test_status_in_any_case(self, tasks: Tasks, ann: Person, given: str, expected: str) -> None:
        assert (await tasks.create(ann, status=given))["status"] == expected

    async def test_priority_in_any_case(self, tasks: Tasks, ann: Person) -> None:
        assert (await tasks.create(ann, priority="URGENT"))["priority"] == "urgent"

    async def test_completed_from_the_start(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, status="completed")
        assert task["completed_at"] == task["created_at"]

    async def test_limits_are_inclusive(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(
            ann, "é" * 200, description="d" * 20_000, labels=[f"{i:050}" for i in range(50)], estimate_minutes=0
        )
        assert len(task["title"]) == 200
        assert len(task["labels"]) == 50

    async def test_only_by_administrators_where_it_is_so_set(
        self, service_app: StartApp, fake_users: FakeUsers, ann: Person, admin: Person
    ) -> None:
        async with service_app("tasks_service", users_url=fake_users.url, task_creation="admins") as running:
            restricted = Tasks(running)
            problem(await restricted.post("/api/tasks", ann, json=FULL), 403, "task_creation_restricted")
            assert (await restricted.create(admin))["created_by"] == admin.id

    async def test_says_how_long_a_text_may_be(self, tasks: Tasks, ann: Person) -> None:
        body = {"title": "", "labels": ["x" * 51]}
        errors = problem(await tasks.post("/api/tasks", ann, json=body), 422, "validation_failed")["errors"]
        assert errors == [
            {"pointer": "/title", "message": "must have at least 1 character"},
            {"pointer": "/labels/0", "message": "must have at most 50 characters"},
        ]


class TestAssignees:
    async def test_that_nobody_has_told_of_are_asked_for_at_once(
        self, tasks: Tasks, fake_users: FakeUsers, ann: Person
    ) -> None:
        people = [fake_users.register() for _ in range(3)]
        before = fake_users.calls["/internal/users"]
        ids = [person.id for person in people]
        assert (await tasks.create(ann, assignee_ids=ids))["assignee_ids"] == ids
        await tasks.create(ann, assignee_ids=ids)
        assert fake_users.calls["/internal/users"] == before + 1, "in one call, and only once"

    async def test_that_do_not_exist(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        answer = await tasks.post("/api/tasks", ann, json={"title": "x", "assignee_ids": [bob.id, 10**9]})
        body = problem(answer, 422, "validation_failed")
        assert body["errors"] == [{"pointer": "/assignee_ids", "message": "there is no active user 1000000000"}]

    async def test_that_are_not_active(self, tasks: Tasks, fake_users: FakeUsers, ann: Person) -> None:
        gone = fake_users.register(is_active=False)
        problem(
            await tasks.post("/api/tasks", ann, json={"title": "x", "assignee_ids": [gone.id]}),
            422,
            "validation_failed",
        )

    async def test_that_cannot_be_asked_for_now(self, tasks: Tasks, fake_users: FakeUsers, ann: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[ann.id])
        stranger = fake_users.register()
        fake_users.mode = "failing"
        try:
            refused = await tasks.post("/api/tasks", ann, json={"title": "x", "assignee_ids": [stranger.id]})
            known = await tasks.patch(task, ann, {"title": "New"})
        finally:
            fake_users.mode = "ok"
        problem(refused, 503, "unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert known.status_code == 200

    async def test_who_were_deactivated_may_stay(self, tasks: Tasks, fake_users: FakeUsers, ann: Person) -> None:
        leaving = fake_users.register()
        task = await tasks.create(ann, assignee_ids=[leaving.id])
        await tasks.session().execute("UPDATE people SET is_active = false WHERE id = $1", leaving.id)
        assert (await tasks.patch(task, ann, {"title": "New"})).status_code == 200
        assert (await tasks.patch(task, ann, {"assignee_ids": []})).status_code == 200
        problem(await tasks.patch(task, ann, {"assignee_ids": [leaving.id]}), 422, "validation_failed")


class TestClientId:
    async def test_makes_one_task_of_many_requests(self, tasks: Tasks, ann: Person) -> None:
        client_id = str(uuid4())
        made = await asyncio.gather(*(tasks.create(ann, f"Try {i}", client_id=client_id) for i in range(8)))
        assert len({task["id"] for task in made}) == 1
        assert made[0]["client_id"] == client_id
        assert len(await tasks.events_of(made[0])) == 1
        assert len(await tasks.items("/api/tasks", ann)) == 1

    async def test_shows_the_task_as_it_is_now(self, tasks: Tasks, ann: Person) -> None:
        client_id = str(uuid4())
        task = await tasks.create(ann, client_id=client_id)
        changed = (await tasks.patch(task, ann, {"title": "Changed"})).json()
        assert await tasks.create(ann, "Again", client_id=client_id, assignee_ids=[10**9]) == changed

    async def test_belongs_to_who_made_it(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        client_id = str(uuid4())
        task = await tasks.create(ann, client_id=client_id)
        assert (await tasks.create(bob, client_id=client_id))["id"] != task["id"]

    async def test_is_not_given_again_while_the_task_is_in_the_trash(self, tasks: Tasks, ann: Person) -> None:
        client_id = str(uuid4())
        task = await tasks.create(ann, client_id=client_id)
        await tasks.delete(task, ann)
        answer = await tasks.post("/api/tasks", ann, json={"title": "Again", "client_id": client_id})
        problem(answer, 409, "client_id_in_trash")

    async def test_goes_with_an_idempotency_key(self, tasks: Tasks, ann: Person) -> None:
        body = {"title": "x", "client_id": str(uuid4())}
        answers = [
            await tasks.post("/api/tasks", ann, json=body, headers={"Idempotency-Key": key}) for key in ("a", "b", "b")
        ]
        assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}

    @pytest.mark.parametrize("value", ["x", 1, "", [], "0" * 31])
    async def test_is_a_uuid(self, tasks: Tasks, ann: Person, value: object) -> None:
        answer = await tasks.post("/api/tasks", ann, json={"title": "x", "client_id": value})
        assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == "/client_id"
