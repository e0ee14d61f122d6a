"""Numbers over all tasks beside reading one, and what it costs writers that they are kept up to date."""

from __future__ import annotations

import statistics

from tests.benchmarks import load
from tests.benchmarks.figures import Figure, Goal
from tests.benchmarks.load import request
from tests.benchmarks.throughput import Bench

SECONDS = 2
ROUNDS = 5  # with and without, in turn
PATHS = {
    "stats": "/api/tasks/stats",
    "insights": "/api/reports/insights",
    "dashboard": "/api/dashboard",
    "quick dashboard": "/api/reports/quick/dashboard",
}


def asked(token: str) -> dict[str, list[bytes]]:
    return {name: [request("GET", path, token)] for name, path in PATHS.items()}


async def numbers(bench: Bench) -> list[Figure]:
    """Latency of one client. Stats and insights are to be as near as that to reading one task."""
    one = await load.run(bench.system.port, bench.requests.get(), SECONDS, connections=1)
    figures = []
    for name, batch in asked(bench.system.caller.token).items():
        found = await load.run(bench.system.port, batch, SECONDS, connections=1)
        goal = Goal(2, is_most=True) if name in ("stats", "insights") else None
        shown = f"{name} ({found.errors} ERRORS), p50" if found.errors else f"{name}, p50"
        figures.append(Figure(shown, found.p50, "ms", one.p50, "get one", goal))
    return figures


async def counting(bench: Bench) -> list[Figure]:
    """Creates in a second with the trigger that counts, beside the same without. What is made without is in no number
    afterwards."""
    rates: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    async with bench.system.workers_stopped():
        for _ in range(ROUNDS):
            for switch, found in rates.items():
                await bench.system.query("tasks", f"ALTER TABLE tasks {switch} TRIGGER tasks_counted_made")
                found.append((await load.run(bench.system.port, bench.requests.create(), SECONDS)).rate)
        await bench.system.query("tasks", "ALTER TABLE tasks ENABLE TRIGGER tasks_counted_made")
    counted, not_counted = (statistics.median(found) for found in rates.values())
    return [Figure("create, counted", counted, "/s", not_counted, "not counted", Goal(0.9))]
