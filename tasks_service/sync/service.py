"""The rules of sync. A walk goes through all that is new in the order of ids, as the database is at each page; what
changes behind it is not visible in the snapshot of its first page, which is what the next walk goes by. So there may be
more as well when somebody wrote during a walk of several pages."""

from dataclasses import replace
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session
from tasks_service.settings import Settings
from tasks_service.sync import queries
from tasks_service.sync.schemas import SyncQuery
from tasks_service.sync.token import Snapshot, Token
from tasks_service.tasks.rendering import RenderedTasks

KEPT_DAYS = 30  # as the trigger of the migration has it


async def sync_tasks(
    session: Session, principal: Principal, settings: Settings, rendered: RenderedTasks, query: SyncQuery
) -> dict[str, Any]:
    token = Token.decode(query.token, principal) if query.token else Token()
    found = await _find(session, principal, token, query.limit + 1)
    moment = found[0]
    token.require(moment["system"], moment["taken_at"], min(KEPT_DAYS, settings.trash_retention_days))
    rows = [row for row in found if row["id"] is not None]
    page, rest = rows[: query.limit], rows[query.limit :]
    now = Snapshot.read(moment["snapshot"], moment["taken_at"]).bounded()
    walk = token.walk or now
    following = replace(token, walk=walk, after=page[-1]["id"]) if rest else Token(seen=walk)
    return {
        "items": await rendered.load(session, principal, [row for row in page if row["version"] is not None]),
        "removed": [row["id"] for row in page if row["version"] is None],
        "next_token": following.encode(principal, moment["system"]),
        "has_more": bool(rest) or str(walk) != str(now),
    }


async def _find(session: Session, principal: Principal, token: Token, limit: int) -> list[Record]:
    of_page = principal.id, principal.is_admin, token.after, limit
    if token.seen is None:
        return await session.fetch(queries.everything(principal.is_admin), *of_page)
    return await session.fetch(queries.changes(principal.is_admin), *of_page, token.seen.lowest, str(token.seen))


async def tidy(session: Session) -> bool:
    """Forgets departures that no token can be older than, and settles what a restore brought; whether there may be
    more."""
    purged = await session.execute(queries.PURGE, KEPT_DAYS + 1)
    return await session.execute(queries.SETTLE) + purged > 0
