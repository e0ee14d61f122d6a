"""Which account belongs to whom a provider vouches for.

The identity (issuer and subject) decides, once it is known. The first time an account is found by its e-mail address,
if the provider says that the address is verified; otherwise a new one is made where registration is open. Whoever made
an account with somebody else's address must not keep a door to it: unless the address was confirmed here, linking ends
the account's password, sessions and access tokens. Administrators and accounts with two-factor authentication are
never linked by their address; who is signed in links whatever provider they like.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from typing import Any

import asyncpg
from pydantic import TypeAdapter, ValidationError

from shared.auth import Principal
from shared.database import Record, Session
from users_service.access_tokens.service import revoke_all_tokens
from users_service.audit import service as audit
from users_service.auth.passwords import UNUSABLE
from users_service.errors import EmailTaken, RegistrationClosed, UsernameTaken
from users_service.oidc import queries
from users_service.oidc.errors import (
    AccountExists,
    AddressMissing,
    IdentityNotFound,
    IdentityTaken,
    LastWayIn,
    ProviderRefused,
)
from users_service.oidc.provider import Identity
from users_service.sessions.service import end_all_sessions
from users_service.settings import Settings
from users_service.users.fields import NAME_MAX, RESERVED_PREFIX, USERNAME_MAX, Email, Username
from users_service.users.queries import CONFIRM_EMAIL
from users_service.users.registration import add_user

ATTEMPTS = 8
NOT_IN_NAMES = re.compile(r"[^\w-]+")
EMAIL: TypeAdapter[str] = TypeAdapter(Email)
USERNAME: TypeAdapter[str] = TypeAdapter(Username)


async def find_or_add_account(session: Session, settings: Settings, identity: Identity) -> int:
    """The id of the account. Raises ProviderRefused for one that is not active, AccountExists, AddressMissing or
    RegistrationClosed."""
    names = candidates(identity)
    for _ in range(ATTEMPTS):
        known = await session.fetchrow(queries.FIND_IDENTITY, identity.issuer, identity.subject)
        if known is not None:
            if not known["is_active"]:
                raise ProviderRefused
            return int(known["id"])
        try:
            return await _link_or_add(session, settings, identity, names)
        except UsernameTaken:
            continue  # with the next name
        except (EmailTaken, asyncpg.UniqueViolationError):
            continue  # somebody was quicker: look again
    raise ProviderRefused


async def link_identity(session: Session, identity: Identity, user_id: int) -> int:
    """For somebody who is signed in, whatever the addresses. Raises IdentityTaken when it is another account's."""
    try:
        async with session.begin():
            known = await session.fetchrow(queries.FIND_IDENTITY, identity.issuer, identity.subject)
            if known is None:
                await session.execute(queries.ADD_IDENTITY, identity.issuer, identity.subject, user_id)
                await audit.record(session, "user.linked", user_id, f"user/{user_id}", issuer=identity.issuer)
            elif known["id"] != user_id:
                raise IdentityTaken
    except asyncpg.UniqueViolationError:
        raise IdentityTaken from None
    return user_id


async def unlink_identity(session: Session, principal: Principal, issuer: str) -> None:
    """Raises IdentityNotFound, or LastWayIn for an account that nothing else opens."""
    async with session.begin():
        if not await session.fetchval(queries.IS_LINKED, principal.id, issuer):
            raise IdentityNotFound
        if not await session.execute(queries.UNLINK, principal.id, issuer):
            raise LastWayIn
        await audit.record(session, "user.unlinked", principal.id, f"user/{principal.id}", issuer=issuer)


async def _link_or_add(session: Session, settings: Settings, identity: Identity, names: Iterator[str]) -> int:
    email = _email(identity)
    if email is None:
        raise AddressMissing
    async with session.begin():
        account = await session.fetchrow(queries.LOCK_BY_EMAIL, email)
        if account is None:
            user_id = await _add(session, settings, identity, email, next(names))
        else:
            user_id = await _link(session, identity, account)
        await session.execute(queries.ADD_IDENTITY, identity.issuer, identity.subject, user_id)
        await audit.record(session, "user.linked", user_id, f"user/{user_id}", issuer=identity.issuer)
    return user_id


async def _link(session: Session, identity: Identity, account: Record) -> int:
    user_id = int(account["id"])
    if not identity.is_email_verified or account["role"] == "admin" or account["two_factor"]:
        raise AccountExists
    if not account["is_active"]:
        raise ProviderRefused
    if not account["email_confirmed"]:
        await session.execute(queries.CLOSE_TO_PASSWORDS, user_id)
        await revoke_all_tokens(session, user_id)
        await end_all_sessions(session, user_id, actor_id=user_id)
    return user_id


async def _add(session: Session, settings: Settings, identity: Identity, email: str, username: str) -> int:
    if settings.registration == "closed":
        raise RegistrationClosed
    profile = {"username": username, "email": email, "full_name": _full_name(identity)}
    user = await add_user(session, profile, UNUSABLE, role="user")
    if identity.is_email_verified:
        await session.execute(CONFIRM_EMAIL, user["id"])
    return int(user["id"])


def _email(identity: Identity) -> str | None:
    try:
        return EMAIL.validate_python(identity.email)
    except ValidationError:
        return None


def _full_name(identity: Identity) -> str:
    name = identity.claims.get("name")
    if not isinstance(name, str):
        return ""
    return "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()[:NAME_MAX]


def candidates(identity: Identity) -> Iterator[str]:
    """Usernames to try: what the provider calls the person, then the same with numbers, then with something random."""
    base = next((name for name in map(_as_username, _given_names(identity)) if name is not None), "user")
    yield base
    for number in range(2, 5):
        yield f"{base}{number}"
    while True:
        yield f"{base}-{secrets.token_hex(3)}"


def _given_names(identity: Identity) -> Iterator[Any]:
    yield identity.claims.get("preferred_username")
    yield (identity.email or "").partition("@")[0]
    yield identity.claims.get("name")


def _as_username(given: Any) -> str | None:
    """The nearest that a username may be, with room for a number."""
    if not isinstance(given, str):
        return None
    text = unicodedata.normalize("NFKC", given.partition("@")[0]).strip()
    text = NOT_IN_NAMES.sub(".", text)[: USERNAME_MAX - 8].strip(".-")
    if text.casefold().startswith(RESERVED_PREFIX):
        return None
    try:
        return USERNAME.validate_python(text)
    except ValidationError:
        return None
