"""Search by one client; and what the processes keep in memory."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path

from deploy.process import family
from tests.benchmarks import load
from tests.benchmarks.data import WORDS
from tests.benchmarks.figures import Figure, Goal
from tests.benchmarks.load import request
from tests.benchmarks.throughput import Bench
from tests.system.running import RunningSystem

SECONDS = 2
REST = 10  # seconds until a start has settled
API_GOAL, EMBEDDED_GOAL, STACK_GOAL = 90, 220, 500  # MiB


async def search(bench: Bench) -> list[Figure]:
    """The best 50 of what matches a word; the words are not repeated before all were asked for."""
    token = bench.system.caller.token
    asked = [request("GET", f"/api/tasks?limit=50&q=w{i}", token) for i in range(100, WORDS)]
    found = await load.run(bench.system.port, asked, SECONDS, connections=1)
    return [Figure("full-text search, top 50, p50", found.p50, "ms", goal=Goal(20, False, is_most=True))]


async def memory(bench: Bench) -> list[Figure]:
    """Proportional set size of every process of the stack, at rest after the run so far."""
    sizes: dict[str, float] = {}
    for line in bench.system.control("ps").splitlines():
        name, pid, _ = line.split()
        sizes[name] = sum(pss(member) for member in family(int(pid)))
        if name in ("users", "tasks", "notifications"):
            sizes[f"{name}, largest process"] = max(pss(member) for member in family(int(pid)))
    goals = {name: Goal(API_GOAL, False, is_most=True) for name in sizes if "largest" in name}
    figures = [Figure(f"memory: {name}", size, "MiB", goal=goals.get(name)) for name, size in sizes.items()]
    whole = sum(size for name, size in sizes.items() if "largest" not in name)
    return [*figures, Figure("memory: whole stack", whole, "MiB", goal=Goal(STACK_GOAL, False, is_most=True))]


async def embedded(_: Bench) -> list[Figure]:
    """The same of `make run`, PostgreSQL and NGINX with it, after its first start and before anybody asks anything."""
    with tempfile.TemporaryDirectory() as folder, RunningSystem("run", Path(folder)) as system:
        await asyncio.sleep(REST)
        size = sum(pss(member) for member in family(system.pid))
    return [Figure("memory: embedded system", size, "MiB", goal=Goal(EMBEDDED_GOAL, False, is_most=True))]


def pss(pid: int) -> float:
    """MiB; 0 for a process that may not be looked at."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return 0.0
