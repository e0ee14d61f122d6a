"""The rules of the activity: it is seen by whoever may see the task now."""

from typing import Any

import orjson

from shared.auth import Principal
from shared.database import Record, Session
from shared.pagination import Cursor, PageQuery
from shared.text import ID_MAX
from tasks_service.activity import queries
from tasks_service.tasks.service import get_task

Items = tuple[list[dict[str, Any]], str | None]


async def list_activity(session: Session, principal: Principal, query: PageQuery) -> Items:
    """What happened to the tasks that the caller may see."""
    before = _before(query, "activity")
    rows = await session.fetch(queries.ALL, before, query.limit + 1, principal.id, principal.is_admin)
    return _page(rows, query, "activity")


async def list_task_activity(session: Session, principal: Principal, task_id: int, query: PageQuery) -> Items:
    await get_task(session, principal, task_id)
    scope = f"activity of {task_id}"
    rows = await session.fetch(queries.OF_TASK, _before(query, scope), query.limit + 1, task_id)
    return _page(rows, query, scope)


def _before(query: PageQuery, scope: str) -> int:
    return ID_MAX if query.cursor is None else Cursor.decode(query.cursor, scope, str).id


def _page(rows: list[Record], query: PageQuery, scope: str) -> Items:
    shown = rows[: query.limit]
    items = [{**row, "changes": orjson.Fragment(row["changes"])} for row in shown]
    for item in items:
        del item["row_id"]
    return items, Cursor(None, shown[-1]["row_id"]).encode(scope) if len(rows) > query.limit else None
