"""The rules of the activity: it is seen by whoever may see the task, or is in the project, now."""

from datetime import date
from typing import Any

import orjson

from shared.auth import Principal
from shared.database import Record, Session
from shared.pagination import Cursor, Listed, PageQuery, cut, start_id
from shared.text import ID_MAX
from tasks_service.activity import queries
from tasks_service.activity.schemas import ActivityQuery, EveryActivityQuery
from tasks_service.policies import visible
from tasks_service.projects.service import get_project
from tasks_service.settings import Settings
from tasks_service.tasks.conditions import Where
from tasks_service.tasks.service import get_task

FEW = 300  # tasks; who sees no more is served from them
PURGED = 1000  # events at a time


async def list_activity(session: Session, principal: Principal, query: EveryActivityQuery) -> Listed:
    """What happened to all that the caller may see."""
    where = _conditions(query)
    if query.task_id is not None:
        where.add("e.task_id = ?::bigint", query.task_id)
    if query.project_id is not None:
        where.add("e.project_id = ?::bigint", query.project_id)
    scope = f"activity {where} {where.args} {principal.id}"
    await _only_seen(session, principal, where)
    return await _page(session, query, where, scope)


async def list_task_activity(session: Session, principal: Principal, task_id: int, query: ActivityQuery) -> Listed:
    await get_task(session, principal, task_id)
    where = _conditions(query)
    where.add("e.task_id = ?::bigint", task_id)
    return await _page(session, query, where, f"activity {where} {where.args}")


async def list_project_activity(
    session: Session, principal: Principal, project_id: int, query: ActivityQuery
) -> Listed:
    """What happened in a project, to itself and to those of its tasks that the caller may see now."""
    await get_project(session, principal, project_id)
    where = _conditions(query)
    where.add("e.project_id = ?::bigint", project_id)
    scope = f"activity {where} {where.args} {principal.id}"
    _walk(principal, where)
    return await _page(session, query, where, scope)


async def list_activity_weeks(session: Session, principal: Principal, project_id: int, query: PageQuery) -> Listed:
    """The weeks of a project in which something happened, the latest first, also those whose events are purged."""
    await get_project(session, principal, project_id)
    scope = f"weeks of {project_id}"
    before = date.max if query.cursor is None else Cursor.decode(query.cursor, scope, date.fromisoformat).value
    rows = await session.fetch(queries.WEEKS, project_id, before, query.limit + 1)
    total = await session.fetchval(queries.COUNT_WEEKS, project_id) if query.count else None
    return *cut(rows, query, scope, key="week", by=None), total


async def purge(session: Session, settings: Settings) -> bool:
    """Deletes the oldest events, once they are published and old enough; whether there may be more."""
    purged: int = await session.fetchval(queries.PURGE, settings.log_retention_days, PURGED)
    return purged == PURGED


def _conditions(query: ActivityQuery) -> Where:
    where = Where([queries.OPEN_TO_ALL])
    if query.type:
        where.add("e.type = ANY(?::text[])", [action.replace("_", ".", 1) for action in query.type])
    if query.actor_id is not None:
        where.add("e.actor_id = ?::bigint", query.actor_id)
    if query.since is not None:
        where.add("e.occurred_at >= ?::timestamptz", query.since)
    if query.until is not None:
        where.add("e.occurred_at < ?::timestamptz", query.until)
    return where


async def _only_seen(session: Session, principal: Principal, where: Where) -> None:
    """Leaves what the caller may see, by the way that is short for this caller."""
    if not principal.is_admin:
        rows = await session.fetch(queries.FEW_TASKS, principal.id, principal.is_admin, FEW + 1)
        if len(rows) <= FEW:
            projects = await session.fetch(queries.THEIR_PROJECTS, principal.id)
            seen = "(e.task_id = ANY(?::bigint[]) OR (e.task_id IS NULL AND e.project_id = ANY(?::bigint[])))"
            where.add(seen, [row["id"] for row in rows], [row["id"] for row in projects])
            return
    _walk(principal, where)


def _walk(principal: Principal, where: Where) -> None:
    user, admin = where.arg(principal.id), where.arg(principal.is_admin)
    task = queries.SEEN_TASK.format(visible=visible(user, admin))
    project = queries.SEEN_PROJECT.format(user=user, admin=admin)
    where.conditions.append(f"CASE WHEN e.task_id IS NULL THEN {project} ELSE {task} END")


async def _page(session: Session, query: ActivityQuery, where: Where, scope: str) -> Listed:
    total = None
    if query.count:
        counted = str(where).replace(queries.ONE_BY_ONE, queries.ALL_AT_ONCE)
        total = await session.fetchval(queries.COUNT.format(where=counted), *where.args)
    where.add("e.id < ?::bigint", start_id(query, scope, ID_MAX))
    rows = await session.fetch(queries.LIST.format(where=where, limit=where.arg(query.limit + 1)), *where.args)
    shown, next_cursor = cut(rows, query, scope, by="row_id")
    return [_entry(row) for row in shown], next_cursor, total


def _entry(row: Record) -> dict[str, Any]:
    entry = {**row, "changes": orjson.Fragment(row["changes"] or "{}")}
    entry["member"] = orjson.Fragment(row["member"]) if row["member"] else None
    del entry["row_id"]
    return entry
