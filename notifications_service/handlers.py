"""What the notifications service does when something happened elsewhere. What is not listed here needs nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

from notifications_service.inbox import handlers as inbox
from notifications_service.stream import handlers as stream
from shared import people
from shared.consumer import Event
from shared.database import Session
from shared.events import TaskEvent


async def on_task_changed(session: Session, event: TaskEvent) -> None:
    notifications = await inbox.on_event(session, event)
    await stream.on_task_changed(session, event, notifications)


async def on_news(session: Session, event: Event) -> None:
    """What somebody may have to be told of."""
    await stream.on_notifications(session, await inbox.on_event(session, event))


HANDLERS: dict[str, Callable[[Session, Any], Awaitable[None]]] = {
    "task.created": on_task_changed,
    "task.updated": on_task_changed,
    "task.deleted": on_task_changed,
    "task.restored": on_task_changed,
    "task.due_soon": on_news,
    "task.overdue": on_news,
    "comment.added": on_news,
    "comment.updated": on_news,
    "project.member_added": on_news,
    "user.registered": people.on_user_changed,
    "user.updated": people.on_user_changed,
    "user.deactivated": people.on_user_changed,
}


async def handle(session: Session, event: Event) -> None:
    handler = HANDLERS.get(event.type)
    if handler is not None:
        await handler(session, event)
