"""The audit trail: who did what to whom, when, from where, in which request. Rows are only added, and age out."""

from typing import Any

import orjson

from shared import context
from shared.database import Database, Session
from shared.pagination import Cursor, Listed, cut
from shared.trail import Entry, Keep
from users_service.audit import queries
from users_service.audit.schemas import AuditQuery

PURGE_BATCH = 1000


async def record(session: Session, action: str, actor_id: int | None, target: str | None, **details: Any) -> None:
    """Writes an entry in the transaction of what it tells of. `details` never hold a secret."""
    now = context.get()
    encoded = orjson.dumps(details).decode()
    await session.execute(queries.RECORD, None, action, actor_id, target, now.address, now.request_id, 1, encoded)


def keep_entries(database: Database) -> Keep:
    """Writes what was noted elsewhere: by this process's own trail, or by another service's."""

    async def keep(entries: list[Entry]) -> None:
        session = database.session()
        async with session.begin():
            for entry in entries:
                session.execute_later(
                    queries.RECORD,
                    entry.occurred_at,
                    entry.action,
                    entry.actor_id,
                    entry.target,
                    entry.address,
                    entry.request_id,
                    entry.count,
                    orjson.dumps(entry.details).decode(),
                )

    return keep


async def list_entries(session: Session, query: AuditQuery) -> Listed:
    """Newest first."""
    filters = (query.actor, query.action, query.since, query.until)
    scope = f"audit {filters}"
    after = None if query.cursor is None else Cursor.decode(query.cursor, scope, int).id
    rows = await session.fetch(queries.LIST, *filters, after, query.limit + 1)
    total = await session.fetchval(queries.COUNT, *filters) if query.count else None
    page, next_cursor = cut(rows, query, scope)
    return [{**row, "details": orjson.Fragment(row["details"])} for row in page], next_cursor, total


async def purge_entries(session: Session, days: int) -> bool:
    """Deletes the oldest entries, a batch at a time; whether there may be more."""
    return await session.execute(queries.PURGE, days, PURGE_BATCH) == PURGE_BATCH
