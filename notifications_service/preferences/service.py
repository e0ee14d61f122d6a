"""The rules of preferences, and the only code that writes them. Who never set any has version 1, the defaults."""

from collections.abc import Callable, Iterable
from typing import Any

from notifications_service.inbox.kinds import KINDS, MAILED, Kind
from notifications_service.preferences import queries
from notifications_service.preferences.schemas import PreferencesUpdate
from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session

Matrix = dict[str, dict[str, bool]]
FIRST_VERSION = 1
DIGEST_HOUR = 9
REST = ("digest", "digest_hour", "quiet_from", "quiet_to")


async def get_preferences(session: Session, principal: Principal) -> dict[str, Any]:
    return _shown(await session.fetchrow(queries.GET, principal.id))


async def replace_preferences(
    session: Session, principal: Principal, body: PreferencesUpdate, preconditions: Preconditions = NONE
) -> dict[str, Any]:
    given = {kind: channels.model_dump(exclude_none=True) for kind, channels in body.matrix.items()}
    quiet = (body.quiet_hours.start, body.quiet_hours.end) if body.quiet_hours else (None, None)
    new = (given, body.digest, body.digest_hour, *quiet)
    return _shown(await _write(session, principal.id, lambda _: new, preconditions))


async def stop_mail(session: Session, user_id: int, kinds: Iterable[str]) -> None:
    """No more e-mail of these kinds; everything else stays as it is."""

    def without(row: Record | None) -> tuple[Any, ...]:
        matrix: Matrix = row["matrix"] if row else {}
        matrix = matrix | {kind: {**matrix.get(kind, {}), "email": False} for kind in kinds}
        rest = [row[name] for name in REST] if row else ["off", DIGEST_HOUR, None, None]
        return (matrix, *rest)

    await _write(session, user_id, without)


async def _write(
    session: Session, user_id: int, new: Callable[[Record | None], tuple[Any, ...]], preconditions: Preconditions = NONE
) -> Record:
    """Written on the condition that the version is still the one that was looked at; else looked at again."""
    while True:
        row = await session.fetchrow(queries.GET, user_id)
        version = row["version"] if row else FIRST_VERSION
        preconditions.require(version)
        written = await session.fetchrow(queries.REPLACE, user_id, version, *new(row))
        if written is not None:
            return written


def _shown(row: Record | None) -> dict[str, Any]:
    """Preferences as the API shows them: what was not set stands there as its default."""
    given: Matrix = row["matrix"] if row else {}
    shown: dict[str, Any] = {"matrix": {kind: defaults_of(kind) | given.get(kind, {}) for kind in KINDS}}
    if row is None:
        return {**shown, "digest": "off", "digest_hour": DIGEST_HOUR, "quiet_hours": None, "version": FIRST_VERSION}
    quiet = {"from": row["quiet_from"], "to": row["quiet_to"]} if row["quiet_from"] else None
    rest = {name: row[name] for name in ("digest", "digest_hour")}
    return {**shown, **rest, "quiet_hours": quiet, "version": row["version"]}


def defaults_of(kind: Kind) -> dict[str, bool]:
    return {"inbox": True, "email": kind in MAILED}
