"""Every operation of the documents, as everybody: what each may expect is written in `expectations.py`.

A cell is one request with ids that nothing has and, where a body is taken, an empty one: who is let through hears 200,
404 or 422, who is not 401 or 403.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.forgeries import corpus
from tests.system import openapi
from tests.system.expectations import SCOPES, Actor, expected
from tests.system.openapi import Operation
from tests.system.people import Person, until
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

AT_ONCE = 16

ENDS_THE_SESSION = {"POST /api/auth/logout"}  # tested by itself


def found(status: int, code: str | None) -> str:
    if status == 401:
        return "out"
    if status == 403:
        return "scope" if code == "insufficient_scope" else "forbidden"
    return "in" if status < 500 else str(status)


def address(operation: Operation) -> str:
    """With ids that nothing has."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            schema = parameter["schema"]
            value = 2**62 if schema.get("type") == "integer" else uuid4() if schema.get("format") == "uuid" else "none"
            path = path.replace(f"{{{parameter['name']}}}", str(value))
    return path


async def ask(http: httpx.AsyncClient, operation: Operation, actor: Actor) -> str | None:
    """What is wrong with the cell."""
    headers = {} if actor.token is None else {"Authorization": f"Bearer {actor.token}"}
    body = {} if operation.body is not None else None
    async with http.stream(operation.method.upper(), address(operation), headers=headers, json=body) as answer:
        code = None
        if answer.status_code >= 400:
            code = json.loads(await answer.aread()).get("code")
    got, right = found(answer.status_code, code), expected(operation, actor)
    if got != right:
        return f"{actor.name}: {operation} is {right}, but {answer.status_code} {code}"
    if got == "scope" and 'error="insufficient_scope"' not in answer.headers["www-authenticate"]:
        return f"{actor.name}: {operation} does not say which scope"
    return None


async def with_token(person: Person, *scopes: str, **fields: Any) -> str:
    answer = await person.post("/api/auth/tokens", {"name": "cell", "scopes": scopes, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


async def new_admin(stack: RunningSystem) -> Person:
    first = await Person.known(stack.base, *stack.admin())
    person = await Person.registered(stack.base)
    assert (await first.patch(f"/api/users/{person.id}", {"role": "admin"})).status_code == 200
    await person.sign_in()
    return person


@pytest.fixture(scope="module")
async def actors(stack: RunningSystem) -> AsyncIterator[list[Actor]]:
    user, leaver, signed_out = [await Person.registered(stack.base) for _ in range(3)]
    admin = await new_admin(stack)
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    expired = await with_token(user, "tasks:*", expires_at=soon.isoformat())
    revoked = await with_token(user, "tasks:*")
    [row] = [t for t in (await user.get("/api/auth/tokens?limit=1")).json()["items"] if t["expires_at"] is None]
    left = await with_token(leaver, "tasks:*")
    gone = {"revoked token": revoked, "expired token": expired, "deactivated": leaver.access, "its token": left}
    gone["signed out"] = signed_out.access
    for token in gone.values():  # so that every service has an answer about it
        for path in ("/api/tasks", "/api/notifications"):
            await user.http.get(path, headers={"Authorization": f"Bearer {token}"})
    assert (await user.call("DELETE", f"/api/auth/tokens/{row['id']}")).status_code == 204
    assert (await admin.patch(f"/api/users/{leaver.id}", {"is_active": False})).status_code == 200
    assert (await signed_out.post("/api/auth/logout")).status_code == 204
    await asyncio.sleep(max(0.0, soon.timestamp() - time.time()))
    await until(lambda: all_refused(user.http, list(gone.values())), 5)
    yield [
        Actor("anonymous", None),
        Actor("nonsense", secrets.token_urlsafe(20), is_gone=True),
        *(Actor(name, token, is_gone=True) for name, token in gone.items()),
        Actor("user", user.access),
        Actor("admin", admin.access, is_admin=True),
        *[
            Actor(f"{who}'s token {scopes}", await with_token(person, *scopes), who == "admin", scopes)
            for who, person, granted in (("user", user, SCOPES), ("admin", admin, ["tasks:*", "admin"]))
            for scopes in [*((scope,) for scope in granted), tuple(SCOPES)]
        ],
    ]
    # One administrator is left, as before, whom other tests cannot delete by accident.
    first = await Person.known(stack.base, *stack.admin())
    assert (await first.patch(f"/api/users/{admin.id}", {"role": "user"})).status_code == 200
    await Person.leave_all()


async def all_refused(http: httpx.AsyncClient, tokens: list[str]) -> bool:
    """Two workers in each service hear of it on the bus."""
    for token in tokens:
        for path in ("/api/tasks", "/api/notifications") * 4:
            answer = await http.get(path, headers={"Authorization": f"Bearer {token}"})
            if answer.status_code != 401:
                return False
    return True


class TestMatrix:
    async def test_no_cell_without_expectation_and_no_violation(
        self, stack: RunningSystem, actors: list[Actor]
    ) -> None:
        operations = [o for o in openapi.read(stack) if str(o) not in ENDS_THE_SESSION]
        assert len(operations) > 100
        gate = asyncio.Semaphore(AT_ONCE)
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(base_url=stack.base, trust_env=False, timeout=20, limits=limits) as http:

            async def cell(operation: Operation, actor: Actor) -> str | None:
                async with gate:
                    return await ask(http, operation, actor)

            answers = await asyncio.gather(*(cell(o, a) for a in actors for o in operations))
        assert [wrong for wrong in answers if wrong] == []

    async def test_signing_out_is_for_sessions_only(self, actors: list[Actor], stack: RunningSystem) -> None:
        [operation] = [o for o in openapi.read(stack) if str(o) in ENDS_THE_SESSION]
        async with httpx.AsyncClient(base_url=stack.base, trust_env=False, timeout=20) as http:
            for actor in actors:
                assert await ask(http, operation, actor) is None


class TestCorpusOutside:
    async def test_every_service_refuses_each_forgery_and_nobody_is_called(self, stack: RunningSystem) -> None:
        """Signed with the system's own key where the key is not what is wrong."""
        called = 0

        def on_call(*_: Any) -> None:
            nonlocal called
            called += 1

        listener = await asyncio.start_server(on_call, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        person = await Person.registered(stack.base)
        pem = (stack.data / "secrets" / "signing-key.pem").read_text()
        wrong = []
        async with listener, httpx.AsyncClient(base_url=stack.base, trust_env=False, timeout=20) as http:
            for how, token in corpus(pem, person.access, url).items():
                if not token.isprintable() or len(token) > 7000:  # no header at all, or more than the gateway takes
                    continue
                for path in ("/api/users/me", "/api/tasks", "/api/notifications"):
                    answer = await http.get(path, headers={"Authorization": f"Bearer {token}"})
                    if answer.status_code != 401:
                        wrong.append(f"{how} at {path}: {answer.status_code}")
        assert wrong == []
        assert called == 0
        assert (await person.get("/api/tasks")).status_code == 200
