"""The stream as Server-Sent Events: the same frames, in the same order, with the same cursors as ids."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from notifications_service.stream.connection import Connection
from notifications_service.stream.errors import SocketRefused
from notifications_service.stream.hub import Hub
from notifications_service.stream.joining import send_all
from notifications_service.stream.log import Frame
from notifications_service.stream.narrowing import EVERYTHING, Rule
from shared.auth import Principal
from shared.database import Session
from shared.errors import Problem

HEARTBEAT = 15.0  # seconds between two comments, so that nobody on the way takes the stream for dead
LAST_WORDS = 5.0  # seconds for the last event to a client that may not be reading
HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """`verify` is asked once more after the stream was admitted: had the session ended just before, nobody would have
    told us."""

    def __init__(
        self,
        hub: Hub,
        session: Session,
        principal: Principal,
        verify: Callable[[], Awaitable[Any]],
        cursor: str | None,
        rule: Rule,
    ) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._hub, self._session, self._verify, self._cursor = hub, session, verify, cursor
        self._principal, self._rule = principal, rule

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wire = EventWire(send)
        connection = Connection(wire, self._principal)
        connection.rules = () if self._rule == EVERYTHING else (self._rule,)
        with self._hub.admitted(connection):
            try:
                await self._verify()
            except Problem as problem:
                connection.close(SocketRefused(4401, str(problem)))
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            connection.start(send_all(connection, self._hub, self._session, self._cursor))
            beating = asyncio.create_task(wire.beat())
            leaving = asyncio.create_task(_until_gone(receive, wire.ended))
            try:
                await wire.ended.wait()
            finally:
                beating.cancel()
                leaving.cancel()


class EventWire:
    def __init__(self, send: Send) -> None:
        self._send = send
        self.ended = asyncio.Event()

    def write(self, frame: Frame) -> bool:
        return False

    async def send(self, frame: Frame) -> None:
        await self._write(f"{_id_of(frame)}data: {frame.text}\n\n")

    async def close(self, refusal: SocketRefused) -> None:
        """The code is that of sockets. The client comes back by itself, with the last id that it has seen."""
        said = orjson.dumps({"type": "close", "code": refusal.code, "reason": refusal.reason}).decode()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self._write(f"event: close\ndata: {said}\n\n", more=False)
        self.ended.set()

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            await self._write(":\n\n")

    async def _write(self, text: str, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": text.encode(), "more_body": more})


async def _until_gone(receive: Receive, ended: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    ended.set()


def _id_of(frame: Frame) -> str:
    """The line with the cursor, which stands last in a frame that has one."""
    before, _, after = frame.text.rpartition('"cursor":"')
    return f"id: {after[:-2]}\n" if before and not frame.text.startswith('{"type":"notification"') else ""
