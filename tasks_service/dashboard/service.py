"""The rules of the dashboard: what is somebody's own, at once, whether or not the notifications service answers."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson

from shared.auth import Principal
from shared.database import Record, Session
from shared.http import PeerClient
from shared.pagination import cut
from tasks_service.counts import service as counts
from tasks_service.dashboard import queries
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
    now = datetime.now(UTC)
    today, soon = now.date(), (now + timedelta(hours=settings.due_soon_hours)).date()
    async with counts.one_moment(session):
        days = await counts.get_open_days(session, principal.id, SHOWN + 1, today, soon)
        near = [row for row in days if today <= row["day"] <= soon]
        due_soon = {"due_date_gte": str(today), "due_date_lte": str(soon)}
        return {
            "open_tasks": await _first(session, principal, rendered, days),
            "due_soon": await _first(session, principal, rendered, near, **due_soon),
            "counts": await counts.get_task_stats(session, principal, settings),
        }


async def _first(
    session: Session, principal: Principal, rendered: RenderedTasks, days: list[Record], **due: str
) -> Part:
    """The first of the open tasks that are due on these days; the cursor is that of the list which goes on."""
    query = TaskFilter.model_validate({"status": OPEN, "filter": OWN, "sort": "due_date", "limit": SHOWN, **due})
    rows: list[Record] = []
    if days:
        sql = queries.WALK if _is_dense(days) else queries.COLLECT
        rows = await session.fetch(sql, principal.id, [row["day"] for row in days], SHOWN + 1)
    page, next_cursor = cut(rows, query, lists.scope_of(principal, query), key="key")
    return {"items": await rendered.load(session, principal, page), "next_cursor": next_cursor}


def _is_dense(days: list[Record]) -> bool:
    """Whether a walk along these days would fill the list before it has passed over as much as there is to collect."""
    own, open_tasks = (sum(row[name] for row in days) for name in ("own", "open"))
    return bool(open_tasks * (SHOWN + 1) <= days[0]["theirs"] * own)


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
