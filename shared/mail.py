"""E-mail: one message made and handed over, by SMTP or, without a server, as a file that anybody can read.

    mailer = mailer_of(settings)
    await mailer.send(Mail(message_id="<id@taskwire>", to="ann@example.com", subject="Hello", text="...", html="..."))

Who sends keeps the mail as a row and claims it in a loop, since `send` may fail: MailFailed says whether it is worth
another try. The same Message-ID at every try lets mail programs show one that came twice as one.
"""

import asyncio
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from shared.logging import get_logger
from shared.secrets import require_good_secret
from shared.settings import ServiceSettings

log = get_logger(__name__)

MAX_LINE = 900  # bytes, below SMTP's 998: links stay whole
REASON_MAX = 200


class MailSettings(ServiceSettings):
    """The settings of a service that sends mail. Without `smtp_host` mails are files in `mail_dir`."""

    smtp_host: str | None = None
    smtp_port: int | None = Field(default=None, ge=1, le=65535, description="587, 465 or 25 by SMTP_TLS")
    smtp_username: str | None = None
    smtp_password: SecretStr | None = Field(default=None, validate_default=True)
    smtp_tls: Literal["starttls", "tls", "off"] = "starttls"
    mail_from: str = "Taskwire <taskwire@localhost>"
    mail_dir: str = "mail"

    @field_validator("mail_from")
    @classmethod
    def check_mail_from(cls, value: str) -> str:
        try:
            sender_of(value)
        except ValueError:
            raise ValueError("must be an address such as `Taskwire <tasks@example.com>`") from None
        return value

    @field_validator("smtp_password")
    @classmethod
    def check_smtp_password(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        password = value.get_secret_value() if value else ""
        if bool(info.data.get("smtp_username")) != bool(password):
            raise ValueError("SMTP_USERNAME and SMTP_PASSWORD belong together: set both or neither")
        return require_good_secret(value) if value and password else None


@dataclass(frozen=True, slots=True)
class Mail:
    """What one person is sent. `message_id` has angle brackets; `headers` are added as they are, on one line each."""

    message_id: str
    to: str
    subject: str
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class MailFailed(Exception):
    """The mail did not leave. `permanent`: no further try will help. `recipient_refused`: because of the address."""

    def __init__(self, reason: str, *, permanent: bool, recipient_refused: bool = False) -> None:
        super().__init__(one_line(reason)[:REASON_MAX])
        self.permanent, self.recipient_refused = permanent, recipient_refused


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Returns when the server (or the disk) has it. Raises MailFailed, within half a minute."""
        ...

    async def aclose(self) -> None:
        """Ends what was kept for the next mail."""
        ...


def mailer_of(settings: MailSettings) -> Mailer:
    """The mailer that the settings name."""
    if not settings.smtp_host:
        return FolderMailer(settings)
    from shared.smtp import SmtpMailer  # aiosmtplib is for those who send

    return SmtpMailer(settings)


def compose(mail: Mail, sender: str) -> EmailMessage:
    """The message. Nothing in the values can begin another header. Raises MailFailed for an impossible address."""
    try:
        to = _address(mail.to)
    except ValueError as error:
        raise MailFailed(f"not an address: {error}", permanent=True, recipient_refused=True) from None
    policy = SMTP if mail.to.isascii() else SMTPUTF8
    message = EmailMessage(policy=policy.clone(max_line_length=MAX_LINE))
    message["From"], message["To"] = sender_of(sender), to
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = one_line(mail.message_id)
    message["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        del message[name]
        message[name] = one_line(value)
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    return message


def one_line(text: str) -> str:
    """The text without line ends, control characters and lone surrogates, so that it stays within its header."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.encode("utf-8", "replace").decode().split())


def sender_of(text: str) -> Address:
    """The address of `Name <address>`. Raises ValueError."""
    name, address = parseaddr(text)
    if "@" not in address:
        raise ValueError("no address")
    parsed = _address(address)
    return Address(one_line(name), parsed.username, parsed.domain)


def _address(text: str) -> Address:
    """Raises ValueError. A domain in another script goes out in its ASCII form."""
    local, _, domain = text.rpartition("@")
    if not local or not domain or one_line(text) != text or " " in text:
        raise ValueError("not an address")
    return Address("", local, domain if domain.isascii() else domain.encode("idna").decode())


class FolderMailer:
    """Mails as files `<time>-<random>.eml`, oldest first by name, for systems without a mail server."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    async def send(self, mail: Mail) -> None:
        message = compose(mail, self._settings.mail_from)
        try:
            path = await asyncio.to_thread(write_file, Path(self._settings.mail_dir), message)
        except OSError as error:
            raise MailFailed(f"{type(error).__name__}: {error}", permanent=False) from error
        log.info("mail written", file=str(path), message_id=mail.message_id)

    async def aclose(self) -> None:
        """Nothing is kept."""


def write_file(folder: Path, message: Any) -> Path:
    """Writes the message, readable for its owner only, whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}.eml"
    draft = path.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.as_bytes(policy=message.policy.clone(linesep="\n", cte_type="8bit")))
    draft.replace(path)
    return path
