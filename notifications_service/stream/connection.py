"""One client's connection: a bounded queue of frames, and the one task that sends.

A client that does not read fills its queue and is closed with 1013; its cursor lets it resume. Nobody else waits for
it.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, Protocol

from starlette.websockets import WebSocketDisconnect, WebSocketDisconnected

from notifications_service.stream.errors import SocketRefused
from notifications_service.stream.log import Frame
from notifications_service.stream.narrowing import Rule
from shared.auth import Principal
from shared.responses import encode

MAX_FRAMES = 1000
MAX_BYTES = 768 * 1024
TOO_SLOW = SocketRefused(1013, "you read too slowly: connect again with your last cursor")


class Wire(Protocol):
    """How frames reach the client."""

    async def send(self, frame: Frame) -> None:
        """Waits while the client's connection is full. Raises WebSocketDisconnect when it has gone."""
        ...

    async def close(self, refusal: SocketRefused) -> None: ...


class Connection:
    """`rules` narrow what it gets, none do not; `looking_at` is the task whose presence it belongs to."""

    __slots__ = (
        *("_bytes", "_closing", "_frames", "_sender", "_unsent", "_wake", "_wire"),
        *("looking_at", "position", "principal", "rules"),
    )

    def __init__(self, wire: Wire, principal: Principal) -> None:
        self._wire = wire
        self.principal = principal
        self.position = 0  # frames up to this cursor were sent already, from the log
        self.rules: tuple[Rule, ...] = ()
        self.looking_at: int | None = None
        self._frames: list[Frame] = []  # a deque or an asyncio.Event take 0.8 kB each, and most sockets are idle
        self._unsent = self._bytes = 0
        self._wake: asyncio.Future[None] | None = None
        self._sender: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    def push(self, frame: Frame) -> None:
        """Queues a frame; never waits."""
        if frame.cursor <= self.position or self._closing is not None or not self.wants(frame):
            return
        if self._unsent == MAX_FRAMES or self._bytes + frame.size > MAX_BYTES:
            self.close(TOO_SLOW)
            return
        self._frames.append(frame)
        self._unsent += 1
        self._bytes += frame.size
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def tell(self, said: dict[str, Any]) -> None:
        """Queues what is said to this client alone."""
        self.push(Frame.told(encode(said).decode()))

    @property
    def is_closed(self) -> bool:
        return self._closing is not None

    def wants(self, frame: Frame) -> bool:
        if not self.rules or not frame.topics:
            return True
        return any(rule.takes(frame.task_id, frame.project_id, frame.topics) for rule in self.rules)

    async def send(self, frame: Frame) -> None:
        """Waits while the client's connection is full. Raises WebSocketDisconnect when it has gone."""
        if self.wants(frame):
            await self._wire.send(frame)

    async def send_queued(self) -> None:
        """Sends what is queued, for ever."""
        while True:
            if not self._frames:
                self._wake = asyncio.get_running_loop().create_future()
                await self._wake
            frames, self._frames = self._frames, []
            for frame in frames:
                await self._wire.send(frame)
                self._unsent -= 1
                self._bytes -= frame.size

    def start(self, sending: Coroutine[Any, Any, None]) -> None:
        """Begins to send; from here on nothing else may."""
        if self._closing is None:
            self._sender = asyncio.create_task(sending)
        else:
            sending.close()

    def close(self, refusal: SocketRefused) -> None:
        """Ends the connection with this code, whatever else waits to be sent. The receiving side hears of it."""
        if self._closing is None:
            self.stop()
            self._closing = asyncio.create_task(self._close(refusal))

    async def _close(self, refusal: SocketRefused) -> None:
        with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
            await self._wire.close(refusal)

    def stop(self) -> None:
        """Sends nothing more."""
        self._frames.clear()
        if self._sender is not None:
            self._sender.cancel()
