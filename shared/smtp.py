"""Mails handed over by SMTP. A connection rests for a moment after each, since mails come in numbers and making one
takes a handshake, a certificate and a sign-in. It sends one mail at a time, so one that hangs holds up no other."""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPDataError, SMTPException, SMTPNotSupported, SMTPRecipientsRefused

from shared.mail import Mail, MailFailed, MailSettings, compose

COMMAND_TIMEOUT = 10.0  # seconds for each answer of the server
SEND_TIMEOUT = 30.0  # seconds for a whole mail
FAREWELL = 1.0  # seconds that the server has to say goodbye
REST = 2.0  # seconds that a connection is kept for the next mail
MAILS = 50  # that one connection is used for, as servers end those that are used for very many
PORTS = {"starttls": 587, "tls": 465, "off": 25}
FAILURES = (SMTPException, OSError, TimeoutError, ssl.SSLError)


@dataclass(slots=True, eq=False)
class Line:
    """A connection, the mails that it took, and while it rests what ends that."""

    client: SMTP
    mails: int = 0
    end: asyncio.TimerHandle | None = None


class SmtpMailer:
    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._resting: list[Line] = []
        self._farewells: set[asyncio.Task[None]] = set()

    async def send(self, mail: Mail) -> None:
        message = compose(mail, self._settings.mail_from)
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._hand_over(message)
        except FAILURES as error:
            raise _failure(error, mail.to) from error

    async def aclose(self) -> None:
        """Ends the connections that rest."""
        while self._resting:
            self._end(self._resting[0])
        await asyncio.gather(*self._farewells)

    async def _hand_over(self, message: EmailMessage) -> None:
        line = self._rested() or Line(self._client())
        try:
            if not line.mails:
                await line.client.connect()
            await line.client.send_message(message)
        except BaseException:
            line.client.close()  # without a farewell: one that hangs would hold us up once more
            raise
        line.mails += 1
        line.end = asyncio.get_running_loop().call_later(REST if line.mails < MAILS else 0, self._end, line)
        self._resting.append(line)

    def _rested(self) -> Line | None:
        while self._resting:
            line = self._resting.pop()
            assert line.end
            line.end.cancel()
            if line.client.is_connected and line.mails < MAILS:
                return line
            self._say_goodbye(line)
        return None

    def _client(self) -> SMTP:
        settings, tls = self._settings, self._settings.smtp_tls
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        return SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port or PORTS[tls],
            username=settings.smtp_username or None,
            password=password or None,
            use_tls=tls == "tls",
            start_tls=tls == "starttls",
            tls_context=None if tls == "off" else self._authorities,
            timeout=COMMAND_TIMEOUT,
        )

    @cached_property
    def _authorities(self) -> ssl.SSLContext:
        """Read once: that takes longer than the rest of a mail."""
        return ssl.create_default_context()

    def _end(self, line: Line) -> None:
        self._resting.remove(line)
        self._say_goodbye(line)

    def _say_goodbye(self, line: Line) -> None:
        task = asyncio.create_task(_farewell(line.client))
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)


async def _farewell(client: SMTP) -> None:
    with contextlib.suppress(*FAILURES):
        async with asyncio.timeout(FAREWELL):
            await client.quit()
    client.close()


def _failure(error: Exception, to: str) -> MailFailed:
    """A recipient or a text that the server will never take is permanent. Anything else may be mended meanwhile: what
    is wrong with the server, our name and password or our own address is no mistake of this mail."""
    if isinstance(error, SMTPRecipientsRefused):
        refusals = [(refusal.code, refusal.message) for refusal in error.recipients]
        permanent = all(code >= 500 for code, _ in refusals)
        reason = "; ".join(f"{code} {text}" for code, text in refusals)
        return MailFailed(f"recipient refused: {reason}", permanent=permanent, recipient_refused=permanent)
    if isinstance(error, SMTPNotSupported) and not to.isascii():
        return MailFailed(f"not supported by the server: {error}", permanent=True, recipient_refused=True)
    permanent = isinstance(error, SMTPDataError) and error.code >= 500
    return MailFailed(f"{type(error).__name__}: {error}", permanent=permanent)
