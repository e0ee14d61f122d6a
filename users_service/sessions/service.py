"""Sessions: whether one is live, and how it ends. It ends in the same transaction as the event that says so."""

from collections.abc import Sequence
from uuid import UUID

from shared import outbox, scopes
from shared.auth import Principal
from shared.database import Session
from shared.events import RevokedSessions
from users_service.sessions import queries

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


async def end_all_sessions(session: Session, user_id: int, actor_id: int | None) -> None:
    """Ends whatever the user has. The caller is in a transaction that changes the account."""
    ended = [row["id"] for row in await session.fetch(queries.REVOKE_ALL, user_id)]
    revoked = RevokedSessions(user_id=user_id, session_ids=ended, everything=True)
    await outbox.record(session, "session.revoked", revoked, subject_id=user_id, actor_id=actor_id)


async def purge_sessions(session: Session) -> bool:
    """Deletes what has expired, a batch at a time; whether there may be more."""
    sessions = await session.execute(queries.PURGE, PURGE_BATCH)
    tokens = await session.execute(queries.PURGE_TOKENS, PURGE_BATCH)
    return PURGE_BATCH in (sessions, tokens)
