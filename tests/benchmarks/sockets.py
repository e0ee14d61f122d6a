"""Very many sockets through the gateway: what idle ones cost, and how long all take to come back at the same moment."""

from __future__ import annotations

import asyncio
import os
import time

import httpx

from tests.benchmarks import load
from tests.benchmarks.chain import post_to_socket
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.fanout import memory_of
from tests.benchmarks.figures import Figure, Goal
from tests.benchmarks.requests import BODY
from tests.benchmarks.system import System
from tests.benchmarks.throughput import Bench

IDLE = int(os.environ.get("IDLE_SOCKETS", "10000"))
RETURNING = int(os.environ.get("RETURNING_SOCKETS", "5000"))
RATE = 20  # events in a second, which the idle ones may not see
TOLD = 10  # events that all of them may see
READERS = 2  # connections that read tasks during a storm
CALM = 3  # seconds


async def idle(bench: Bench) -> list[Figure]:
    """One event after the other to everybody at the end: its last listener, from the POST on."""
    system = bench.system
    before = memory_of(system), memory_of(system, "gateway")
    began = time.perf_counter()
    async with Crowd(IDLE, [system.port], system.people[1].token) as crowd:
        connected = time.perf_counter() - began
        await asyncio.sleep(2)
        service, gateway = ((memory_of(system, n) - b) * 1024 / IDLE for n, b in zip(NAMES, before, strict=True))
        beside = sorted(await post_to_socket(system, RATE))
        took = sorted([await _tell(system, crowd) for _ in range(TOLD)])
        lost = crowd.lost
    name = f"{IDLE:,} sockets"
    return [
        Figure(f"{name}: until all are connected", connected, "s", goal=_most(120)),
        Figure(f"{name}: POST to another socket p50, {RATE}/s", beside[len(beside) // 2] * 1e3, "ms"),
        Figure(f"{name}: POST to another socket p99, {RATE}/s", beside[int(len(beside) * 0.99)] * 1e3, "ms"),
        Figure(f"{name}: POST to the last of all, median", took[TOLD // 2] * 1e3, "ms"),
        Figure(f"{name}: POST to the last of all, worst of {TOLD}", took[-1] * 1e3, "ms", goal=_most(2000)),
        Figure(f"{name}: memory of one, service", service, "KiB"),
        Figure(f"{name}: memory of one, with the gateway", service + gateway, "KiB", goal=_most(150)),
        Figure(f"{name}: dropped", lost, "", goal=_most(0)),
    ]


NAMES = ("notifications", "gateway")


def _most(value: float) -> Goal:
    return Goal(value, False, is_most=True)


async def _tell(system: System, crowd: Crowd) -> float:
    """Seconds from sending a task that the crowd may see until the last listener has it."""
    crowd.expect()
    began = time.perf_counter()
    await _assign(system)
    await crowd.spread()
    return time.perf_counter() - began


async def _assign(system: System) -> None:
    headers = {"Authorization": f"Bearer {system.caller.token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{system.port}", headers=headers) as http:
        body = {**BODY, "assignee_ids": [system.people[1].id]}
        (await http.post("/api/tasks", json=body)).raise_for_status()


async def storm(bench: Bench) -> list[Figure]:
    """All are cut, miss an event, and come back in the same moment; what they missed counts as well."""
    system, reads = bench.system, bench.requests.get()
    async with Crowd(RETURNING, [system.port], system.people[1].token) as crowd:
        calm = await load.run(system.port, reads, CALM, READERS)
        await crowd.cut()
        crowd.expect()
        await _assign(system)
        began = time.perf_counter()
        back = asyncio.create_task(_come_back(crowd))
        during = [await load.run(system.port, reads, 1, READERS)]
        while not back.done():
            during.append(await load.run(system.port, reads, 1, READERS))
        resumed = await back - began
        refused = crowd.turned_away
    name, worst = f"{RETURNING:,} sockets come back", max(one.p99 for one in during)
    return [
        Figure(f"{name}: until all have what they missed", resumed, "s", goal=_most(60)),
        Figure(f"{name}: get one p99 meanwhile", worst, "ms", calm.p99, "without", Goal(3, is_most=True)),
        Figure(f"{name}: turned away, and in again later", refused, ""),
        Figure(f"{name}: errors of get one meanwhile", sum(one.errors for one in during), "", goal=_most(0)),
    ]


async def _come_back(crowd: Crowd) -> float:
    """The moment at which all have resumed."""
    await crowd.resume()
    await crowd.spread()
    return time.perf_counter()
