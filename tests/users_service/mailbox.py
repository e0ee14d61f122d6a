"""What the users service mails, as files that are read again."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

from shared.mail import FolderMailer, Mail, MailFailed, MailSettings
from tests.apps import ServiceApp
from users_service.mails.service import send_due

URL = "https://tasks.example.com"


@dataclass
class Mailbox:
    """Everybody's mail."""

    running: ServiceApp
    folder: Path
    failure: MailFailed | None = None
    sent: list[Mail] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        self.sent.append(mail)
        if self.failure is not None:
            raise self.failure
        settings = cast(MailSettings, self.running.settings).model_copy(update={"mail_dir": str(self.folder)})
        await FolderMailer(settings).send(mail)

    async def aclose(self) -> None: ...

    @contextmanager
    def failing(self, failure: MailFailed) -> Iterator[None]:
        self.failure = failure
        yield
        self.failure = None

    async def deliver(self) -> None:
        """Lets the worker's loop do what is due."""
        while await send_due(self.running.database, self, URL):
            pass

    async def to(self, address: str) -> list[EmailMessage]:
        await self.deliver()
        files = sorted(self.folder.glob("*.eml"))
        found = [email.message_from_bytes(f.read_bytes(), policy=default) for f in files]
        return [message for message in found if message["To"] == address]

    async def token(self, address: str) -> str:
        """The token in the newest mail to the address that has one."""
        found = [re.search(r"[?&]token=([\w-]+)", text_of(message)) for message in await self.to(address)]
        tokens = [match[1] for match in found if match]
        assert tokens, f"no link for {address}"
        return tokens[-1]


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
