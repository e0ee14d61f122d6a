"""Accounts: the only writer of the table `users`, and the rules that hold for it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg

from shared import outbox
from shared.auth import Principal
from shared.conditional import Preconditions
from shared.database import Record, Session
from shared.errors import Forbidden
from shared.states import UserState
from users_service.access_tokens.service import revoke_all_tokens
from users_service.audit import service as audit
from users_service.errors import EmailTaken, InvalidLink, UsernameTaken, UserNotFound
from users_service.links import service as links
from users_service.mails.service import forget_mails
from users_service.policies import ADMIN_FIELDS, may_administer, may_change, sees_everything
from users_service.sessions.service import end_all_sessions, end_other_sessions, forget_origins
from users_service.two_factor import service as two_factor
from users_service.users import emails, queries
from users_service.users.errors import AccountDeleted, AdminsOnly, LastAdmin

NAMES = ("full_name", "first_name", "last_name")


async def get_user(session: Session, principal: Principal, user_id: int) -> Record:
    """The account, or for other users its entry in the directory, which the active ones have."""
    full = sees_everything(principal, user_id)
    user = await session.fetchrow(queries.FIND if full else queries.FIND_ENTRY, user_id)
    if user is None:
        raise UserNotFound
    return user


async def find_states(session: Session, user_ids: Sequence[int]) -> list[Record]:
    """What the other services remember of these accounts; unknown ids are left out."""
    return await session.fetch(queries.FIND_STATES, user_ids)


async def change_user(
    session: Session, principal: Principal, user_id: int, changes: Mapping[str, Any], preconditions: Preconditions
) -> Record:
    """Applies the changes and bumps the version; without any difference nothing happens.

    A change of role or activity ends the sessions of the account. A new e-mail address waits until the link that is
    mailed to it is used, unless an administrator sets it. Raises UserNotFound, Forbidden, AdminsOnly,
    PreconditionFailed, UsernameTaken, EmailTaken, LastAdmin, AccountDeleted or TooManyMails.
    """
    administers = not ADMIN_FIELDS.isdisjoint(changes)
    await _check_may_change(session, principal, user_id)
    if administers and not may_administer(principal):
        raise AdminsOnly
    if not may_administer(principal):
        await emails.check_bounds(session, user_id, changes.get("email"))
    async with session.begin():
        before = await _lock(session, user_id, guards_admins=administers)
        preconditions.require(before["version"])
        address = {} if may_administer(principal) else emails.divert(changes, before)
        wanted = {**before, **changes, **address, **settle_names(changes, before)}
        if wanted == dict(before):
            return before
        if before["role"] == "admin" and not (wanted["role"] == "admin" and wanted["is_active"]):
            await _check_not_last_admin(session, before)
        with unique_or_conflict():
            after = await session.fetchrow(queries.UPDATE, user_id, *(wanted[name] for name in queries.UPDATED))
        assert after is not None
        await emails.tell(session, before, after)
        await _record_change(session, principal, before, after)
    return after


async def delete_user(session: Session, principal: Principal, user_id: int, preconditions: Preconditions) -> None:
    """Deactivates the account and forgets everything personal of it; the id stays, for what refers to it."""
    await _check_may_change(session, principal, user_id)
    async with session.begin():
        before = await _lock(session, user_id, guards_admins=True)
        preconditions.require(before["version"])
        await _check_not_last_admin(session, before)
        user = await session.fetchrow(queries.ANONYMISE, user_id)
        assert user is not None
        await session.execute(queries.FORGET_ANSWERS, user_id)
        await links.withdraw(session, user_id)
        await forget_mails(session, user_id, before["email"])
        await forget_origins(session, user_id)
        await audit.record(session, "user.deleted", principal.id, f"user/{user_id}")
        await revoke_all_tokens(session, user_id)
        await two_factor.forget(session, user_id)
        await session.execute(queries.FORGET_IDENTITIES, user_id)
        await end_all_sessions(session, user_id, principal.id)
        await record_event(session, "user.deactivated", user, actor_id=principal.id)


def settle_names(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, str]:
    """The three names that follow from those given: the full name is split, or put together of the other two."""
    if not any(name in given for name in NAMES):
        return {}
    full = given.get("full_name") or ""
    first, _, last = full.partition(" ")
    if not full and not {"first_name", "last_name"}.isdisjoint(given):
        first, last = before["first_name"], before["last_name"]
    first, last = given.get("first_name", first), given.get("last_name", last.strip())
    return {"full_name": full or f"{first} {last}".strip(), "first_name": first, "last_name": last}


@contextmanager
def unique_or_conflict() -> Iterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise (EmailTaken if error.constraint_name == "uq_users_email" else UsernameTaken) from None


async def _check_may_change(session: Session, principal: Principal, user_id: int) -> None:
    if not may_change(principal, user_id):
        await get_user(session, principal, user_id)
        raise Forbidden


async def _lock(session: Session, user_id: int, *, guards_admins: bool) -> Record:
    """The account under its lock. With `guards_admins` nobody else changes who is an administrator meanwhile."""
    if guards_admins:
        await session.execute(queries.LOCK_ADMINS)
    user = await session.fetchrow(queries.LOCK, user_id)
    if user is None:
        raise UserNotFound if await session.fetchrow(queries.FIND, user_id) is None else AccountDeleted
    return user


async def _check_not_last_admin(session: Session, user: Record) -> None:
    if user["role"] == "admin" and user["is_active"] and not await session.fetchval(queries.OTHER_ADMINS, user["id"]):
        raise LastAdmin


async def _record_change(session: Session, principal: Principal, before: Record, after: Record) -> None:
    if any(before[name] != after[name] for name in ADMIN_FIELDS):
        await end_all_sessions(session, after["id"], principal.id)
    deactivated = before["is_active"] and not after["is_active"]
    if deactivated:
        await revoke_all_tokens(session, after["id"])
    await _audit_change(session, principal, before, after)
    await record_event(session, "user.deactivated" if deactivated else "user.updated", after, actor_id=principal.id)


async def _audit_change(session: Session, principal: Principal, before: Record, after: Record) -> None:
    """What administrators do to accounts, and what anybody does to an address that opens an account. Names, zone and
    locale of one's own are nobody's business."""
    target = f"user/{after['id']}"
    changed = [name for name in queries.UPDATED if before[name] != after[name]]
    if "role" in changed:
        roles = {"before": before["role"], "after": after["role"]}
        await audit.record(session, "user.role_changed", principal.id, target, **roles)
    if "is_active" in changed:
        action = "user.reactivated" if after["is_active"] else "user.deactivated"
        await audit.record(session, action, principal.id, target)
    others = [name for name in changed if name not in ADMIN_FIELDS]
    if others and (principal.id != after["id"] or {"email", "pending_email"} & set(others)):
        await audit.record(session, "user.changed", principal.id, target, fields=others)


async def end_sessions_of(session: Session, principal: Principal, user_id: int) -> None:
    """Signs somebody out everywhere. Raises UserNotFound, or Forbidden for the sessions of others."""
    await _check_may_change(session, principal, user_id)
    await get_user(session, principal, user_id)
    keep = principal.session_id if principal.id == user_id else None
    await end_other_sessions(session, user_id, keep, principal.id)


async def confirm_email(session: Session, token: str) -> None:
    """Makes the address that the link was sent to the account's. Raises InvalidLink, or EmailTaken when somebody else
    has it meanwhile."""
    async with session.begin():
        link = await links.use(session, "email", token)
        before = await session.fetchrow(queries.LOCK, link["user_id"])
        if before is None or not before["is_active"] or before["pending_email"] != link["email"]:
            raise InvalidLink
        wanted = {**before, "email": link["email"], "pending_email": None}
        with unique_or_conflict():
            after = await session.fetchrow(queries.UPDATE, before["id"], *(wanted[name] for name in queries.UPDATED))
        assert after is not None
        await session.execute(queries.CONFIRM_EMAIL, after["id"])
        await emails.tell(session, before, after)
        await audit.record(session, "user.email_confirmed", after["id"], f"user/{after['id']}")
        await record_event(session, "user.updated", after, actor_id=after["id"])


async def record_event(session: Session, event_type: str, user: Record, *, actor_id: int | None) -> None:
    state = UserState.model_validate(dict(user))
    await outbox.record(session, event_type, state, subject_id=user["id"], actor_id=actor_id, version=user["version"])
