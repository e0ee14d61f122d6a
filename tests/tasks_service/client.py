"""How tests speak to the tasks service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from shared import events
from shared.database import Session
from shared.outbox import message_of
from tests.apps import ServiceApp
from tests.fakes import Person

Json = dict[str, Any]

FULL: Json = {
    "title": "Write the plan",
    "description": "Three *pages*.",
    "status": "in_progress",
    "priority": "high",
    "due_date": "2031-03-31",
    "assignee_ids": [],
    "labels": ["docs", "plan"],
    "estimate_minutes": 90,
}
DEFAULTS: Json = {
    "description": "",
    "status": "todo",
    "priority": "medium",
    "due_date": None,
    "assignee_ids": [],
    "labels": [],
    "estimate_minutes": None,
}


@dataclass(frozen=True)
class Tasks:
    """Calls as a person; None is nobody."""

    running: ServiceApp

    def session(self) -> Session:
        return self.running.session()

    async def call(self, method: str, path: str, person: Person | None, **request: Any) -> httpx.Response:
        headers = {**(person.headers if person else {}), **request.pop("headers", {})}
        return await self.running.http.request(method, path, headers=headers, **request)

    async def get(self, path: str, person: Person | None, **request: Any) -> httpx.Response:
        return await self.call("GET", path, person, **request)

    async def post(self, path: str, person: Person | None, **request: Any) -> httpx.Response:
        return await self.call("POST", path, person, **request)

    async def patch(self, task: Json, person: Person | None, body: Any, **headers: str) -> httpx.Response:
        return await self.call("PATCH", path_of(task), person, json=body, headers=named(headers))

    async def put(self, task: Json, person: Person | None, body: Any, **headers: str) -> httpx.Response:
        return await self.call("PUT", path_of(task), person, json=body, headers=named(headers))

    async def delete(self, task: Json, person: Person | None, **headers: str) -> httpx.Response:
        return await self.call("DELETE", path_of(task), person, headers=named(headers))

    async def create(self, person: Person, title: str = "Title", **fields: Any) -> Json:
        answer = await self.post("/api/tasks", person, json={"title": title, **fields})
        assert answer.status_code == 201, answer.text
        task: Json = answer.json()
        return task

    async def project(self, owner: Person, name: str = "Project", **fields: Any) -> Json:
        """A new project; `members={"viewer": person}` adds people in these roles."""
        members = fields.pop("members", {})
        answer = await self.post("/api/projects", owner, json={"name": name, **fields})
        assert answer.status_code == 201, answer.text
        project: Json = answer.json()
        for role, person in members.items():
            await self.join(project, owner, person, role)
        return project

    async def join(self, project: Json, owner: Person, person: Person, role: str = "member") -> None:
        path = f"/api/projects/{project['id']}/members/{person.id}"
        answer = await self.call("PUT", path, owner, json={"role": role})
        assert answer.status_code in (200, 201), answer.text

    async def read(self, task: Json, person: Person) -> Json:
        answer = await self.get(path_of(task), person)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def items(self, path: str, person: Person, **params: Any) -> list[Json]:
        """The rows of all pages."""
        found: list[Json] = []
        cursor: str | None = None
        while True:
            answer = await self.get(path, person, params={**params, **({"cursor": cursor} if cursor else {})})
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return found

    async def events_of(self, task: Json) -> list[Any]:
        """What was recorded about a task, in order, as consumers read it."""
        sql = "SELECT * FROM events WHERE subject_id = $1 AND type LIKE 'task.%' ORDER BY id"
        rows = await self.session().fetch(sql, task["id"])
        return [events.read(message_of(row, "/tasks").body) for row in rows]


def path_of(task: Json) -> str:
    return f"/api/tasks/{task['id']}"


def named(headers: dict[str, str]) -> dict[str, str]:
    """`if_match='"1"'` is the header If-Match."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def problem(answer: httpx.Response, status: int, code: str) -> Json:
    """The problem document of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: Json = answer.json()
    assert (body["status"], body["code"]) == (status, code), body
    assert body["request_id"] == answer.headers["x-request-id"]
    assert {"type", "title", "detail", "instance"} <= body.keys()
    return body


def fields_of(task: Json) -> Json:
    return {name: task[name] for name in FULL}
