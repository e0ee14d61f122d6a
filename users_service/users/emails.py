"""A new e-mail address: it waits until somebody who reads it says so, and the old one hears of it."""

from collections.abc import Mapping
from typing import Any

from shared.database import Record, Session
from users_service.errors import EmailTaken
from users_service.guesses import service as guesses
from users_service.links import service as links
from users_service.mails.service import enqueue
from users_service.users import queries
from users_service.users.errors import TooManyMails


async def check_bounds(session: Session, user_id: int, email: str | None) -> None:
    """Raises EmailTaken for somebody else's address, and TooManyMails for whoever has links mailed again and again."""
    if email is None:
        return
    user = await session.fetchrow(queries.FIND, user_id)
    if user is None or same(email, user["email"]) or email == user["pending_email"]:
        return
    if await session.fetchval(queries.EMAIL_TAKEN, user_id, email):
        raise EmailTaken
    if not await guesses.allowed(session.database, guesses.account_key(user_id, "email")):
        raise TooManyMails


def divert(changes: Mapping[str, Any], before: Record) -> dict[str, Any]:
    """What becomes of `email` when its owner changes it: the present one said again takes a pending one back."""
    if "email" not in changes:
        return {}
    if same(changes["email"], before["email"]):
        return {"pending_email": None}
    return {"email": before["email"], "pending_email": changes["email"]}


async def tell(session: Session, before: Record, after: Record) -> None:
    """Writes the mails that follow from the change, and ends the links that do not fit any more."""
    user_id, old = after["id"], before["email"]
    if not same(old, after["email"]):
        await links.withdraw(session, user_id)
        await enqueue(session, "email_changed", old, user_id=user_id)
    elif after["pending_email"] != before["pending_email"]:
        await links.withdraw(session, user_id, "email")
        if after["pending_email"] is not None:
            await enqueue(session, "email", after["pending_email"], user_id=user_id)
            await enqueue(session, "email_changing", old, user_id=user_id)


def same(one: str, other: str) -> bool:
    return one.lower() == other.lower()
