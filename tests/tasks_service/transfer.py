"""How tests bring files of tasks in and out."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tasks_service.imports import jobs
from tasks_service.settings import Settings
from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks

TYPES = {"csv": "text/csv", "json": "application/json", "ics": "text/calendar"}


async def exported(tasks: Tasks, person: Person, file_format: str, **query: str) -> bytes:
    answer = await tasks.get("/api/tasks/export", person, params={"format": file_format, **query})
    assert answer.status_code == 200, answer.text
    return answer.content


async def sent(
    tasks: Tasks, person: Person | None, content: bytes | str | Any, file_format: str = "csv", **query: Any
) -> httpx.Response:
    body = content if isinstance(content, bytes | str) else json.dumps(content)
    headers = {"Content-Type": TYPES[file_format]}
    return await tasks.post("/api/tasks/import", person, content=body, headers=headers, params=query)


async def imported(
    tasks: Tasks, person: Person, content: bytes | str | Any, file_format: str = "csv", **query: Any
) -> Json:
    """The import when its worker is through with it."""
    answer = await sent(tasks, person, content, file_format, **query)
    assert answer.status_code == 202, answer.text
    await work(tasks)
    found: Json = (await tasks.get(answer.headers["location"], person)).json()
    return found


async def work(tasks: Tasks) -> None:
    state = tasks.running.app.state
    settings = tasks.running.settings
    assert isinstance(settings, Settings)
    while await jobs.run_next(state.database, settings, state.peers["users"]):
        pass


async def everything(tasks: Tasks, person: Person) -> list[Json]:
    """All that the person sees, in the order in which it was made."""
    found: list[Json] = []
    query: dict[str, Any] = {"limit": 100, "sort": "created_at"}
    while True:
        page = (await tasks.get("/api/tasks", person, params=query)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return sorted(found, key=lambda task: int(task["id"]))
        query["cursor"] = page["next_cursor"]
