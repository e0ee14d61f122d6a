"""The rules of the dashboard: what is somebody's own, at once, whether or not the notifications service answers."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson

from shared.auth import Principal
from shared.database import Session
from shared.http import PeerClient
from tasks_service.counts.service import get_task_stats
from tasks_service.settings import Settings
from tasks_service.tasks import lists
from tasks_service.tasks.list_schemas import TaskFilter
from tasks_service.tasks.rendering import RenderedTasks

OWN = "assignee=me or created_by=me"
OPEN = ["todo", "in_progress"]
SHOWN = 50  # tasks
LATEST = 10  # notifications
PATIENCE = 0.3  # seconds that the notifications service has
INBOX = f"/api/notifications?is_read=false&count=true&limit={LATEST}"

AWAY = {"code": "notifications_unavailable", "detail": "Notifications cannot be read at the moment."}
NOT_ALLOWED = {"code": "insufficient_scope", "detail": "This access token may not read notifications."}

Part = dict[str, Any]


async def get_dashboard(
    session: Session,
    principal: Principal,
    settings: Settings,
    rendered: RenderedTasks,
    notifications: PeerClient,
    authorization: str,
) -> Part:
    """`authorization` is the caller's own header: the notifications service decides what that may read there."""
    asking = asyncio.create_task(_unread(notifications, authorization))
    try:
        tasks = await _tasks(session, principal, settings, rendered)
        unread, warnings = await asking
    finally:
        asking.cancel()
    return {**tasks, "notifications": unread, "warnings": warnings}


async def _tasks(session: Session, principal: Principal, settings: Settings, rendered: RenderedTasks) -> Part:
    today = datetime.now(UTC)
    soon = today + timedelta(hours=settings.due_soon_hours)
    due_soon = {"due_date_gte": str(today.date()), "due_date_lte": str(soon.date())}
    return {
        "open_tasks": await _first(session, principal, rendered),
        "due_soon": await _first(session, principal, rendered, **due_soon),
        "counts": await get_task_stats(session, principal, settings),
    }


async def _first(session: Session, principal: Principal, rendered: RenderedTasks, **due: str) -> Part:
    query = TaskFilter.model_validate({"status": OPEN, "filter": OWN, "sort": "due_date", "limit": SHOWN, **due})
    own = replace(principal, role="user")  # an administrator's own tasks are found faster among less than all
    items, next_cursor, _ = await lists.list_tasks(session, own, rendered, query)
    return {"items": items, "next_cursor": next_cursor}


async def _unread(notifications: PeerClient, authorization: str) -> tuple[Part | None, list[Part]]:
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await notifications.get(INBOX, headers={"Authorization": authorization})
    except (httpx.HTTPError, TimeoutError):
        return None, [AWAY]
    if answer.status_code == 403:
        return None, [NOT_ALLOWED]
    if answer.status_code != 200:
        return None, [AWAY]
    page = orjson.loads(answer.content)
    return {"unread": page["total"], "items": page["items"]}, []
