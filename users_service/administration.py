"""What the command line does to accounts, at the database itself. Nobody is signed in: the audit trail names no actor
and says that it was the command line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr, ValidationError

from shared.database import Database, Record, Session
from shared.errors import Conflict, FieldError, Unprocessable
from users_service.access_tokens.service import revoke_all_tokens
from users_service.audit import service as audit
from users_service.auth.passwords import PasswordHasher, check_strength, resembles
from users_service.errors import UserNotFound
from users_service.guesses import service as guesses
from users_service.links import service as links
from users_service.passwords import queries as passwords
from users_service.sessions.service import end_all_sessions
from users_service.two_factor import service as two_factor
from users_service.users import queries
from users_service.users.registration import create_user
from users_service.users.schemas import Registration
from users_service.users.service import record_event

VIA = "command line"


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Session]:
    async with Database(url, pool_size=2, name="taskwire-admin") as database:
        yield database.session()


async def create_admin(url: str, username: str, email: str, password: str) -> Record:
    """A new administrator. Raises Problem."""
    body = _registration(username, email, password)
    async with _opened(url) as session, session.begin():
        user = await create_user(session, PasswordHasher(), body, role="admin")
        await audit.record(session, "user.created", None, f"user/{user['id']}", role="admin", via=VIA)
    return user


async def promote(url: str, name: str) -> Record:
    """Makes the account an active administrator's. Raises UserNotFound."""
    async with _opened(url) as session, session.begin():
        await session.execute(queries.LOCK_ADMINS)
        before = await _find(session, name)
        if before["role"] == "admin" and before["is_active"]:
            return before
        wanted = {**before, "role": "admin", "is_active": True}
        after = await session.fetchrow(queries.UPDATE, before["id"], *(wanted[name] for name in queries.UPDATED))
        assert after is not None
        await end_all_sessions(session, after["id"], None)
        roles = {"before": before["role"], "after": "admin"}
        await audit.record(session, "user.role_changed", None, f"user/{after['id']}", **roles, via=VIA)
        await record_event(session, "user.updated", after, actor_id=None)
    return after


async def reset_password(url: str, name: str, password: str, two_factor_off: bool) -> Record:
    """A new password, and nothing left of who signed in with the old one. Raises Problem."""
    async with _opened(url) as session:
        user = await _find(session, name)
        _check(password, user)
        hashed = await PasswordHasher().hash(password)
        async with session.begin():
            if await session.fetchval(passwords.SET_BY_OTHERS, user["id"], hashed) is None:
                raise Conflict("This account is not active: an administrator can reactivate it.")
            await links.withdraw(session, user["id"])
            await revoke_all_tokens(session, user["id"])
            await end_all_sessions(session, user["id"], None)
            if two_factor_off:
                await two_factor.forget(session, user["id"])
            await audit.record(session, "password.reset", None, f"user/{user['id']}", via=VIA)
        for what in ("user", "otp"):
            await guesses.forget(session.database, guesses.account_key(user["id"], what))
    return user


async def _find(session: Session, name: str) -> Record:
    user = await session.fetchrow(queries.FIND_BY_NAME, name)
    if user is None:
        raise UserNotFound(f"There is no account {name}.")
    return user


def _check(password: str, user: Record) -> None:
    try:
        check_strength(password)
    except ValueError as error:
        raise Unprocessable.at("/password", str(error)) from None
    if resembles(password, user["username"], user["email"]):
        raise Unprocessable.at("/password", "must not be the username or the e-mail address")


def _registration(username: str, email: str, password: str) -> Registration:
    try:
        return Registration(username=username, email=email, password=SecretStr(password))
    except ValidationError as error:
        found = error.errors(include_input=False)
        messages = [FieldError(f"/{e['loc'][0]}", e["msg"].removeprefix("Value error, ")) for e in found]
        raise Unprocessable(errors=messages) from None
