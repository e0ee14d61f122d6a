"""The event chain: from POST through outbox, relay, broker and consumer to an open WebSocket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence

from websockets.asyncio.client import ClientConnection, connect

from tests.benchmarks import limits, load
from tests.benchmarks.figures import Figure, Goal
from tests.benchmarks.requests import BODY
from tests.benchmarks.system import BenchmarkError, System
from tests.benchmarks.throughput import Bench

IDLE_RATE, BUSY_RATE = 50, 300  # writes in a second
SECONDS = 6
BURST = 20  # seconds
BROKER = "broker alone"


async def latency(bench: Bench) -> list[Figure]:
    """From sending a POST to its frame on a socket."""
    alone = await limits.broker_times(bench.system.amqp_url, IDLE_RATE, SECONDS)
    idle = await post_to_socket(bench.system, IDLE_RATE)
    busy = await post_to_socket(bench.system, BUSY_RATE)
    at_most = {"is_most": True}
    return [
        Figure("POST to socket p50, 50/s", _ms(idle, 0.5), "ms", _ms(alone, 0.5), BROKER, Goal(4, **at_most)),
        Figure("POST to socket p50, 50/s", _ms(idle, 0.5), "ms", goal=Goal(8, False, **at_most)),
        Figure("POST to socket p99, 50/s", _ms(idle, 0.99), "ms", _ms(alone, 0.99), BROKER),
        Figure("POST to socket p99, 50/s", _ms(idle, 0.99), "ms", goal=Goal(40, False, **at_most)),
        Figure("POST to socket p50, 300/s", _ms(busy, 0.5), "ms"),
        Figure("POST to socket p99, 300/s", _ms(busy, 0.99), "ms", goal=Goal(150, False, **at_most)),
    ]


def _ms(times: Sequence[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)] * 1e3


async def post_to_socket(system: System, rate: float) -> list[float]:
    """Seconds for each of the tasks that are created at this rate."""
    sent: dict[str, float] = {}
    seen: dict[str, float] = {}
    count = int(rate * SECONDS)
    poster = Poster(system)
    async with connect(f"ws://127.0.0.1:{system.port}/ws/tasks/", compression=None) as socket:
        await socket.send(json.dumps({"type": "auth", "token": system.caller.token}))
        await socket.recv()
        listener = asyncio.create_task(_listen(socket, seen, count))
        began = time.perf_counter()
        posts = []
        for number in range(count):
            await asyncio.sleep(began + number / rate - time.perf_counter())
            posts.append(asyncio.create_task(poster.post(f"latency {rate} {number}", sent)))
        await asyncio.gather(*posts)
        await asyncio.wait_for(listener, 30)
    poster.close()
    return [seen[title] - moment for title, moment in sent.items()]


async def _listen(socket: ClientConnection, seen: dict[str, float], count: int) -> None:
    while len(seen) < count:
        frame = await socket.recv()
        now = time.perf_counter()
        title = json.loads(frame).get("task", {}).get("title", "")  # reminders of the data set's tasks come as well
        if title.startswith("latency"):
            seen[title] = now


class Poster:
    """Creates tasks over kept-alive connections, with as little work as it takes: its own time counts as ours."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, title: str, sent: dict[str, float]) -> None:
        body = json.dumps({**BODY, "title": title}).encode()
        connection = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._system.port)
        reader, writer = connection
        sent[title] = time.perf_counter()
        writer.write(load.request("POST", "/api/tasks", self._system.caller.token, body))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b" 201 " not in head:
            raise BenchmarkError(f"a task was not created: {head.decode()}")
        await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
        self._idle.append(connection)

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


async def sustained(bench: Bench) -> list[Figure]:
    """Creates with everything running, and how long the rest of the chain takes afterwards."""
    before = await bench.system.query("tasks", "SELECT count(*) FROM tasks")
    outcome = await load.run(bench.system.port, bench.requests.create(), BURST)
    backlog = await bench.system.backlog()
    drained = await bench.system.until_drained()
    created = await bench.system.query("tasks", "SELECT count(*) FROM tasks") - before
    return [
        Figure("creates sustained, whole chain", outcome.rate, "/s", goal=Goal(1400, False)),
        Figure("events taken in a second, same burst", created / (BURST + drained), "/s"),
        Figure("events behind at the end of the burst", backlog, ""),
        Figure("time until none are behind", drained, "s", goal=Goal(1, False, is_most=True)),
    ]
