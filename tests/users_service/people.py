"""People who are signed in, and what the service told the world about them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import httpx

from shared import events
from shared.consumer import Event
from shared.outbox import message_of
from tests.apps import ServiceApp

PASSWORD = "correct battery staple"

_numbers = itertools.count(1)

EVENTS = """
SELECT id, event_id, type, subject_id, version, actor_id, audience, data, request_id, traceparent, occurred_at
FROM events WHERE subject_id = $1 ORDER BY id
"""


def registration(**fields: Any) -> dict[str, Any]:
    """A body that is good, with the fields given instead of its own; None leaves one out."""
    name = f"person{next(_numbers)}"
    body = {"username": name, "email": f"{name}@example.com", "password": PASSWORD, **fields}
    return {key: value for key, value in body.items() if value is not None}


@dataclass
class Person:
    """Calls with this person's access token."""

    running: ServiceApp
    id: int
    username: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)

    async def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.access}", **request.pop("headers", {})}
        return await self.running.http.request(method, path, headers=headers, **request)

    async def get(self, path: str, **request: Any) -> httpx.Response:
        return await self.call("GET", path, **request)

    async def post(self, path: str, **request: Any) -> httpx.Response:
        return await self.call("POST", path, **request)

    async def put(self, path: str, **request: Any) -> httpx.Response:
        return await self.call("PUT", path, **request)

    async def patch(self, path: str, **request: Any) -> httpx.Response:
        return await self.call("PATCH", path, **request)

    async def delete(self, path: str, **request: Any) -> httpx.Response:
        return await self.call("DELETE", path, **request)

    async def again(self) -> Person:
        """The same person, in another session."""
        return await sign_in(self.running, self.username)

    async def is_signed_in(self) -> bool:
        return (await self.get("/api/auth/verify")).status_code == 200


async def sign_in(running: ServiceApp, username: str) -> Person:
    answer = await running.http.post("/api/auth/login", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return Person(running, body["user"]["id"], body["user"]["username"], body["access_token"], body["refresh_token"])


async def sign_up(running: ServiceApp, **fields: Any) -> Person:
    answer = await running.http.post("/api/auth/register", json=registration(**fields))
    assert answer.status_code == 201, answer.text
    return await sign_in(running, answer.json()["username"])


async def make_admin(running: ServiceApp, **fields: Any) -> Person:
    person = await sign_up(running, **fields)
    await running.session().execute("UPDATE users SET role = 'admin' WHERE id = $1", person.id)
    return person


async def events_about(running: ServiceApp, user_id: int) -> list[Event]:
    """What was recorded about a user, as a consumer reads it, oldest first."""
    rows = await running.session().fetch(EVENTS, user_id)
    return [events.read(message_of(row, "/users").body) for row in rows]


async def event_types(running: ServiceApp, user_id: int) -> list[str]:
    return [event.type for event in await events_about(running, user_id)]


def assert_problem(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem document of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    assert code is None or body["code"] == code
    return body


def pointers(body: dict[str, Any]) -> set[str]:
    return {error["pointer"] for error in body["errors"]}
