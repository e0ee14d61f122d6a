"""Mails of the users service: rows written with the change that they tell of, sent by a loop of the worker.

At least once, with the same Message-ID at each try. A row holds no secret: the link is made when the mail is sent, and
only its hash is kept.
"""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from shared.context import uuid7
from shared.database import Database, Record, Session
from shared.logging import get_logger
from shared.mail import Mail, Mailer, MailFailed
from users_service.links import service as links
from users_service.mails import queries, texts
from users_service.mails.texts import Written

log = get_logger(__name__)

Kind = Literal["reset", "email", "email_changing", "email_changed", "password_changed", "invitation"]

WORTH_SENDING = {"reset": timedelta(hours=1), "email": timedelta(days=1), "invitation": timedelta(days=7)}
WORTH_SENDING_ELSE = timedelta(days=3)


async def enqueue(
    session: Session, kind: Kind, recipient: str, *, user_id: int | None = None, invitation_id: UUID | None = None
) -> None:
    """Writes the mail beside the change that the session is making."""
    patience = WORTH_SENDING.get(kind, WORTH_SENDING_ELSE)
    await session.execute(queries.ENQUEUE, uuid7(), kind, recipient, user_id, invitation_id, patience)


async def forget_mails(session: Session, user_id: int, email: str) -> None:
    """Takes back what was to go to somebody who is to be forgotten."""
    await session.execute(queries.FORGET, user_id, email)


async def send_due(database: Database, mailer: Mailer, public_url: str) -> bool:
    """Sends a mail whose time has come; whether there was one, and may be more."""
    row = await database.session().fetchrow(queries.CLAIM)
    if row is not None:
        await _send(database, mailer, public_url, row)
    return row is not None


async def _send(database: Database, mailer: Mailer, public_url: str, row: Record) -> None:
    """A mail that nobody is to get any more is dropped, like one whose time is over or that no server will take."""
    session = database.session()
    mail = None if row["too_late"] else await _compose(session, public_url, row)
    if mail is not None:
        try:
            await mailer.send(mail)
        except MailFailed as error:
            log.warning(
                "mail not sent", kind=row["kind"], mail=str(row["id"]), attempts=row["attempts"], reason=str(error)
            )
            if not error.permanent:
                return
    elif row["too_late"]:
        log.error("mail given up", kind=row["kind"], mail=str(row["id"]), attempts=row["attempts"])
    await session.execute(queries.DONE, row["id"])


async def _compose(session: Session, public_url: str, row: Record) -> Mail | None:
    person = None
    if row["kind"] == "invitation":
        written = await _invitation(session, public_url, row)
    else:
        person = await session.fetchrow(queries.PERSON, row["user_id"], row["recipient"])
        written = None if person is None else await _to_person(session, public_url, row, person)
    if written is None:
        return None
    # Never to what was typed: another address can look the same to a comparison without case.
    to = person["email"] if person is not None and row["kind"] == "reset" else row["recipient"]
    return Mail(f"<{row['id']}@taskwire>", to, written.subject, written.text, written.html)


async def _invitation(session: Session, public_url: str, row: Record) -> Written | None:
    invitation = await session.fetchrow(queries.INVITATION, row["invitation_id"])
    if invitation is None:
        return None
    token = await links.issue(session, "invitation", row["recipient"], invitation_id=invitation["id"])
    return texts.invitation(invitation["host"], links.address(public_url, "invitation", token))


async def _to_person(session: Session, public_url: str, row: Record, person: Record) -> Written | None:
    name, kind = person["full_name"] or person["username"], row["kind"]
    if kind == "reset":
        return texts.reset(name, await _link(session, public_url, row, person))
    if kind == "email" and person["pending_email"] != row["recipient"]:
        return None  # another address was chosen meanwhile, or none
    if kind == "email":
        return texts.confirm_email(name, await _link(session, public_url, row, person))
    if kind == "password_changed":
        return texts.password_changed(name, row["created_at"], person["timezone"])
    if kind == "email_changing" and person["pending_email"]:
        return texts.email_changing(name, person["pending_email"])
    return texts.email_changed(name, person["email"]) if kind == "email_changed" else None


async def _link(session: Session, public_url: str, row: Record, person: Record) -> str:
    """A link of this mail ends those of earlier mails, but not one that an earlier try of this mail may have sent."""
    async with session.begin():
        if row["attempts"] == 1:
            await links.withdraw(session, person["id"], row["kind"])
        token = await links.issue(session, row["kind"], row["recipient"], user_id=person["id"])
    return links.address(public_url, row["kind"], token)
