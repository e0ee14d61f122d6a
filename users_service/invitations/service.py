"""Invitations: how somebody gets an account where registration is closed."""

from uuid import UUID

from shared.auth import Principal
from shared.context import uuid7
from shared.database import Record, Session
from shared.errors import Unprocessable
from shared.pagination import Cursor, Listed, PageQuery, cut
from users_service.audit import service as audit
from users_service.errors import EmailTaken, InvalidLink
from users_service.invitations import queries
from users_service.invitations.errors import InvitationNotFound
from users_service.invitations.schemas import InvitationCreate
from users_service.links import service as links
from users_service.mails.service import enqueue

LIST = "invitations"


async def create_invitation(session: Session, principal: Principal, body: InvitationCreate) -> Record:
    """Invites by mail. Raises EmailTaken for somebody who has an account."""
    if await session.fetchval(queries.EMAIL_TAKEN, body.email):
        raise EmailTaken
    async with session.begin():
        life = links.LIFE["invitation"]
        invitation = await session.fetchrow(queries.INSERT, uuid7(), body.email, body.role, principal.id, life)
        assert invitation is not None
        await enqueue(session, "invitation", body.email, invitation_id=invitation["id"])
        target = f"invitation/{invitation['id']}"
        await audit.record(session, "invitation.created", principal.id, target, role=body.role)
    return invitation


async def list_invitations(session: Session, query: PageQuery) -> Listed:
    """Newest first."""
    after = None if query.cursor is None else Cursor.decode(query.cursor, LIST, UUID).value
    rows = await session.fetch(queries.LIST, after, query.limit + 1)
    total = await session.fetchval(queries.COUNT) if query.count else None
    return *cut(rows, query, LIST, key="id", by=None), total


async def get_invitation(session: Session, invitation_id: UUID) -> Record:
    """Raises InvitationNotFound."""
    invitation = await session.fetchrow(queries.FIND, invitation_id)
    if invitation is None:
        raise InvitationNotFound
    return invitation


async def withdraw_invitation(session: Session, principal: Principal, invitation_id: UUID) -> None:
    """Its link and its mail go with it; an account that was made of it stays. Raises InvitationNotFound."""
    async with session.begin():
        if await session.fetchval(queries.DELETE, invitation_id) is None:
            raise InvitationNotFound
        await audit.record(session, "invitation.withdrawn", principal.id, f"invitation/{invitation_id}")


async def check(session: Session, token: str, email: str) -> None:
    """Raises InvalidLink, or Unprocessable for another address than the one that was invited."""
    link = await links.find(session, "invitation", token, pointer="/invitation")
    if await session.fetchrow(queries.FIND_OPEN, link["invitation_id"]) is None:
        raise InvalidLink("/invitation")
    if link["email"].lower() != email.lower():
        raise Unprocessable.at("/email", "must be the address that the invitation was sent to")


async def accept(session: Session, token: str) -> Record:
    """Uses the invitation up; the caller makes the account in the same transaction. Raises InvalidLink."""
    link = await links.use(session, "invitation", token, pointer="/invitation")
    invitation = await session.fetchrow(queries.ACCEPT, link["invitation_id"])
    if invitation is None:
        raise InvalidLink("/invitation")
    await links.withdraw_invitation(session, invitation["id"])
    return invitation


async def mark(session: Session, invitation_id: UUID, user_id: int) -> None:
    """Remembers which account was made of it."""
    await session.execute(queries.MARK, invitation_id, user_id)
    await audit.record(session, "invitation.accepted", user_id, f"invitation/{invitation_id}")
