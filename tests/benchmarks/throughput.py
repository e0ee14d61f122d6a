"""Requests in a second through the gateway, beside a bare reply of the same bytes and beside the same SQL alone."""

from __future__ import annotations

import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from shared.auth import Principal
from tasks_service.tasks import filters, list_queries, queries, sorting
from tasks_service.tasks.list_schemas import TaskFilter
from tests.benchmarks import limits, load
from tests.benchmarks.data import TASKS
from tests.benchmarks.figures import Figure, Goal
from tests.benchmarks.requests import BODY, Requests
from tests.benchmarks.system import System

ROUNDS = 3  # in turn with the limit; the median counts
SECONDS = 2
BARE = "bare reply"
SQL = "SQL alone"


@dataclass(frozen=True)
class Bench:
    """The system, its requests, and the gateway in front of bare replies."""

    system: System
    requests: Requests
    bare_port: int
    rates: dict[str, float] = field(default_factory=dict)


@asynccontextmanager
async def prepared(system: System) -> AsyncIterator[Bench]:
    """Fetches the bytes that the bare replies answer with."""
    headers = {"Authorization": f"Bearer {system.caller.token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{system.port}", headers=headers) as http:
        created = await http.post("/api/tasks", json=BODY)
        page = await http.get("/api/tasks?status=todo&priority=high")
        one = await http.get(f"/api/tasks/{len(system.people)}")
    replies = {"create": created.content, "list": page.content, "get": one.content}
    async with limits.bare_replies(replies) as port:
        yield Bench(system, Requests(system), port)


async def compare(
    bench: Bench, name: str, batch: Callable[[], list[bytes]], goal: Goal | None = None, drain: bool = True
) -> Figure:
    """Ours and the bare reply in turn. The rate is kept under the figure's name."""
    ours: list[float] = []
    bare: list[float] = []
    errors = 0
    for _ in range(ROUNDS):
        requests = batch()
        outcome = await load.run(bench.system.port, requests, SECONDS)
        if drain:
            await bench.system.until_drained()
        bare.append((await load.run(bench.bare_port, requests, SECONDS)).rate)
        ours.append(outcome.rate)
        errors += outcome.errors
    bench.rates[name] = statistics.median(ours)
    shown = f"{name} ({errors} ERRORS)" if errors else name
    return Figure(shown, bench.rates[name], "/s", statistics.median(bare), BARE, goal)


async def beside_sql(bench: Bench, name: str, sql: str, values: list[object]) -> Figure:
    rate = await limits.pgbench(bench.system.database_url("tasks"), sql, values)
    return Figure(name, bench.rates[name], "/s", rate, SQL)


async def get_one(bench: Bench) -> list[Figure]:
    figure = await compare(bench, "get one", bench.requests.get, Goal(0.5))
    people = len(bench.system.people)
    values = [range(people, TASKS), bench.system.caller.id, "false"]
    return [figure, await beside_sql(bench, "get one", queries.GET, values)]


async def list_page(bench: Bench) -> list[Figure]:
    figure = await compare(bench, "list 50, filtered", bench.requests.page, Goal(0.5))
    walk = bench.requests.walk()
    walked = await compare(bench, "list 50, walking", lambda: walk)
    by_date = await compare(bench, "list 50, filtered, by due date", lambda: bench.requests.page("&sort=due_date"))
    sql, values = page_sql(bench.system)
    return [figure, await beside_sql(bench, "list 50, filtered", sql, values), by_date, walked]


def page_sql(system: System) -> tuple[str, list[object]]:
    """The rows of a filtered page, complete, as an ordinary user sees them."""
    query = TaskFilter(status=["todo"], priority=["high"])
    caller = Principal(system.caller.id, "", "user", (), UUID(int=0))
    where = filters.conditions(query, caller)
    order = sorting.order_of(query, where)
    sql = list_queries.LIST.format(key=order.key, where=where, order=order.sql(), limit=where.arg(51))
    values = ["{" + ",".join(value) + "}" if isinstance(value, list) else value for value in where.args]
    return sql.replace("t.id, t.version", queries.COLUMNS, 1), values


async def writes(bench: Bench) -> list[Figure]:
    """With the workers stopped it is the API that is measured; otherwise the chain takes its share of the cores."""
    async with bench.system.workers_stopped():
        create = await compare(bench, "create, workers stopped", bench.requests.create, Goal(0.3), drain=False)
        patch = await compare(bench, "PATCH with If-Match, workers stopped", bench.requests.patch, drain=False)
        sql = await beside_sql(bench, create.name, queries.CREATE, create_values(bench.system))
    own = Figure(patch.name, patch.value, "/s", create.value, "create", Goal(0.8))
    create_with_chain = await compare(bench, "create", bench.requests.create)
    mixed = await compare(bench, "mixed 80/20", bench.requests.mixed)
    return [create, sql, patch, own, create_with_chain, mixed]


def create_values(system: System) -> list[object]:
    """The parameters of the statement that creates a task."""
    given = {**BODY, "status": "todo", "assignee_ids": "{}", "labels": "{board}", "estimate_minutes": "10"}
    fields = [({"custom_fields": "{}", "blocked_by": "{}"} | given).get(name) for name in queries.FIELDS]
    event = [UUID(int=0), system.caller.id, "{}", "request", "00-0-0-01"]
    return [*fields, "zzzzzzzzz", system.caller.id, None, *event]
