"""Any bytes on any endpoint give 2xx or 4xx, as problem+json, soon, and say nothing about our insides."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.system import openapi
from tests.system.openapi import Operation
from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

IDS = ["0", "-1", str(2**63), "9" * 5000, "abc", "%00", "..%2f..", "1e3", "%EF%BC%91", "1;x", "%20", "1.0"]
WORDS = ["", "\x00", "%ff", "9" * 5000, "-1", str(2**63), "NaN", "1e999", "' OR 1=1 --", "0001-01-01T00:00:00+14:00"]
VALUES: list[bytes] = [
    b"null",
    b"true",
    b"-1",
    b"0",
    b"9223372036854775808",
    b"9" * 5000,
    b"1e999",
    b"NaN",
    b'""',
    b'"a\\u0000b"',
    b'"\\ud800"',
    b'"\xff"',
    b'"' + b"x" * 30_000 + b'"',
    b'"9999-99-99"',
    b"[]",
    b'["a", 1, null]',
    b"{}",
    b"[" * 5000 + b"]" * 5000,
    b"{'single': 1}",
]
LEAKS = ("Traceback", "asyncpg", "pydantic", "SELECT ", 'File "', "python3")
SKIPPED = {"/api/auth/logout"}  # would end the session that the sweep uses


@pytest.fixture(scope="module")
def operations(stack: RunningSystem) -> list[Operation]:
    return [o for o in openapi.read(stack) if o.path not in SKIPPED]


@pytest.fixture
async def callers(stack: RunningSystem) -> list[Person]:
    return [await Person.registered(stack.base), await Person.known(stack.base, *stack.admin())]


def judge(what: str, answer: httpx.Response) -> list[str]:
    found = []
    if answer.status_code >= 500:
        found.append(f"{what}: {answer.status_code} {answer.text[:200]}")
    if answer.status_code >= 400:
        if not answer.headers.get("content-type", "").startswith("application/problem+json"):
            found.append(f"{what}: {answer.status_code} is no problem+json")
        elif answer.json()["status"] != answer.status_code:
            found.append(f"{what}: the problem has another status")
    found += [f"{what}: says {leak!r}" for leak in LEAKS if leak in answer.text]
    return found


async def sweep(requests: list[tuple[str, Any]]) -> list[str]:
    """Sends the requests, a few at a time; what was wrong with the answers."""
    gate = asyncio.Semaphore(8)

    async def one(what: str, send: Any) -> list[str]:
        async with gate, asyncio.timeout(5):
            return judge(what, await send())

    found = await asyncio.gather(*(one(what, send) for what, send in requests))
    return [line for lines in found for line in lines]


def sends(person: Person, method: str, url: str, content: bytes | None = None) -> Any:
    headers = {"Authorization": f"Bearer {person.access}"}
    if content is not None:
        headers["Content-Type"] = "application/json"
    return lambda: person.http.request(method.upper(), url, content=content, headers=headers)


def _with(name: str, value: bytes) -> bytes:
    return b"{" + json.dumps(name).encode() + b":" + value + b"}"


class TestHostileValues:
    async def test_in_paths(self, operations: list[Operation], callers: list[Person]) -> None:
        templated = [o for o in operations if "{" in o.path]
        assert templated
        requests = [
            (f"{o} at {value[:30]}", sends(person, o.method, o.at(value), b"{}" if o.body else None))
            for o in templated
            for value in IDS
            for person in callers
        ]
        assert await sweep(requests) == []

    async def test_in_queries(self, operations: list[Operation], callers: list[Person]) -> None:
        addresses = [
            (o, f"{o.at(1)}?{httpx.QueryParams({name: value})}")
            for o in operations
            for name in ["unknown", *(p["name"] for p in o.parameters if p["in"] == "query")]
            for value in WORDS
        ]
        requests = [(f"{o} {url[:80]}", sends(callers[0], o.method, url)) for o, url in addresses]
        assert len(requests) > 100
        assert await sweep(requests) == []

    async def test_in_bodies(self, operations: list[Operation], callers: list[Person]) -> None:
        contents = [
            (o, content)
            for o in operations
            for value in VALUES
            for content in [value, *(_with(name, value) for name in (o.body or {}).get("properties", {}))]
            if o.body
        ]
        requests = [(f"{o} {c[:60]!r}", sends(callers[0], o.method, o.at(1), c)) for o, c in contents]
        assert len(requests) > 100
        assert await sweep(requests) == []

    async def test_in_headers(self, stack: RunningSystem, callers: list[Person]) -> None:
        person = callers[0]
        wrong = []
        for name in ("Authorization", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-ID", "traceparent"):
            for value in (b"\xff\xfe", b"x" * 6000, b'"' * 50, b"Bearer " + b"." * 50, b"Bearer a.b.c"):
                headers: Any = {"Authorization": f"Bearer {person.access}".encode(), name: value}
                for method, path in (("GET", "/api/tasks/1"), ("POST", "/api/tasks"), ("PATCH", "/api/tasks/1")):
                    answer = await person.http.request(method, path, headers=headers, json={"title": "x"})
                    wrong += judge(f"{method} {path} {name}: {value[:20]!r}", answer)
        assert wrong == []


class TestSignedOut:
    async def test_everything_that_is_not_public_is_401(
        self, stack: RunningSystem, operations: list[Operation]
    ) -> None:
        async with httpx.AsyncClient(base_url=stack.base, trust_env=False) as http:
            closed = [o for o in operations if not o.public]
            assert len(closed) > 15
            for o in closed:
                for headers in ({}, {"Authorization": "Bearer nonsense"}):
                    answer = await http.request(o.method.upper(), o.at(1), headers=headers)
                    assert answer.status_code == 401, f"{o}: {answer.status_code}"
                    assert judge(str(o), answer) == []

    @pytest.mark.parametrize("way", ["access_token", "token"])
    async def test_a_token_in_the_address_is_no_token(self, stack: RunningSystem, way: str) -> None:
        person = await Person.registered(stack.base)
        answer = await person.http.get(f"/api/tasks?{way}={person.access}")
        assert answer.status_code == 401
