"""People elsewhere: the users service's accounts, as far as another service needs them.

A service remembers them from `user.*` events. Somebody it has not heard of yet, because the event is still under way,
is asked for at once in one call; so a person who registered a moment ago can be assigned.
"""

from collections.abc import Iterable
from typing import Any

import httpx

from shared import events, states
from shared.database import Session
from shared.errors import FieldError, Unavailable, Unprocessable
from shared.http import PeerClient
from shared.text import ID_MAX

SAVE = """
INSERT INTO people (id, username, full_name, email, timezone, locale, is_active, version, role)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET username = excluded.username, full_name = excluded.full_name, email = excluded.email,
    timezone = excluded.timezone, locale = excluded.locale, is_active = excluded.is_active, version = excluded.version,
    role = excluded.role
WHERE people.version < excluded.version
"""
FIND = "SELECT id, username, full_name, is_active FROM people WHERE id = ANY($1)"


async def on_user_changed(session: Session, event: events.UserEvent) -> None:
    await save(session, event.data)


async def save(session: Session, user: states.UserState) -> None:
    """Remembers this state, unless a newer one is known."""
    await session.execute(
        SAVE,
        user.id,
        user.username,
        user.full_name,
        user.email,
        user.timezone,
        user.locale,
        user.is_active,
        user.version,
        user.role,
    )


async def find(session: Session, users: PeerClient, ids: Iterable[int]) -> dict[int, Any]:
    """The people with these ids, as rows `id, username, full_name, is_active`; ids that nobody has are absent."""
    wanted = {user_id for user_id in ids if 0 < user_id <= ID_MAX}
    known = {row["id"]: row for row in await session.fetch(FIND, list(wanted))}
    if unknown := wanted - known.keys():
        for user in await _ask(users, unknown):
            await save(session, user)
            known[user.id] = {k: getattr(user, k) for k in ("id", "username", "full_name", "is_active")}
    return known


async def require_active(session: Session, users: PeerClient, wanted: Iterable[tuple[str, int]]) -> None:
    """Refuses, with the pointer that came with it, each id that nobody has or whose account is not active."""
    named = list(wanted)
    if not named:
        return
    known = await find(session, users, [user_id for _, user_id in named])
    wrong = [(where, i) for where, i in named if i not in known or not known[i]["is_active"]]
    if wrong:
        raise Unprocessable(errors=[FieldError(where, f"there is no active user {i}") for where, i in wrong])


async def _ask(users: PeerClient, ids: Iterable[int]) -> list[states.UserState]:
    try:
        answer = await users.get("/internal/users", params={"ids": ",".join(map(str, sorted(ids)))})
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise Unavailable("Whether these people exist cannot be found out at the moment.", retry_after=2) from error
    return [states.UserState.model_validate(user) for user in answer.json()["items"]]
