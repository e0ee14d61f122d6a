"""One client's connection: frames go out at once while the client keeps up, else through a bounded queue that a task
empties.

A client that does not read fills its queue and is closed with 1013; its cursor lets it resume. Nobody else waits for
it. Most connections are idle, so whatever is only needed sometimes is made then.
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

    def write(self, frame: Frame) -> bool:
        """Whether the frame went out. False, without having sent anything, where it would have to wait."""
        ...

    async def send(self, frame: Frame) -> None:
        """Waits while the client's connection is full. Raises WebSocketDisconnect when it has gone."""
        ...

    async def close(self, refusal: SocketRefused) -> None: ...


class Connection:
    """`rules` narrow what it gets, none do not; `looking_at` is the task whose presence it belongs to."""

    __slots__ = (
        *("_bytes", "_closing", "_frames", "_sender", "_unsent", "_wire"),
        *("looking_at", "position", "principal", "rules"),
    )

    def __init__(self, wire: Wire, principal: Principal) -> None:
        self._wire = wire
        self.principal = principal
        self.position = 0  # frames up to this cursor were sent already, from the log
        self.rules: tuple[Rule, ...] = ()
        self.looking_at: int | None = None
        self._frames: list[Frame] = []
        self._unsent = self._bytes = 0
        self._sender: asyncio.Task[None] | None = None  # only while something waits to be sent
        self._closing: asyncio.Task[None] | None = None

    def push(self, frame: Frame) -> None:
        """Sends a frame, or queues it behind others; never waits."""
        if frame.cursor <= self.position or self._closing is not None or not self.wants(frame):
            return
        if self._sender is None and self._wire.write(frame):
            return
        if self._unsent == MAX_FRAMES or self._bytes + len(frame.wire) > MAX_BYTES:
            self.close(TOO_SLOW)
            return
        self._frames.append(frame)
        self._unsent += 1
        self._bytes += len(frame.wire)
        if self._sender is None:
            self._sender = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
            await self.send_queued()

    def tell(self, said: dict[str, Any]) -> None:
        """Says something to this client alone."""
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
        if self.wants(frame) and not self._wire.write(frame):
            await self._wire.send(frame)

    async def send_queued(self) -> None:
        """Sends what is queued. From then on what comes goes out at once."""
        while self._frames:
            frames, self._frames = self._frames, []
            for frame in frames:
                await self._wire.send(frame)
                self._unsent -= 1
                self._bytes -= len(frame.wire)
        self._sender = None

    def start(self, sending: Coroutine[Any, Any, None]) -> None:
        """Begins to send with what was missed; what comes meanwhile is queued."""
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
