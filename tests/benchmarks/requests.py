"""The requests of the benchmark, as one caller of the gateway sends them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import httpx

from tests.benchmarks.data import TASKS
from tests.benchmarks.load import request
from tests.benchmarks.system import System

BODY = {
    "title": "Prepare the meeting of the board",
    "description": "Collect the figures of the quarter, ask the three teams for their reports, send the agenda. " * 2,
    "priority": "high",
    "due_date": "2031-03-31",
    "labels": ["board"],
}
FILTERS = [
    *(f"status={status}" for status in ("todo", "in_progress", "completed")),
    *(f"priority={priority}" for priority in ("low", "high", "urgent")),
    *(f"status={status}&priority={priority}" for status in ("todo", "in_progress") for priority in ("low", "high")),
]
STATUSES = ("todo", "in_progress")
READ = 2000  # different tasks
PATCHED, ROUNDS = 1000, 12  # tasks that a batch of changes goes round, and how often
MIXED = 1500  # changes in a mixed batch: 15,000 requests
PAGES = 300  # of 50, from the newest on: more than a process keeps


class Requests:
    """Batches of requests. Changes take other tasks each time, so that their versions are known."""

    def __init__(self, system: System) -> None:
        self._port, self._token = system.port, system.caller.token
        people = len(system.people)
        self._own = range(people, TASKS + 1, people)  # the caller's tasks, as the data set says
        self._unchanged: Iterator[int] = iter(reversed(self._own))

    def get(self) -> list[bytes]:
        return [request("GET", f"/api/tasks/{i}", self._token) for i in self._own[:READ]]

    def page(self, more: str = "") -> list[bytes]:
        return [request("GET", f"/api/tasks?limit=50&{filters}{more}", self._token) for filters in FILTERS]

    def create(self) -> list[bytes]:
        return [request("POST", "/api/tasks", self._token, json.dumps(BODY).encode())]

    def patch(self) -> list[bytes]:
        """Each with the version that its task has by then."""
        ids = list(itertools.islice(self._unchanged, PATCHED))
        return [self._change(i, version) for version in range(1, ROUNDS + 1) for i in ids]

    def mixed(self) -> list[bytes]:
        """Of ten, five read a task, three a page, one creates and one changes."""
        gets, pages, changes = itertools.cycle(self.get()), itertools.cycle(self.page()), self.patch()[:MIXED]
        create = self.create()[0]
        tens = ([next(gets), next(pages)] * 3 + [next(gets), create, next(gets), change] for change in changes)
        return [one for ten in tens for one in ten]

    def walk(self) -> list[bytes]:
        """The pages of the whole list one after the other."""
        headers, cursor, found = {"Authorization": f"Bearer {self._token}"}, "", []
        with httpx.Client(base_url=f"http://127.0.0.1:{self._port}", headers=headers) as http:
            for _ in range(PAGES):
                found.append(f"/api/tasks?limit=50{cursor}")
                cursor = f"&cursor={http.get(found[-1]).raise_for_status().json()['next_cursor']}"
        return [request("GET", path, self._token) for path in found]

    def _change(self, task_id: int, version: int) -> bytes:
        body = json.dumps({"status": STATUSES[version % 2], "priority": "urgent", "due_date": f"2031-03-{version:02}"})
        return request("PATCH", f"/api/tasks/{task_id}", self._token, body.encode(), {"If-Match": f'"{version}"'})
