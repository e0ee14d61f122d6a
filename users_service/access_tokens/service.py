"""Personal access tokens: made and revoked by who is signed in, never by a token. Only a hash of one is kept."""

from typing import Any
from uuid import UUID

from shared import access_tokens, outbox
from shared.auth import Principal
from shared.context import uuid7
from shared.database import Record, Session
from shared.pagination import Cursor, Listed, PageQuery, cut
from shared.states import RevokedSessions
from users_service.access_tokens import queries
from users_service.access_tokens.errors import AccessTokenNotFound, TooManyAccessTokens
from users_service.access_tokens.schemas import AccessTokenCreate
from users_service.audit import service as audit

LIMIT = 100  # tokens of one person
LIST = "access tokens"


async def find_principal(session: Session, token: str) -> Principal | None:
    """Whom the token belongs to, with its scopes; None when it is not good (any more)."""
    if not access_tokens.is_well_formed(token):
        return None
    row = await session.fetchrow(queries.PRINCIPAL, access_tokens.digest(token))
    if row is None:
        return None
    expires_at = row["expires_at"] and row["expires_at"].timestamp()
    return Principal(row["id"], row["username"], row["role"], tuple(row["scopes"]), row["token_id"], expires_at)


async def create_token(session: Session, principal: Principal, body: AccessTokenCreate) -> dict[str, Any]:
    """The token with its secret, which nobody is shown again. Raises TooManyAccessTokens."""
    secret = access_tokens.new_token()
    given = (uuid7(), principal.id, body.name, body.scopes, access_tokens.digest(secret), body.expires_at, LIMIT)
    async with session.begin():
        row = await session.fetchrow(queries.INSERT, *given)
        if row is None:
            raise TooManyAccessTokens
        target = f"access_token/{row['id']}"
        await audit.record(session, "access_token.created", principal.id, target, scopes=body.scopes)
    return {**row, "token": secret}


async def list_tokens(session: Session, principal: Principal, query: PageQuery) -> Listed:
    """Newest first."""
    after = None if query.cursor is None else Cursor.decode(query.cursor, LIST, UUID).value
    rows = await session.fetch(queries.LIST, principal.id, after, query.limit + 1)
    total = await session.fetchval(queries.COUNT, principal.id) if query.count else None
    return *cut(rows, query, LIST, key="id", by=None), total


async def get_token(session: Session, principal: Principal, token_id: UUID) -> Record:
    """Raises AccessTokenNotFound, also for the tokens of others."""
    row = await session.fetchrow(queries.FIND, token_id, principal.id)
    if row is None:
        raise AccessTokenNotFound
    return row


async def revoke_token(session: Session, principal: Principal, token_id: UUID) -> None:
    """Ends it everywhere, as a session ends. Raises AccessTokenNotFound."""
    async with session.begin():
        if not await session.execute(queries.REVOKE, token_id, principal.id):
            raise AccessTokenNotFound
        revoked = RevokedSessions(user_id=principal.id, session_ids=[token_id])
        await audit.record(session, "access_token.revoked", principal.id, f"access_token/{token_id}")
        await outbox.record(session, "session.revoked", revoked, subject_id=principal.id, actor_id=principal.id)


async def revoke_all_tokens(session: Session, user_id: int) -> None:
    """For an account that ends. The caller is in its transaction, and records that all its sessions have ended."""
    await session.execute(queries.REVOKE_ALL, user_id)
