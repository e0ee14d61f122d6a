"""Passwords that change: by their owner, or by whoever reads the owner's mail."""

from shared.auth import Principal
from shared.database import Session
from shared.errors import Conflict, Unprocessable
from users_service.access_tokens.service import revoke_all_tokens
from users_service.audit import service as audit
from users_service.auth.passwords import PasswordHasher, resembles
from users_service.auth.service import check_password
from users_service.errors import InvalidLink
from users_service.guesses import service as guesses
from users_service.links import service as links
from users_service.mails.service import enqueue
from users_service.passwords import queries
from users_service.sessions.service import end_all_sessions, end_other_sessions


async def change_password(
    session: Session, passwords: PasswordHasher, principal: Principal, current: str, new: str
) -> None:
    """Ends all other sessions; personal access tokens stay, for they were not made of the password."""
    hashed = await check_password(session, passwords, principal, current, "/current_password")
    account = await session.fetchrow(queries.FIND, principal.id)
    if account is not None and resembles(new, account["username"], account["email"]):
        raise Unprocessable.at("/new_password", "must not be the username or the e-mail address")
    changed = await passwords.hash(new)
    async with session.begin():
        email = await session.fetchval(queries.CHANGE, principal.id, changed, hashed)
        if email is None:
            raise Conflict("The password was changed by another request in the meantime.")
        await links.withdraw(session, principal.id, "reset")
        await end_other_sessions(session, principal.id, principal.session_id, principal.id)
        await enqueue(session, "password_changed", email, user_id=principal.id)
        await audit.record(session, "password.changed", principal.id, f"user/{principal.id}")


async def reset_password(session: Session, passwords: PasswordHasher, token: str, new: str) -> None:
    """Whoever has the link reads the owner's mail: a new password, no session or personal access token of before, and
    no guesses that stand in the way. Raises InvalidLink."""
    user_id = (await links.find(session, "reset", token))["user_id"]
    account = await session.fetchrow(queries.FIND, user_id)
    if account is None:
        raise InvalidLink
    if resembles(new, account["username"], account["email"]):
        raise Unprocessable.at("/new_password", "must not be the username or the e-mail address")
    hashed = await passwords.hash(new)
    async with session.begin():
        await links.use(session, "reset", token)
        email = await session.fetchval(queries.SET, user_id, hashed)
        if email is None:
            raise InvalidLink
        await links.withdraw(session, user_id)
        await revoke_all_tokens(session, user_id)
        await end_all_sessions(session, user_id, user_id)
        await enqueue(session, "password_changed", email, user_id=user_id)
        await audit.record(session, "password.reset", user_id, f"user/{user_id}")
    await guesses.forget(session.database, guesses.account_key(user_id))


async def forget_password(session: Session, subject: str, email: str) -> None:
    """Asks for a mail with a link, if the bounds allow it. What happens here is the same for every address: whether
    somebody has it is found out when the mail is sent."""
    if await guesses.allowed(session.database, subject):
        await enqueue(session, "reset", email)
