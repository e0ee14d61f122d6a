"""Load over HTTP: a list of requests, sent in order and again from the start over kept-alive connections.

wrk sends them where it is installed; elsewhere a client in Python does, which takes more of the machine it measures.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

CONNECTIONS = 12
SCRIPT = Path(__file__).with_name("replay.lua")


@dataclass(frozen=True)
class Outcome:
    """Answers in a second, latencies in milliseconds, and the number of answers that were not 2xx."""

    rate: float
    p50: float
    p99: float
    errors: int


def request(method: str, path: str, token: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a request to the gateway."""
    fields = {"Host": "localhost", "Authorization": f"Bearer {token}", **(headers or {})}
    if body:
        fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def run(port: int, requests: Sequence[bytes], seconds: float, connections: int = CONNECTIONS) -> Outcome:
    """Sends the requests for so long."""
    if wrk := shutil.which("wrk"):
        return await _run_wrk(wrk, port, requests, seconds, connections)
    return await _run_clients(port, requests, seconds, connections)


async def _run_wrk(wrk: str, port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Outcome:
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(b"%d\n%b" % (len(one), one) for one in requests))
        file.flush()
        options = ["-t", "1", "-c", str(connections), "-d", str(max(1, round(seconds))), "-s", str(SCRIPT)]
        process = await asyncio.create_subprocess_exec(
            wrk, *options, f"http://127.0.0.1:{port}", "--", file.name, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
    found = json.loads(output.splitlines()[-1])
    rate = found["requests"] / found["microseconds"] * 1e6
    return Outcome(rate, found["p50"] / 1e3, found["p99"] / 1e3, found["errors"])


async def _run_clients(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Outcome:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    tally = _Tally(cycle(requests), began + seconds)
    opened = [await loop.create_connection(lambda: _Client(tally), "127.0.0.1", port) for _ in range(connections)]
    await asyncio.gather(*(client.ended for _, client in opened))
    took = time.perf_counter() - began
    times = sorted(tally.times)
    at = [times[int(len(times) * share)] * 1e3 for share in (0.5, 0.99)] if times else [0.0, 0.0]
    return Outcome(len(times) / took, at[0], at[1], tally.errors)


@dataclass
class _Tally:
    requests: Iterator[bytes]
    deadline: float
    times: list[float] = field(default_factory=list)
    errors: int = 0


class _Client(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the one before is complete."""

    def __init__(self, tally: _Tally) -> None:
        self._tally = tally
        self._received = b""
        self._sent_at = 0.0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        if self._sent_at > self._tally.deadline:
            self._transport.close()
        else:
            self._transport.write(next(self._tally.requests))

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.lower().partition(b"\r\ncontent-length: ")[2].split(b"\r\n")[0] or 0):
            return
        self._received = b""
        self._tally.times.append(time.perf_counter() - self._sent_at)
        self._tally.errors += head.split(b" ", 2)[1][:1] != b"2"
        self._send()
