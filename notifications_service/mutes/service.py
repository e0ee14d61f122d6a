"""The rules of mutes, and the only code that writes them.

Anything can be muted, whether it exists or not: that says nothing about it, and what is never told is easily muted.
"""

from notifications_service.mutes import queries
from notifications_service.mutes.errors import MuteNotFound, TooManyMutes
from notifications_service.mutes.queries import What
from notifications_service.mutes.schemas import MuteFilter
from shared.auth import Principal
from shared.database import Record, Session
from shared.pagination import Listed, cut, start_id
from shared.text import ID_MAX

MAX_MUTES = 1000  # of one person


async def list_mutes(session: Session, principal: Principal, query: MuteFilter) -> Listed:
    """The caller's own."""
    scope = f"mutes {query.sort} {principal.id}"
    newest_first = query.sort.startswith("-")
    start = start_id(query, scope, ID_MAX if newest_first else 0)
    rows = await session.fetch(queries.page(newest_first), principal.id, start, query.limit + 1)
    total = await session.fetchval(queries.COUNT, principal.id) if query.count else None
    return *cut(rows, query, scope), total


async def mute(session: Session, principal: Principal, what: What, thing_id: int) -> Record:
    there = await session.fetchrow(queries.find(what), principal.id, thing_id)
    row = there or await session.fetchrow(queries.add(what), principal.id, thing_id, MAX_MUTES)
    if row is None:
        raise TooManyMutes
    return row


async def unmute(session: Session, principal: Principal, what: What, thing_id: int) -> None:
    if not await session.execute(queries.remove(what), principal.id, thing_id):
        raise MuteNotFound
