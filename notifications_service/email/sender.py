"""The loop that sends mails: claims rows, a bounded number at a time, so that one that hangs holds up no other."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from notifications_service.email import content, queries
from notifications_service.email.schedule import not_before, zone_of
from notifications_service.inbox import service as inbox
from notifications_service.inbox.kinds import MAILED
from notifications_service.settings import Settings
from notifications_service.templates.sandbox import Sandbox
from notifications_service.templates.service import words_for
from shared.database import UNAVAILABLE, Database, Record, Session
from shared.logging import get_logger
from shared.mail import Mail, Mailer, MailFailed
from shared.worker import Loop, run_loop

log = get_logger(__name__)

EVERY = 0.25  # seconds
AT_ONCE = 20
SEND_TIMEOUT = 20.0  # seconds
FAREWELL = 1.5  # seconds that tries have when the process is told to end
LEASE = timedelta(seconds=25)  # after that a try counts as lost, and the mail is sent once more under the same id
PAUSES = (5.0, 10.0, 20.0, *[30.0] * 17)  # seconds; afterwards LONG_PAUSE
LONG_PAUSE = 1800.0
MAX_ATTEMPTS = 100  # about 40 hours

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Sender:
    def __init__(
        self, database: Database, settings: Settings, mailer: Mailer, sandbox: Sandbox, clock: Clock = utc_now
    ) -> None:
        self._database, self._settings, self._mailer, self._sandbox = database, settings, mailer, sandbox
        self._clock = clock
        self._under_way: set[int] = set()
        self._wake = asyncio.Event()
        self._tries: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            try:
                await run_loop(Loop("mail", EVERY, partial(self._turn, group), self._wake))
            finally:  # what is handed over now and not marked would be sent once more
                if self._tries:
                    await asyncio.wait(self._tries, timeout=FAREWELL)

    async def _turn(self, group: asyncio.TaskGroup) -> bool:
        """Whether there may be more, and room for it."""
        free = AT_ONCE - len(self._under_way)
        if free == 0:
            return False
        now = self._clock()
        claimed = await self._session().fetch(queries.CLAIM, now, now + LEASE, free, list(self._under_way))
        for mail in claimed:
            self._under_way.add(mail["id"])
            task = group.create_task(self._try(mail))
            self._tries.add(task)
            task.add_done_callback(self._tries.discard)
        return len(claimed) == free

    def _session(self) -> Session:
        return self._database.session()

    async def _try(self, mail: Record) -> None:
        """Whatever goes wrong here is tried again when the lease ends."""
        try:
            await self._deliver(mail)
        except UNAVAILABLE as error:
            log.warning("mail waits for the database", mail=mail["id"], error=repr(error))
        except Exception:
            log.exception("mail failed", mail=mail["id"])
        finally:
            self._under_way.discard(mail["id"])
            self._wake.set()

    async def _deliver(self, mail: Record) -> None:
        session, now = self._session(), self._clock()
        recipient = await session.fetchrow(queries.RECIPIENT, mail["recipient_id"])
        items = await session.fetch(queries.ITEMS, mail["id"])
        if recipient is None:  # the event of the registration is still under way
            await self._again(mail, "the recipient is not known yet")
            return
        wanted = items if mail["template"] else [item for item in items if _wants(recipient, item["kind"])]
        if reason := _obstacle(recipient, wanted):
            await session.execute(queries.ENDED, mail["id"], now, "suppressed", reason)
            return
        if mail["template"] is None and mail["attempts"] == 1:
            at = not_before(recipient, zone_of(recipient["timezone"]), now, mail["is_planned"])
            if at > now:
                await session.execute(queries.POSTPONE, mail["id"], mail["recipient_id"], at)
                return
        await self._send(mail, recipient, await self._compose(mail, recipient, items, wanted))

    async def _compose(
        self, mail: Record, recipient: Record, items: Sequence[Record], wanted: Sequence[Record]
    ) -> Mail:
        """The id is made of all items, so that it stays when somebody ends mails of a kind between two tries."""
        session, public_url = self._session(), self._settings.public_url.rstrip("/")
        kind = content.template_of(mail, wanted)
        url, headers = None, {}
        if not mail["template"]:
            url = content.unsubscribe_url(wanted, mail["recipient_id"], public_url, self._settings.secrets_key)
            headers = {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        words = await words_for(session, self._sandbox, kind, content.context_of(recipient, wanted, public_url, url))
        message_id = content.message_id(items, mail["recipient_id"], public_url)
        return Mail(message_id, recipient["email"], words["subject"], words["text"], words["html"], headers)

    async def _send(self, mail: Record, recipient: Record, message: Mail) -> None:
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._mailer.send(message)
        except TimeoutError:
            await self._again(mail, "the mail server took too long")
        except MailFailed as failure:
            await self._failed(mail, recipient, failure)
        else:
            await self._session().execute(queries.SENT, mail["id"], self._clock())

    async def _failed(self, mail: Record, recipient: Record, failure: MailFailed) -> None:
        log.warning("mail refused", mail=mail["id"], permanent=failure.permanent, reason=str(failure))
        if not failure.permanent:
            await self._again(mail, str(failure))
            return
        session = self._session()
        async with session.begin():
            await session.execute(queries.ENDED, mail["id"], self._clock(), "failed", str(failure))
            if failure.recipient_refused:
                await _pause(session, mail["recipient_id"], recipient["email"], str(failure))

    async def _again(self, mail: Record, reason: str) -> None:
        session, now, attempts = self._session(), self._clock(), mail["attempts"]
        if attempts >= MAX_ATTEMPTS:
            await session.execute(queries.ENDED, mail["id"], now, "failed", f"given up: {reason}")
            return
        pause = PAUSES[attempts - 1] if attempts <= len(PAUSES) else LONG_PAUSE
        at = now + timedelta(seconds=pause * random.uniform(0.8, 1.2))  # noqa: S311
        await session.execute(queries.AGAIN, mail["id"], at, reason)


async def _pause(session: Session, user_id: int, email: str, reason: str) -> None:
    """Nothing more goes to this address; its owner is told once, where they can still be reached."""
    if await session.fetchval(queries.PAUSE, user_id, email, reason):
        told = f"Your e-mail address {email} does not take our mail, so none is sent to it until you change it."
        await inbox.announce(session, [user_id], told, channels=["inbox"])


def _wants(recipient: Record, kind: Any) -> bool:
    """Whether mails of this kind are still wanted, by what holds now."""
    wanted: bool = recipient["matrix"].get(kind, {}).get("email", kind in MAILED)
    return wanted


def _obstacle(recipient: Record, wanted: Sequence[Record]) -> str | None:
    """Why there is nothing to send, or nobody to send it to."""
    if not wanted:
        return "not wanted any more"
    if not recipient["is_active"] or not recipient["email"]:
        return "the account is closed"
    if recipient["paused_email"] == recipient["email"]:
        return "the address refused a mail before"
    return None
