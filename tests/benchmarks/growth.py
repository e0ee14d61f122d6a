"""What becomes of it when there are ten times as many tasks: the same requests before and after, one client."""

from __future__ import annotations

import statistics
import time
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx

from tests.benchmarks import data, load, reports
from tests.benchmarks.data import GROWN, TASKS, WORDS
from tests.benchmarks.figures import Figure, Goal
from tests.benchmarks.load import request
from tests.benchmarks.requests import BODY, FILTERS
from tests.benchmarks.system import Person, System, sign_up
from tests.benchmarks.throughput import Bench

SECONDS = 2
MANY = 1000  # tasks in a bulk request
LANGUAGE = quote("priority>=high and status!=archived and due<today+7d and label in (label1, label7) and assignee=me")
GROWTH = Goal(1.11, is_most=True)  # 0.9 of the rate
COLUMNS = ("title", "description", "status", "priority", "due_date", "labels", "position", "created_by")


async def growth(bench: Bench) -> list[Figure]:
    """Latencies at the greater number beside those at the smaller one; bulk beside COPY of the same rows."""
    before = await _latencies(bench, "small")
    copied = await _bulk_beside_copy(bench.system, TASKS)
    people = [person.id for person in bench.system.people]
    await data.fill(bench.system.database_url("tasks"), people, TASKS + 1, GROWN)
    await bench.system.query("tasks", "ANALYZE")
    after = await _latencies(bench, "grown")
    copied_after = await _bulk_beside_copy(bench.system, GROWN)
    beside = f"{TASKS:,} tasks"
    figures = [Figure(f"{name}, p50 at {GROWN:,}", after[name], "ms", before[name], beside, GROWTH) for name in before]
    return [*figures, copied, copied_after]


async def _latencies(bench: Bench, round_name: str) -> dict[str, float]:
    """Milliseconds at the median."""
    system, token = bench.system, bench.system.caller.token

    def pages(*queries: str) -> list[bytes]:
        """With `include`, because such a page is never one that was kept (`shared.unchanged`)."""
        return [request("GET", f"/api/tasks?limit=50&include=comments_count&{query}", token) for query in queries]

    batches = {
        "list, given again": [request("GET", "/api/tasks?limit=50", token)],
        "list": pages(""),
        "list by due date": pages("sort=due_date"),
        "filter": pages(*FILTERS),
        "filter language": pages(f"filter={LANGUAGE}"),
        "nothing matches": pages("label=nothing", "due_date_lt=2000-01-01", "updated_since=2099-01-01T00:00:00Z"),
        "search": pages(*(f"q=w{i}" for i in range(100, WORDS))),
        "sync, first page": [request("GET", "/api/tasks/sync", token)],
        "sync, what changed": [await _changes(system, round_name)],
        "patch": bench.requests.patch(),
        **reports.asked(token),
    }
    found = {}
    for name, batch in batches.items():
        found[name] = (await load.run(system.port, batch, SECONDS, connections=1)).p50
    await system.until_drained()
    return found


async def _changes(system: System, round_name: str) -> bytes:
    """A request for the hundred tasks that somebody made since the token."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{system.port}", timeout=20) as http:
        person = await sign_up(http, f"offline-{round_name}")
        http.headers["Authorization"] = f"Bearer {person.token}"
        token = (await http.get("/api/tasks/sync")).raise_for_status().json()["next_token"]
        made = await http.post("/api/tasks/bulk", json={"create": [BODY] * 100})
        made.raise_for_status()
    return request("GET", f"/api/tasks/sync?token={token}", person.token)


async def _bulk_beside_copy(system: System, tasks: int) -> Figure:
    """Tasks in a second, by a bulk request with their events and by COPY without."""
    bulk = statistics.median([await _bulk(system, system.caller) for _ in range(5)])
    copy = statistics.median([await _copy(system) for _ in range(5)])
    await system.until_drained()
    name = f"bulk create of {MANY:,} at {tasks:,}"
    return Figure(name, MANY / bulk, "tasks/s", MANY / copy, "COPY", Goal(0.3))


async def _bulk(system: System, person: Person) -> float:
    headers = {"Authorization": f"Bearer {person.token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{system.port}", headers=headers, timeout=20) as http:
        began = time.perf_counter()
        (await http.post("/api/tasks/bulk", json={"create": [BODY] * MANY})).raise_for_status()
        return time.perf_counter() - began


async def _copy(system: System) -> float:
    connection: Any = await asyncpg.connect(system.database_url("tasks"))
    try:
        texts = [BODY["title"], BODY["description"], "todo", BODY["priority"], None, BODY["labels"], "zzz"]
        rows = [(*texts, system.caller.id)] * MANY
        began = time.perf_counter()
        await connection.copy_records_to_table("tasks", records=rows, columns=COLUMNS)
        return time.perf_counter() - began
    finally:
        await connection.close()
