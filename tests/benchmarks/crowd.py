"""Very many listeners in one process: WebSocket clients that do no more than they must, so that what is measured is the
other side."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Sequence
from types import TracebackType
from typing import cast

from tests.benchmarks.system import BenchmarkError

OPENING = 100  # connections that are opened at the same time
PATIENCE = 60.0  # seconds
TRIES, PAUSE = 20, 0.5  # how often a listener that is turned away comes again, after so many seconds
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
AWAITED = b'{"type":"task_update","action":"task_created"'
HANDSHAKE = (
    b"GET /ws/tasks/ HTTP/1.1\r\nHost: taskwire\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def masked(opcode: int, payload: bytes) -> bytes:
    """A frame of a client; a mask of zeros is one too."""
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2)
    return bytes([0x80 | opcode]) + size + bytes(4) + payload


class Listener(asyncio.Protocol):
    __slots__ = ("_buffer", "_crowd", "_open", "ready", "transport")

    def __init__(self, crowd: Crowd) -> None:
        self._crowd, self._buffer, self._open = crowd, b"", False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(HANDSHAKE)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(BenchmarkError("a listener was turned away"))
        elif self.ready.exception() is None:
            self._crowd.lost += 1

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data
        if not self._open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.transport.abort()
                return
            self._open = True
            self.transport.write(masked(TEXT, self._crowd.hello))
        self._buffer = self._frames(data)

    def _frames(self, data: bytes) -> bytes:
        """Takes the whole frames; what is left."""
        while len(data) >= 2:
            size, start = data[1], 2
            if size == 126:
                size, start = int.from_bytes(data[2:4]), 4
            if len(data) < start + size:
                break
            self._take(data[0] & 15, data[start : start + size])
            data = data[start + size :]
        return data

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == CLOSE:
            self.transport.abort()
        elif opcode == PING:
            self.transport.write(masked(PONG, payload))
        elif opcode == TEXT and self.ready.done():
            if payload.startswith(AWAITED):  # and no reminder of the data set's tasks
                self._crowd.heard()
        elif opcode == TEXT:
            self._crowd.greeted(payload)
            self.ready.set_result(None)


class Crowd:
    """So many listeners at these ports, in turn. `hello` is what each says first."""

    def __init__(self, number: int, ports: Sequence[int], token: str) -> None:
        self.number, self._ports, self._token = number, ports, token
        self.hello = json.dumps({"type": "auth", "token": token}).encode()
        self.lost = self.turned_away = 0
        self._greeting = b""
        self._listeners: list[Listener] = []
        self._heard = 0
        self._first = self._last = 0.0
        self._all = asyncio.Event()

    async def __aenter__(self) -> Crowd:
        await self._open(OPENING)
        return self

    async def _open(self, at_once: int) -> None:
        gate = asyncio.Semaphore(at_once)

        async def one(port: int) -> None:
            async with gate:
                for _ in range(TRIES):
                    if await self._listen(port):
                        return
                    self.turned_away += 1
                    await asyncio.sleep(PAUSE)
            raise BenchmarkError("a listener was turned away again and again")

        await asyncio.gather(*(one(self._ports[i % len(self._ports)]) for i in range(self.number)))

    async def _listen(self, port: int) -> bool:
        """Whether it was let in."""
        try:
            made = await asyncio.get_running_loop().create_connection(lambda: Listener(self), "127.0.0.1", port)
            await asyncio.wait_for(made[1].ready, PATIENCE)
        except (OSError, TimeoutError, BenchmarkError):
            return False
        self._listeners.append(made[1])
        return True

    async def cut(self) -> None:
        """Ends all connections at once."""
        for listener in self._listeners:
            listener.transport.abort()
        while self.lost < self.number:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        self._listeners.clear()
        self.lost = 0

    async def resume(self) -> None:
        """All come back at the same moment, and say from where they want what they missed."""
        cursor = json.loads(self._greeting)["cursor"]
        self.hello = json.dumps({"type": "auth", "token": self._token, "cursor": cursor}).encode()
        await self._open(self.number)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for listener in self._listeners:
            listener.transport.abort()

    def greeted(self, frame: bytes) -> None:
        self._greeting = frame

    def heard(self) -> None:
        now = time.perf_counter()
        if self._heard == 0:
            self._first = now
        self._heard += 1
        if self._heard == self.number:
            self._last = now
            self._all.set()

    def expect(self) -> None:
        """One message to each is about to come."""
        self._heard = 0
        self._all.clear()

    async def spread(self) -> float:
        """Seconds from the first of them to the last that has it."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all.wait(), PATIENCE)
        if self.lost or not self._all.is_set():
            raise BenchmarkError(f"of {self.number} listeners {self.lost} were lost, and {self._heard} heard of it")
        return self._last - self._first
