"""uvicorn's two protocols, where their manners are not ours.

HTTP: what is no valid request is answered as problem+json like every other error.

WebSocket: firm against peers that do not read. As it comes, a close frame waits behind what such a peer has not read,
so it is never sent; an unanswered ping closes with 1011 and keeps the connection for as long as the peer likes; and
empty fragments are collected without bound. Thrifty with idle sockets: what the handshake needed is let go. And frames
that are the same for thousands can be written as they are, without waiting: `scope["extensions"][WRITE]`.
"""

import asyncio
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import OPEN

from shared.context import RequestContext
from shared.errors import problem
from shared.responses import encode

TRY_AGAIN_LATER = 1013
WRITE = "taskwire.write"
ROOM = asyncio.Event()  # of every connection that is not full: one event for all, since each takes 1 kB
ROOM.set()
LAST_WORDS = 75.0  # seconds in which a peer may still read what it was sent, its close code last


class HttpProtocol(HttpToolsProtocol):
    def send_400_response(self, msg: str) -> None:
        request_id = RequestContext.of(None, None).request_id
        body = encode(problem(400, "bad_request", "The request is not valid HTTP.", "/", request_id))
        head = (
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncache-control: no-store\r\n"
            f"x-request-id: {request_id}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


class Mailbox:
    """What uvicorn needs of a queue, with one reader: the three deques and the event of asyncio.Queue take 3 kB."""

    __slots__ = ("_arrived", "_messages")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._arrived: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        self._messages.append(message)
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def empty(self) -> bool:
        return not self._messages

    async def get(self) -> Any:
        while not self._messages:
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived
        return self._messages.pop(0)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.queue = Mailbox()  # type: ignore[assignment]
        self.writable = ROOM

    def pause_writing(self) -> None:
        self.writable = asyncio.Event()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            cast(dict[str, Any], self.scope["extensions"])[WRITE] = self.write

    def write(self, frames: bytes) -> bool:
        """Sends whole frames at once. False, and nothing sent, while the connection is full or when it is ending: then
        `send` waits, or says so."""
        if self.conn.state is not OPEN or self.close_sent or self.disconnected or not self.writable.is_set():
            return False
        self.transport.write(frames)
        return True

    async def send(self, message: Any) -> None:
        """A close goes out at once; sending after it fails as it does when the peer has gone."""
        if self.close_sent:
            raise ClientDisconnected
        if message["type"] == "websocket.close":
            self.writable.set()
        await super().send(message)
        if message["type"] == "websocket.accept":
            self.request.headers.clear()  # which the parser keeps as well
            del self.request, self.response
        if self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = self._abort_later()

    def keepalive_timeout(self) -> None:
        """The peer did not answer a ping: it does not read, or is not there."""
        self.pong_timer = self.pending_ping_payload = None
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.fail(TRY_AGAIN_LATER, "ping not answered")
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": TRY_AGAIN_LATER, "reason": ""})
        self.transport.close()
        self.close_timer = self._abort_later()

    def _abort_later(self) -> asyncio.TimerHandle:
        return self.loop.call_later(LAST_WORDS, self.transport.abort)

    def handle_cont(self, event: Frame) -> None:
        if event.data or event.fin:
            super().handle_cont(event)
