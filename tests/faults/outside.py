"""The world outside of the system: a target for webhooks that hangs until it is released."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from standardwebhooks import Webhook, WebhookVerificationError


class Target:
    """`got` are the ids of all requests that came whole, `taken` of those that were answered. How many were not signed
    with `secret` is counted as they come, since signatures are good for five minutes."""

    def __init__(self) -> None:
        self.port = self.forged = 0
        self.secret = ""
        self.got: list[str] = []
        self.taken: list[str] = []
        self.released = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:]) if name}
            self._check(headers, await reader.readexactly(int(headers["content-length"])))
            self.got.append(headers["webhook-id"])
            if not self.released.is_set():
                await self.released.wait()  # who asked is gone by then
                writer.close()
                return
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            await writer.drain()
            self.taken.append(headers["webhook-id"])
        writer.close()

    def _check(self, headers: dict[str, str], body: bytes) -> None:
        try:
            Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            self.forged += 1


@asynccontextmanager
async def running_target() -> AsyncIterator[Target]:
    target = Target()
    async with await asyncio.start_server(target.serve, "127.0.0.1", 0) as server:
        target.port = server.sockets[0].getsockname()[1]
        try:
            yield target
        finally:
            target.released.set()
