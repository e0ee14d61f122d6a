"""Fan-out: how long the last of many listeners waits after the first, and what an idle one costs."""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from deploy.ports import Ports
from deploy.process import family
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import Figure, Goal
from tests.benchmarks.reads import pss
from tests.benchmarks.requests import BODY
from tests.benchmarks.system import BenchmarkError, System
from tests.benchmarks.throughput import Bench

SIZES = [int(size) for size in os.environ.get("LISTENERS", "1000 5000").split()]
EVENTS = 15
BROADCAST = "broadcast()"
GOAL, MEMORY_GOAL = 2, 25  # times the limit; KiB


async def fan_out(bench: Bench) -> list[Figure]:
    """To all workers of the service directly, as the limit has no gateway in front either; and once through it."""
    system = bench.system
    size = len((await _create(system)).content) + 200
    figures: list[Figure] = []
    for number in SIZES:
        limit = await _limit(number, size)
        before = memory_of(system)
        async with Crowd(number, _ports(system), system.caller.token) as crowd:
            await asyncio.sleep(1)
            each = (memory_of(system) - before) * 1024 / number
            ours = await _median(crowd, lambda: _create(system))
        async with Crowd(number, [system.port], system.caller.token) as crowd:
            through = await _median(crowd, lambda: _create(system))
        name = f"fan-out to {number:,} listeners"
        figures += [
            Figure(name, ours, "ms", limit, BROADCAST, Goal(GOAL, is_most=True)),
            Figure(f"{name}, through the gateway", through, "ms", limit, BROADCAST),
            Figure(f"memory of one of {number:,} sockets", each, "KiB", goal=Goal(MEMORY_GOAL, False, is_most=True)),
        ]
    return figures


async def _median(crowd: Crowd, send: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds from the first listener to the last."""
    spreads = []
    for _ in range(EVENTS):
        crowd.expect()
        await send()
        spreads.append(await crowd.spread())
    return statistics.median(spreads) * 1e3


async def _limit(number: int, size: int) -> float:
    async with _broadcaster(size) as (port, process):

        async def send() -> None:
            assert process.stdin
            process.stdin.write(b"\n")
            await process.stdin.drain()

        async with Crowd(number, [port], "") as crowd:
            return await _median(crowd, send)


@asynccontextmanager
async def _broadcaster(size: int) -> AsyncIterator[tuple[int, asyncio.subprocess.Process]]:
    port = Ports().block()
    words = (sys.executable, "-m", "tests.benchmarks.broadcaster", str(port), str(size))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
    try:
        assert process.stdout
        if await process.stdout.readline() != b"up\n":
            raise BenchmarkError("the broadcaster does not start")
        yield port, process
    finally:
        process.kill()
        await process.wait()


async def _create(system: System) -> httpx.Response:
    headers = {"Authorization": f"Bearer {system.caller.token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{system.port}", headers=headers) as http:
        return (await http.post("/api/tasks", json=BODY)).raise_for_status()


def _ports(system: System) -> list[int]:
    """Of the service's workers, as the gateway knows them."""
    configuration = (system.folder / "gateway" / "nginx.conf").read_text()
    servers = configuration.partition("upstream notifications {")[2].partition("}")[0]
    return [int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", servers)]


def memory_of(system: System, process: str = "notifications") -> float:
    """MiB of the process and its children; without a name, of the service's API processes."""
    for line in system.control("ps").splitlines():
        name, pid, _ = line.split()
        if name == process:
            return sum(pss(member) for member in family(int(pid)))
    raise BenchmarkError(f"{process} does not run")
