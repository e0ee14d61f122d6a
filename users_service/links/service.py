"""Single-use links: a random secret that is mailed, of which only the hash is kept.

It is made when the mail is sent, so a usable secret is never at rest. The address of the console carries it behind `#`,
where no server, log or referrer sees it.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Literal
from uuid import UUID

from shared.database import Record, Session
from users_service.errors import InvalidLink
from users_service.links import queries

Kind = Literal["reset", "email", "invitation"]

LIFE = {"reset": timedelta(minutes=30), "email": timedelta(days=1), "invitation": timedelta(days=7)}
PAGES = {"reset": "reset-password", "email": "confirm-email", "invitation": "register"}


async def issue(
    session: Session, kind: Kind, email: str, *, user_id: int | None = None, invitation_id: UUID | None = None
) -> str:
    """A new secret; those before stay good until one of them is used or withdrawn, or their time is over."""
    token = secrets.token_urlsafe(32)
    await session.execute(queries.ISSUE, _hash(token), kind, user_id, invitation_id, email, LIFE[kind])
    return token


async def find(session: Session, kind: Kind, token: str, pointer: str = "/token") -> Record:
    """What the link is for, without using it. Raises InvalidLink."""
    link = await session.fetchrow(queries.FIND, _hash(token), kind)
    if link is None:
        raise InvalidLink(pointer)
    return link


async def use(session: Session, kind: Kind, token: str, pointer: str = "/token") -> Record:
    """The same for the last time: of several at once one gets it. Raises InvalidLink."""
    link = await session.fetchrow(queries.USE, _hash(token), kind)
    if link is None:
        raise InvalidLink(pointer)
    return link


async def withdraw(session: Session, user_id: int, kind: Kind | None = None) -> None:
    """Ends the links of a user, of one kind or all."""
    await session.execute(queries.WITHDRAW, user_id, kind)


async def withdraw_invitation(session: Session, invitation_id: UUID) -> None:
    await session.execute(queries.WITHDRAW_INVITATION, invitation_id)


async def purge_links(session: Session) -> bool:
    await session.execute(queries.PURGE)
    return False


def address(public_url: str, kind: Kind, token: str) -> str:
    return f"{public_url.rstrip('/')}/#/{PAGES[kind]}?token={token}"


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
