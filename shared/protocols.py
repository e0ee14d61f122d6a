"""uvicorn's two protocols, where their manners are not ours.

HTTP: what is no valid request is answered as problem+json like every other error.

WebSocket: firm against peers that do not read. As it comes, a close frame waits behind what such a peer has not read,
so it is never sent; an unanswered ping closes with 1011 and keeps the connection for as long as the peer likes; and
empty fragments are collected without bound.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from shared.context import RequestContext
from shared.errors import problem
from shared.responses import encode

TRY_AGAIN_LATER = 1013
LAST_WORDS = 30.0  # seconds in which a peer may still read what it was sent, its close code last


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


class WebSocketProtocol(WebSocketsSansIOProtocol):
    async def send(self, message: Any) -> None:
        """A close goes out at once; sending after it fails as it does when the peer has gone."""
        if self.close_sent:
            raise ClientDisconnected
        if message["type"] == "websocket.close":
            self.writable.set()
        await super().send(message)
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
