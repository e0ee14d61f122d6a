"""Every operation of the tasks service, asked by everybody about an object that is theirs in some part, about a foreign
one, one that is not there and the child of another parent. What is no row of `matrix.TABLE` fails."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Tasks
from tests.tasks_service.matrix import ACTORS, BY_SECRET, TABLE, WITHOUT_OBJECT, Row
from tests.tasks_service.world import MAKERS, MISSING, World

METHODS = ("get", "put", "post", "patch", "delete")
FREE = ("emoji", "event_id")  # names in an address that are no number
CHILDREN = ("status_id", "field_id", "reminder_id")  # of the parent that stands before them in the address


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str

    @property
    def names(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def ids(self) -> list[str]:
        return [name for name in self.names if name not in FREE]


@pytest.fixture(scope="module")
async def tasks(
    service_app: StartApp, fake_users: FakeUsers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Tasks]:
    folder: Path = tmp_path_factory.mktemp("files")
    async with service_app("tasks_service", users_url=fake_users.url, attachments_url=folder.as_uri()) as running:
        yield Tasks(running)


@pytest.fixture(scope="module")
def operations(tasks: Tasks) -> dict[str, Operation]:
    def found() -> Iterator[Operation]:
        for path, item in tasks.running.app.openapi()["paths"].items():
            for method in METHODS:
                if method in item:
                    yield Operation(item[method]["operationId"], method.upper(), path)

    return {operation.name: operation for operation in found()}


@pytest.fixture(scope="module")
def people(fake_users: FakeUsers) -> dict[str, Person]:
    return {actor: fake_users.register("admin" if actor == "admin" else "user") for actor in ACTORS}


@pytest.fixture
def world(tasks: Tasks, fake_users: FakeUsers, people: dict[str, Person]) -> World:
    return World(tasks, fake_users, people)


async def prepared(world: World, operation: Operation) -> World:
    for name in operation.names:
        await world.make(name)
    for step in TABLE[operation.name].first:
        await getattr(world, step)()
    return world


async def ask(
    world: World, operation: Operation, address: str, who: Person | None, headers: dict[str, str] | None = None
) -> httpx.Response:
    row: Row = TABLE[operation.name]
    body = row.body(world) if callable(row.body) else row.body
    content = row.content if row.content is not None else b"" if body is None else json.dumps(body).encode()
    kind = {"Content-Type": "application/json"} if body is not None else {}
    every = {**kind, **row.headers, **(headers or {})}
    return await world.call(operation.method, address + row.query, who, content=content, headers=every)


async def count_events(world: World) -> int:
    return int(await world.tasks.session().fetchval("SELECT count(*) FROM events"))


class TestTable:
    def test_has_a_row_for_every_operation(self, operations: dict[str, Operation]) -> None:
        with_object = {name for name, operation in operations.items() if operation.names} - BY_SECRET
        assert with_object == set(TABLE), "give it a row in tests/tasks_service/matrix.py"
        assert set(operations) - with_object == WITHOUT_OBJECT | BY_SECRET

    def test_knows_how_to_make_what_addresses_name(self, operations: dict[str, Operation]) -> None:
        named = {name for row in TABLE for name in operations[row].names}
        assert named <= set(MAKERS)


@pytest.mark.parametrize("name", TABLE)
class TestOperation:
    async def test_is_for_whom_it_is_meant(
        self, world: World, operations: dict[str, Operation], people: dict[str, Person], name: str
    ) -> None:
        operation, row = operations[name], TABLE[name]
        address = (await prepared(world, operation)).address(operation.path)
        before = await count_events(world)
        refused = [actor for actor in ACTORS if row.expected(actor) in (403, 404)]
        seen = {actor: await ask(world, operation, address, people[actor]) for actor in refused}
        seen["nobody"] = await ask(world, operation, address, None)
        assert await count_events(world) == before, "a refusal leaves no trace"
        for actor in (actor for actor in ACTORS if actor not in refused):
            if row.once:
                own = await prepared(World(world.tasks, world.users, people), operation)
                seen[actor] = await ask(own, operation, own.address(operation.path), people[actor])
            else:
                seen[actor] = await ask(world, operation, address, people[actor])
        expected = {actor: row.expected(actor) for actor in ACTORS} | {"nobody": 401}
        assert {actor: answer.status_code for actor, answer in seen.items()} == expected, [
            (actor, answer.text[:200]) for actor, answer in seen.items() if answer.status_code != expected[actor]
        ]

    async def test_tells_nothing_of_what_is_foreign(
        self, world: World, operations: dict[str, Operation], people: dict[str, Person], name: str
    ) -> None:
        """Foreign and missing are the same bytes: one id after the other is replaced by one that is not there."""
        operation, stranger, owner = operations[name], people["stranger"], people["owner"]
        ids = (await prepared(world, operation)).ids
        pairs: list[Any] = [(stranger, ids, dict.fromkeys(operation.ids, MISSING))]
        if len(operation.ids) == 2 and operation.ids[1] in CHILDREN:
            parent, child = operation.ids
            own = (await prepared(World(world.tasks, world.users, people | {"owner": stranger}), operation)).ids
            pairs += [(stranger, own | {child: ids[child]}, {child: MISSING})]
            pairs += [(owner, ids | {parent: own[parent]}, {parent: MISSING})]
        for who, foreign, missing in pairs:
            seen = await self.seen(world, operation, foreign, who)
            assert seen == await self.seen(world, operation, foreign | missing, who)
            assert seen[0] == TABLE[name].expected("stranger")

    async def seen(
        self, world: World, operation: Operation, ids: dict[str, int | str], who: Person
    ) -> tuple[int, bytes, object]:
        """Status, content and headers, without the ids that stand in the address."""
        address = operation.path.format_map(ids)
        answer = await ask(world, operation, address, who, {"X-Request-ID": "same", "If-Match": '"77"'})
        content = answer.content
        for value in ids.values():
            content = re.sub(rb"/%s\b" % str(value).encode(), b"/ID", content)
        return answer.status_code, content, {k: v for k, v in answer.headers.items() if k != "content-length"}
