"""What the stream does when something happened to a task."""

from collections.abc import Sequence

from notifications_service.stream import log
from shared.database import Record, Session
from shared.events import TaskEvent


async def on_task_changed(session: Session, event: TaskEvent, notifications: Sequence[Record]) -> None:
    """Shows the event to its audience, and each person the notification that it made."""
    await log.append(session, event, notifications)


async def on_notifications(session: Session, notifications: Sequence[Record]) -> None:
    """Shows each person the notification that was made for them."""
    if notifications:
        log.append_notifications(session, notifications)
