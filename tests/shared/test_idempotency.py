"""Idempotency-Key: a retry gives the first answer again and has no second effect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.postgres import Server
from tests.tasks_service.client import Tasks, path_of, problem

BODY = {"title": "Once"}


@pytest.fixture(scope="module")
async def url(postgres: Server) -> str:
    return await postgres.database("tasks_service")


@pytest.fixture
def ann(fake_users: FakeUsers) -> Person:
    return fake_users.register()


async def create(tasks: Tasks, person: Person | None, key: str, **request: object) -> httpx.Response:
    return await tasks.post("/api/tasks", person, headers={"Idempotency-Key": key}, **(request or {"json": BODY}))


async def count(tasks: Tasks, person: Person) -> int:
    return int((await tasks.get("/api/tasks?count=true", person)).json()["total"])


@pytest.fixture
async def tasks(service_app: StartApp, fake_users: FakeUsers, url: str) -> AsyncIterator[Tasks]:
    async with service_app("tasks_service", users_url=fake_users.url, database_url=url) as running:
        yield Tasks(running)


def same(first: httpx.Response, second: httpx.Response) -> None:
    assert second.status_code == first.status_code
    assert second.content == first.content
    for name in ("location", "etag", "content-type", "content-length"):
        assert second.headers[name] == first.headers[name]
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


class TestReplay:
    async def test_gives_the_same_answer_and_has_one_effect(self, tasks: Tasks, ann: Person) -> None:
        first = await create(tasks, ann, "key")
        await tasks.patch(first.json(), ann, {"title": "Changed since"})
        same(first, await create(tasks, ann, "key"))
        assert await count(tasks, ann) == 1
        assert len(await tasks.events_of(first.json())) == 2

    async def test_survives_a_restart(
        self, tasks: Tasks, service_app: StartApp, fake_users: FakeUsers, url: str, ann: Person
    ) -> None:
        first = await create(tasks, ann, "key")
        async with service_app("tasks_service", users_url=fake_users.url, database_url=url) as running:
            same(first, await create(Tasks(running), ann, "key"))

    async def test_of_many_at_once_one_has_an_effect(self, tasks: Tasks, ann: Person) -> None:
        answers = await asyncio.gather(*(create(tasks, ann, "key") for _ in range(20)))
        made = [answer for answer in answers if answer.status_code == 201]
        for answer in answers:
            if answer.status_code != 201:
                problem(answer, 409, "idempotency_key_in_progress")
        assert len({answer.content for answer in made}) == 1
        assert sum("idempotency-replayed" not in answer.headers for answer in made) == 1
        assert await count(tasks, ann) == 1

    async def test_for_twenty_four_hours(self, tasks: Tasks, ann: Person) -> None:
        await create(tasks, ann, "key")
        session = tasks.session()
        move = "UPDATE idempotency_keys SET created_at = now() - $1::interval WHERE owner = $2"
        await session.execute(move, timedelta(hours=23, minutes=59), ann.id)
        assert "idempotency-replayed" in (await create(tasks, ann, "key")).headers
        await session.execute(move, timedelta(hours=24, minutes=1), ann.id)
        again = await create(tasks, ann, "key", json={"title": "Another"})
        assert again.json()["title"] == "Another"
        assert await count(tasks, ann) == 2

    async def test_of_a_restore(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        await tasks.delete(task, ann)
        headers = {"Idempotency-Key": "restore"}
        first = await tasks.post(f"{path_of(task)}/restore", ann, headers=headers)
        second = await tasks.post(f"{path_of(task)}/restore", ann, headers=headers)
        assert (first.status_code, second.status_code) == (200, 200)
        assert second.content == first.content


class TestMisuse:
    async def test_with_another_body(self, tasks: Tasks, ann: Person) -> None:
        await create(tasks, ann, "key")
        problem(await create(tasks, ann, "key", json={"title": "Other"}), 422, "idempotency_key_reused")
        assert await count(tasks, ann) == 1

    async def test_at_another_address(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        await tasks.delete(task, ann)
        await create(tasks, ann, "key")
        answer = await tasks.post(f"{path_of(task)}/restore", ann, headers={"Idempotency-Key": "key"}, json=BODY)
        problem(answer, 422, "idempotency_key_reused")

    async def test_by_somebody_else_is_no_misuse(self, tasks: Tasks, ann: Person, fake_users: FakeUsers) -> None:
        first = await create(tasks, ann, "key")
        other = await create(tasks, fake_users.register(), "key", json={"title": "Other"})
        assert other.status_code == 201
        assert other.json()["id"] != first.json()["id"]

    async def test_by_nobody(self, tasks: Tasks, ann: Person) -> None:
        await create(tasks, ann, "key")
        problem(await create(tasks, None, "key"), 401, "unauthenticated")

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "é", "é\x80"])
    async def test_with_a_key_that_is_none(self, tasks: Tasks, ann: Person, key: str) -> None:
        headers: Any = {**ann.headers, "Idempotency-Key": key.encode("latin-1")}
        answer = await tasks.running.http.post("/api/tasks", headers=headers, json=BODY)
        problem(answer, 422, "validation_failed")

    @pytest.mark.parametrize("key", ["x", "x" * 255, "a b", "';--"])
    async def test_with_an_odd_one(self, tasks: Tasks, ann: Person, key: str) -> None:
        headers: Any = {**ann.headers, "Idempotency-Key": key.encode("latin-1")}
        answers = [await tasks.running.http.post("/api/tasks", headers=headers, json=BODY) for _ in range(2)]
        assert answers[0].content == answers[1].content
        assert answers[0].status_code == 201


class TestFailure:
    async def test_stores_nothing(self, tasks: Tasks, ann: Person, fake_users: FakeUsers) -> None:
        late = len(fake_users.people) + 1
        body = {"title": "x", "assignee_ids": [late]}
        problem(await create(tasks, ann, "key", json=body), 422, "validation_failed")
        problem(await create(tasks, ann, "key", json={"title": ""}), 422, "validation_failed")
        assert await count(tasks, ann) == 0
        assert fake_users.register().id == late
        answer = await create(tasks, ann, "key", json=body)
        assert (answer.status_code, answer.headers.get("idempotency-replayed")) == (201, None)

    async def test_after_the_write_takes_it_back(
        self, tasks: Tasks, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("shared.idempotency.STORE", "SELECT 1 / 0 FROM (SELECT $1, $2, $3, $4, $5, $6)")
            answer = await create(tasks, ann, "key")
        assert answer.status_code >= 400
        assert await count(tasks, ann) == 0
        assert (await create(tasks, ann, "key")).status_code == 201
