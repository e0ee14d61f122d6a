"""Mail leaves by SMTP or as a file, says whether another try will help, and nothing in it can begin a header."""

from __future__ import annotations

import asyncio
import email
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.handlers import AsyncMessage
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from hypothesis import given
from hypothesis import strategies as st

from shared import mail as mails
from shared import smtp
from shared.mail import Mail, MailFailed, MailSettings, compose, mailer_of
from shared.settings import load

URL = "postgresql://nobody@127.0.0.1:1/nothing"
LINK = "https://tasks.example.com/#/reset?token=" + "x" * 100


def make(**fields: Any) -> Mail:
    given = {"message_id": "<1@taskwire>", "to": "ann@example.com", "subject": "Hello", "text": f"Hi\n\n{LINK}\n"}
    return Mail(**{**given, **fields})


def settings(**fields: Any) -> MailSettings:
    return load(MailSettings, database_url=URL, **fields)


class Inbox(AsyncMessage):
    """A mail server's memory; `refuse` maps an address to the answer that it gets."""

    def __init__(self, refuse: dict[str, str]) -> None:
        super().__init__()
        self.refuse, self.received = refuse, [email.message.Message()][:0]
        self.sessions: list[Session] = []
        self.servers: list[SMTP] = []

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if session not in self.sessions:
            self.sessions.append(session)
            self.servers.append(server)
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_message(self, message: email.message.Message) -> None:
        self.received.append(message)


