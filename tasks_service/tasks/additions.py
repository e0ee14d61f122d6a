"""What is shown of tasks beside or instead of the tasks themselves: `include=`, `fields=` and `render=`."""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson

from shared.auth import Principal
from shared.database import Record, Session
from tasks_service import markdown
from tasks_service.tasks import queries
from tasks_service.tasks.list_schemas import ReadQuery


async def shown(
    session: Session,
    principal: Principal,
    items: Sequence[orjson.Fragment],
    include: Sequence[str],
    fields: Sequence[str],
) -> Sequence[Any]:
    """The tasks with what `include` names, one statement for each, and of all that only what `fields` names."""
    if not include and not fields:
        return items
    tasks: list[dict[str, Any]] = orjson.loads(orjson.dumps(items))
    await _extend(session, principal, tasks, include)
    if not fields:
        return tasks
    names = [*fields, *(name for name in include if name not in fields)]
    return [{name: task[name] for name in names} for task in tasks]


async def extended(session: Session, principal: Principal, task: Record, query: ReadQuery) -> dict[str, Any]:
    """One task with what the query asks for."""
    shown = dict(task)
    await _extend(session, principal, [shown], query.include)
    if query.render == "html":
        shown["description_html"] = await asyncio.to_thread(markdown.to_html, task["description"])
    return shown


async def _extend(
    session: Session, principal: Principal, tasks: Sequence[dict[str, Any]], include: Sequence[str]
) -> None:
    ids = [task["id"] for task in tasks]
    for name in include:
        sql, none = queries.INCLUDES[name]
        asking = (principal.id, principal.is_admin) if name in queries.PERSONAL else ()
        values = {row["id"]: row["value"] for row in await session.fetch(sql, ids, *asking)}
        for task in tasks:
            task[name] = values.get(task["id"], none)
