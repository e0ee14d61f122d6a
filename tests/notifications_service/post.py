"""A mail server on loopback that can be slow, silent and rude."""

from __future__ import annotations

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.waiting import PATIENCE


class Post:
    """`answers` maps an address to what its RCPT is answered; `hang`, `reset` and `slow` (seconds) are other ways to
    behave, by address. `received` are the mails that were taken, oldest first."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: dict[str, str] = {}
        self.hang: set[str] = set()
        self.reset: set[str] = set()
        self.slow: dict[str, float] = {}
        self.tries: list[str] = []
        self.received: list[EmailMessage] = []
        self._news = asyncio.Condition()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        self.tries.append(address)
        if address in self.hang:
            await asyncio.sleep(60)
        await asyncio.sleep(self.slow.get(address, 0))
        if address in self.reset:
            cast(Any, server.transport).abort()
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=default)
        async with self._news:
            self.received.append(message)
            self._news.notify_all()
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.received if message["To"] == address]

    async def wait_for(self, address: str, number: int = 1, seconds: float = PATIENCE) -> list[EmailMessage]:
        """The mails to this address, once there are so many."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: len(self.to(address)) >= number)
        return self.to(address)


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


@asynccontextmanager
async def running_post() -> AsyncIterator[Post]:
    post, loop = Post(), asyncio.get_running_loop()
    sessions: list[SMTP] = []

    def session() -> SMTP:
        sessions.append(SMTP(post, loop=loop))
        return sessions[-1]

    server = await loop.create_server(session, "127.0.0.1", 0)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        for one in sessions:
            if one.transport:
                cast(Any, one.transport).abort()
        await asyncio.sleep(0)