@asynccontextmanager
async def smtp_server(handler: Any, **options: Any) -> AsyncIterator[int]:
    """The port of a mail server on loopback."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop, **options), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def silent_server(answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[int]:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answer(writer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def at(port: int, **more: Any) -> mails.Mailer:
    return mailer_of(settings(smtp_host="127.0.0.1", smtp_port=port, smtp_tls="off", **more))


class TestCompose:
    def test_text_and_html_and_headers(self) -> None:
        message = compose(make(html="<p>Hi</p>", headers={"List-Unsubscribe": "<https://x/y>"}), "Taskwire <t@x.org>")
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        assert (message["From"], message["To"]) == ("Taskwire <t@x.org>", "ann@example.com")
        assert (message["Message-ID"], message["List-Unsubscribe"]) == ("<1@taskwire>", "<https://x/y>")
        assert LINK in message.as_string()  # whole, not folded

    @given(st.text(max_size=60), st.text(max_size=60))
    def test_nothing_begins_another_header(self, subject: str, value: str) -> None:
        message = compose(make(subject=f"a\r\nBcc: eve@x.org{subject}", headers={"X-Project": value}), "t@x.org")
        parsed = email.message_from_bytes(message.as_bytes(), policy=default)
        assert set(parsed.keys()) == {
            *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Project", "MIME-Version"),
            *("Content-Type", "Content-Transfer-Encoding"),
        }

    @pytest.mark.parametrize("to", ["a@b\r\nBcc: eve@x.org", "nobody", "@x.org", "a@", "a b@x.org", "", "a@\x00"])
    def test_an_impossible_address_is_refused_for_good(self, to: str) -> None:
        with pytest.raises(MailFailed) as failed:
            compose(make(to=to), "t@x.org")
        assert failed.value.permanent
        assert failed.value.recipient_refused

    def test_domain_of_another_script(self) -> None:
        assert compose(make(to="a@b\u00fccher.de"), "t@x.org")["To"] == "a@xn--bcher-kva.de"


class TestFiles:
    async def test_mails_are_private_files_in_order(self, tmp_path: Path) -> None:
        mailer = mailer_of(settings(mail_dir=str(tmp_path / "mail")))
        for i in range(3):
            await mailer.send(make(subject=f"Number {i}"))
        files = sorted((tmp_path / "mail").iterdir())
        found = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
        assert [message["Subject"] for message in found] == ["Number 0", "Number 1", "Number 2"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700
        assert LINK in files[0].read_text()

    async def test_a_full_disk_is_no_reason_to_give_up(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(MailFailed) as failed:
            await mailer_of(settings(mail_dir=str(tmp_path / "file" / "mail"))).send(make())
        assert not failed.value.permanent


class TestSmtp:
    async def test_server_gets_it(self) -> None:
        inbox = Inbox({})
        async with smtp_server(inbox) as port, aclosing(at(port)) as mailer:
            await mailer.send(make(html="<p>Hi</p>"))
        assert [(m["To"], m["Message-ID"]) for m in inbox.received] == [("ann@example.com", "<1@taskwire>")]

    @pytest.mark.parametrize(("answer", "permanent"), [("550 no such user", True), ("450 mailbox busy", False)])
    async def test_refused_recipient(self, answer: str, permanent: bool) -> None:
        async with smtp_server(Inbox({"ann@example.com": answer})) as port:
            with pytest.raises(MailFailed, match="recipient refused") as failed:
                await at(port).send(make())
        assert (failed.value.permanent, failed.value.recipient_refused) == (permanent, permanent)

    async def test_sign_in(self) -> None:
        def check(_: Any, __: Any, ___: Any, ____: str, given: Any) -> AuthResult:
            return AuthResult(success=given.password == b"the right one", handled=False)

        async with smtp_server(Inbox({}), authenticator=check, auth_require_tls=False) as port:
            await at(port, smtp_username="me", smtp_password="the right one").send(make())
            with pytest.raises(MailFailed) as failed:
                await at(port, smtp_username="me", smtp_password="the wrong one").send(make())
        assert not failed.value.permanent
        assert "the wrong one" not in str(failed.value)

    async def test_a_server_without_starttls_is_not_trusted(self) -> None:
        async with smtp_server(Inbox({})) as port:
            with pytest.raises(MailFailed) as failed:
                await mailer_of(settings(smtp_host="127.0.0.1", smtp_port=port)).send(make())
        assert not failed.value.permanent

    async def test_connection_serves_the_next_mail(self) -> None:
        inbox = Inbox({"bob@example.com": "550 no such user"})
        async with smtp_server(inbox) as port, aclosing(at(port)) as mailer:
            for _ in range(3):
                await mailer.send(make())
            assert len(inbox.sessions) == 1
            with pytest.raises(MailFailed):
                await mailer.send(make(to="bob@example.com"))
            await mailer.send(make())
        assert len(inbox.received) == 4
        assert len(inbox.sessions) == 2

    async def test_connection_that_the_server_ended_is_not_used(self) -> None:
        inbox = Inbox({})
        async with smtp_server(inbox) as port, aclosing(at(port)) as mailer:
            await mailer.send(make())
            cast(Any, inbox.servers[0].transport).abort()
            await asyncio.sleep(0.05)
            await mailer.send(make())
        assert len(inbox.sessions) == 2

    async def test_connection_ends_when_there_is_no_next_mail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(smtp, "REST", 0)
        inbox = Inbox({})
        async with smtp_server(inbox) as port, aclosing(at(port)) as mailer:
            await mailer.send(make())
            while inbox.servers[0].transport is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def test_nobody_there(self) -> None:
        with pytest.raises(MailFailed) as failed:
            await at(1).send(make())
        assert not failed.value.permanent

    async def test_server_that_hangs_or_hangs_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(smtp, "COMMAND_TIMEOUT", 0.2)
        for pause in (0.0, 5.0):
            async with silent_server(lambda _, pause=pause: asyncio.sleep(pause)) as port:  # type: ignore[misc]
                with pytest.raises(MailFailed) as failed:
                    await at(port).send(make())
            assert not failed.value.permanent


class TestSettings:
    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ({"smtp_username": "me"}, "SMTP_PASSWORD"),
            ({"smtp_password": "a good password"}, "SMTP_PASSWORD"),
            ({"smtp_username": "me", "smtp_password": "change-me"}, "SMTP_PASSWORD"),
            ({"smtp_username": "me", "smtp_password": "short"}, "SMTP_PASSWORD"),
            ({"smtp_tls": "maybe"}, "SMTP_TLS"),
            ({"smtp_port": 0}, "SMTP_PORT"),
            ({"mail_from": "nobody"}, "MAIL_FROM"),
        ],
    )
    def test_wrong_value_is_named(self, given: dict[str, Any], name: str) -> None:
        with pytest.raises(SystemExit, match=name):
            settings(**given)

    def test_empty_password_file_is_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "none").touch()
        monkeypatch.setenv("SMTP_PASSWORD_FILE", str(tmp_path / "none"))
        assert settings().smtp_password is None
