"""One client's socket: a bounded queue of frames, and the one task that sends.

A client that does not read fills its queue and is closed with 1013; its cursor lets it resume. Nobody else waits for
it.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from notifications_service.errors import SocketRefused
from notifications_service.stream.log import Frame
from shared.auth import Principal

MAX_FRAMES = 1000
MAX_BYTES = 768 * 1024
TOO_SLOW = SocketRefused(1013, "you read too slowly: connect again with your last cursor")


class Connection:
    __slots__ = ("_bytes", "_closing", "_frames", "_sender", "_unsent", "_wake", "_websocket", "position", "principal")

    def __init__(self, websocket: WebSocket, principal: Principal) -> None:
        self._websocket = websocket
        self.principal = principal
        self.position = 0  # frames up to this cursor were sent already, from the log
        self._frames: list[Frame] = []  # a deque or an asyncio.Event take 0.8 kB each, and most sockets are idle
        self._unsent = self._bytes = 0
        self._wake: asyncio.Future[None] | None = None
        self._sender: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    def push(self, frame: Frame) -> None:
        """Queues a frame; never waits."""
        if frame.cursor <= self.position or self._closing is not None:
            return
        if self._unsent == MAX_FRAMES or self._bytes + frame.size > MAX_BYTES:
            self.close(TOO_SLOW)
            return
        self._frames.append(frame)
        self._unsent += 1
        self._bytes += frame.size
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def send(self, text: str) -> None:
        """Waits while the client's connection is full. Raises WebSocketDisconnect when it has gone."""
        await self._websocket.send_text(text)

    async def send_queued(self) -> None:
        """Sends what is queued, for ever."""
        while True:
            if not self._frames:
                self._wake = asyncio.get_running_loop().create_future()
                await self._wake
            frames, self._frames = self._frames, []
            for frame in frames:
                await self.send(frame.text)
                self._unsent -= 1
                self._bytes -= frame.size

    def start(self, sending: Coroutine[Any, Any, None]) -> None:
        """Begins to send; from here on nothing else may."""
        if self._closing is None:
            self._sender = asyncio.create_task(sending)
        else:
            sending.close()

    def close(self, refusal: SocketRefused) -> None:
        """Ends the socket with this code, whatever else waits to be sent. The receiving side hears of it."""
        if self._closing is None:
            self.stop()
            self._closing = asyncio.create_task(self._close(refusal))

    async def _close(self, refusal: SocketRefused) -> None:
        with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
            await self._websocket.close(refusal.code, refusal.reason)

    def stop(self) -> None:
        """Sends nothing more."""
        self._frames.clear()
        if self._sender is not None:
            self._sender.cancel()
