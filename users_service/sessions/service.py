"""Sessions: whether one is live, and how it ends. It ends in the same transaction as the event that says so."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared import outbox, scopes
from shared.auth import Principal
from shared.database import Record, Session
from shared.pagination import Cursor, Listed, PageQuery, cut
from shared.states import RevokedSessions
from users_service.audit import service as audit
from users_service.auth.origin import device_of
from users_service.sessions import queries
from users_service.sessions.errors import SessionNotFound

LIST = "sessions"
PURGE_BATCH = 1000


async def find_principal(session: Session, session_id: UUID, user_id: int) -> Principal | None:
    """Whom the session belongs to, with today's role; None when it has ended or the account is not active."""
    row = await session.fetchrow(queries.PRINCIPAL, session_id, user_id)
    if row is None:
        return None
    return Principal(row["id"], row["username"], row["role"], scopes.ALL, session_id)


async def find_ended(session: Session, session_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the sessions that are not live, unknown ones included."""
    return [row["id"] for row in await session.fetch(queries.ENDED, session_ids)]


async def end_session(session: Session, session_id: UUID, actor_id: int | None) -> None:
    """Ends one session, with all its tokens. Ending it again changes nothing."""
    async with session.begin():
        user_id = await session.fetchval(queries.REVOKE, session_id)
        if user_id is not None:
            revoked = RevokedSessions(user_id=user_id, session_ids=[session_id])
            await outbox.record(session, "session.revoked", revoked, subject_id=user_id, actor_id=actor_id)


async def list_sessions(session: Session, principal: Principal, query: PageQuery) -> Listed:
    """The caller's own, newest first."""
    after = None if query.cursor is None else Cursor.decode(query.cursor, LIST, UUID).value
    rows = await session.fetch(queries.LIST, principal.id, after, query.limit + 1)
    total = await session.fetchval(queries.COUNT, principal.id) if query.count else None
    page, next_cursor = cut(rows, query, LIST, key="id", by=None)
    return [_shown(row, principal) for row in page], next_cursor, total


async def get_session(session: Session, principal: Principal, session_id: UUID) -> dict[str, Any]:
    """Raises SessionNotFound, also for the sessions of others and those that have ended."""
    row = await session.fetchrow(queries.FIND, session_id, principal.id)
    if row is None:
        raise SessionNotFound
    return _shown(row, principal)


def _shown(row: Record, principal: Principal) -> dict[str, Any]:
    device = device_of(row["user_agent"])
    return {**row, "device": device, "current": row["id"] == principal.session_id}


async def end_own_session(session: Session, principal: Principal, session_id: UUID) -> None:
    """Ends one of the caller's sessions, the present one included. Raises SessionNotFound."""
    async with session.begin():
        await get_session(session, principal, session_id)
        await end_session(session, session_id, principal.id)
        await audit.record(session, "session.ended", principal.id, f"session/{session_id}")


async def end_other_sessions(session: Session, user_id: int, keep: UUID | None, actor_id: int | None) -> None:
    """Ends the user's sessions but for one. Personal access tokens stay."""
    async with session.begin():
        ended = [row["id"] for row in await session.fetch(queries.REVOKE_ALL, user_id, keep)]
        if ended:
            revoked = RevokedSessions(user_id=user_id, session_ids=ended)
            await outbox.record(session, "session.revoked", revoked, subject_id=user_id, actor_id=actor_id)
        await audit.record(session, "session.ended_others", actor_id, f"user/{user_id}", ended=len(ended))


async def end_all_sessions(session: Session, user_id: int, actor_id: int | None) -> None:
    """Ends whatever the user has. The caller is in a transaction that changes the account."""
    ended = [row["id"] for row in await session.fetch(queries.REVOKE_ALL, user_id, None)]
    revoked = RevokedSessions(user_id=user_id, session_ids=ended, everything=True)
    await outbox.record(session, "session.revoked", revoked, subject_id=user_id, actor_id=actor_id)


async def forget_origins(session: Session, user_id: int) -> None:
    """Forgets from where somebody signed in who is to be forgotten."""
    await session.execute(queries.FORGET_ORIGINS, user_id)


async def purge_sessions(session: Session) -> bool:
    """Deletes what has expired, a batch at a time; whether there may be more."""
    sessions = await session.execute(queries.PURGE, PURGE_BATCH)
    tokens = await session.execute(queries.PURGE_TOKENS, PURGE_BATCH)
    return PURGE_BATCH in (sessions, tokens)
