"""Signing in, staying signed in, signing out."""

import contextlib
import unicodedata
from typing import Any
from uuid import UUID

import orjson

from shared import context
from shared.auth import Principal
from shared.context import uuid7
from shared.database import Session
from shared.sealing import Sealer
from users_service.auth import queries
from users_service.auth.errors import InvalidRefreshToken, WrongPassword
from users_service.auth.origin import Origin
from users_service.auth.passwords import PasswordHasher
from users_service.auth.tokens import TokenIssuer
from users_service.errors import InvalidCredentials
from users_service.guesses import service as guesses
from users_service.sessions.service import end_session
from users_service.two_factor.service import check_otp
from users_service.users.avatars import shown

Answer = dict[str, Any]


async def login(
    session: Session,
    tokens: TokenIssuer,
    passwords: PasswordHasher,
    sealer: Sealer,
    origin: Origin,
    name: str,
    password: str,
    otp: str | None,
) -> Answer:
    """Opens a session for the username or e-mail address `name`.

    Raises InvalidCredentials, in the same words and after the same time, for an unknown account, another password and
    an account that is not active; OtpRequired and InvalidOtp only once the password was right; TooManyGuesses when
    there were too many of these.
    """
    name = unicodedata.normalize("NFKC", name).strip()
    account = await session.fetchrow(queries.FIND_ACCOUNT, name, origin.network)
    key = tokens.unknown_account(name) if account is None else guesses.account_key(account["id"])
    known = account is not None and account["known"]
    async with passwords.turn() as turn, guesses.counted(session.database, key, known=known):
        good = await turn.verify(password, None if account is None else account["password_hash"])
        if not good or account is None:
            raise InvalidCredentials(None if account is None else account["id"])
        if not await session.fetchval(queries.IS_ACTIVE, account["id"]):
            raise InvalidCredentials(account["id"])
    await check_otp(session, sealer, account["id"], otp, known=known)
    return await open_session(session, tokens, origin, account["id"], password_hash=account["password_hash"])


async def open_session(
    session: Session,
    tokens: TokenIssuer,
    origin: Origin,
    user_id: int,
    *,
    password_hash: str | None,
    via: str = "password",
) -> Answer:
    """A new session with its first tokens, for somebody who has proved who they are. With `password_hash`, only while
    that is still the account's. Raises InvalidCredentials."""
    session_id, token_id = uuid7(), uuid7()
    user = await session.fetchrow(
        queries.OPEN_SESSION,
        user_id,
        password_hash,
        session_id,
        token_id,
        tokens.refresh_life,
        origin.address,
        origin.network,
        origin.user_agent,
        context.get().request_id,
        orjson.dumps({"via": via}).decode(),
    )
    if user is None:
        raise InvalidCredentials(user_id)
    return {**_pair(tokens, user["id"], session_id, token_id), "user": shown(user)}


async def refresh(session: Session, tokens: TokenIssuer, token: str) -> Answer:
    """Takes a refresh token in payment for a new pair. Raises InvalidRefreshToken."""
    token_id, successor_id = tokens.read_refresh_token(token), uuid7()
    rotated = await session.fetchrow(queries.ROTATE, token_id, successor_id, tokens.refresh_life)
    if rotated is None:
        return await _replay(session, tokens, token_id)
    return _pair(tokens, rotated["user_id"], rotated["session_id"], successor_id)


async def _replay(session: Session, tokens: TokenIssuer, token_id: UUID) -> Answer:
    """A token that was used before: soon afterwards it is a client that lost the answer or asked twice, and is given
    the same successor; later it is a stolen one, and the whole session ends."""
    used = await session.fetchrow(queries.FIND_USED, token_id, tokens.refresh_grace)
    if used is None:
        raise InvalidRefreshToken
    if not used["in_grace"]:
        await end_session(session, used["session_id"], actor_id=None)
        raise InvalidRefreshToken
    return _pair(tokens, used["user_id"], used["session_id"], used["successor_id"])


async def check_password(
    session: Session, passwords: PasswordHasher, principal: Principal, password: str, pointer: str = "/password"
) -> str:
    """For what needs more than being signed in: the hash of the password, if it is right. Raises WrongPassword, or
    TooManyGuesses: a session that was left open is no licence to try."""
    hashed: str = await session.fetchval(queries.FIND_HASH, principal.id)
    key = guesses.account_key(principal.id)
    async with passwords.turn() as turn, guesses.counted(session.database, key, known=True):
        if not await turn.verify(password, hashed):
            raise WrongPassword(pointer)
    return hashed


async def session_of(session: Session, tokens: TokenIssuer, token: str) -> UUID | None:
    """The session of a refresh token that was not used yet; None for any other."""
    with contextlib.suppress(InvalidRefreshToken):
        session_id: UUID | None = await session.fetchval(queries.SESSION_OF, tokens.read_refresh_token(token))
        return session_id
    return None


async def logout(session: Session, principal: Principal) -> None:
    """Ends the session that the request came with."""
    await end_session(session, principal.session_id, principal.id)


def _pair(tokens: TokenIssuer, user_id: int, session_id: UUID, token_id: UUID) -> Answer:
    return {
        "access_token": tokens.access_token(user_id, session_id),
        "refresh_token": tokens.refresh_token(token_id),
        "token_type": "bearer",
        "expires_in": int(tokens.life.total_seconds()),
    }
