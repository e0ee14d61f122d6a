"""New accounts."""

from collections.abc import Mapping
from typing import Any

from shared.database import Record, Session
from shared.errors import Unprocessable
from users_service.auth.passwords import PasswordHasher, resembles
from users_service.errors import RegistrationClosed
from users_service.invitations import service as invitations
from users_service.settings import Settings
from users_service.users import queries
from users_service.users.fields import DEFAULT_LOCALE, DEFAULT_TIMEZONE
from users_service.users.schemas import Registration
from users_service.users.service import NAMES, record_event, settle_names, unique_or_conflict


async def prepare(settings: Settings, passwords: PasswordHasher, body: Registration) -> str:
    """What takes long, before any connection or transaction is taken: the hash of the password. A name that is taken
    takes as long. Raises RegistrationClosed for who is not invited where one must be, or Unprocessable for a password
    that is the name or the address."""
    if body.invitation is None and settings.registration == "closed":
        raise RegistrationClosed
    return await _hash(passwords, body)


async def register(session: Session, body: Registration, hashed: str) -> Record:
    """Makes an account for whoever asks and is prepared for it. Raises UsernameTaken or EmailTaken."""
    if body.invitation is not None:
        return await _register_invited(session, body, hashed, body.invitation)
    return await add_user(session, body.profile(), hashed, role="user")


async def create_user(session: Session, passwords: PasswordHasher, body: Registration, *, role: str) -> Record:
    """Raises UsernameTaken, EmailTaken, or Unprocessable for a password that is the name or the address."""
    return await add_user(session, body.profile(), await _hash(passwords, body), role=role)


async def _register_invited(session: Session, body: Registration, hashed: str, token: str) -> Record:
    """The account has the role of the invitation, which is used up. Raises InvalidLink for one that is not good (any
    more), or Unprocessable for another address than the one it was sent to."""
    async with session.begin():
        await invitations.check(session, token, body.email)
        invitation = await invitations.accept(session, token)
        user = await add_user(session, body.profile(), hashed, role=invitation["role"])
        await session.execute(queries.CONFIRM_EMAIL, user["id"])
        await invitations.mark(session, invitation["id"], user["id"])
    return user


async def _hash(passwords: PasswordHasher, body: Registration) -> str:
    password = body.password.get_secret_value()
    if resembles(password, body.username, body.email):
        raise Unprocessable.at("/password", "must not be the username or the e-mail address")
    return await passwords.hash(password)


async def add_user(session: Session, given: Mapping[str, Any], hashed: str, *, role: str) -> Record:
    """For a profile that was checked, and a password that was hashed. Raises UsernameTaken or EmailTaken."""
    nameless = dict.fromkeys(NAMES, "")
    profile = {**nameless, **given, **settle_names(given, nameless)}
    async with session.begin():
        with unique_or_conflict():
            user = await session.fetchrow(
                queries.INSERT,
                profile["username"],
                profile["email"],
                hashed,
                *(profile[name] for name in NAMES),
                role,
                profile.get("timezone", DEFAULT_TIMEZONE),
                profile.get("locale", DEFAULT_LOCALE),
            )
        assert user is not None
        await record_event(session, "user.registered", user, actor_id=user["id"])
    return user
