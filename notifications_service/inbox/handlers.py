"""What the inbox does when something happened to a task."""

from notifications_service.inbox import service
from notifications_service.inbox.recipients import recipients_of
from shared.database import Record, Session
from shared.events import TaskEvent


async def on_task_changed(session: Session, event: TaskEvent) -> list[Record]:
    """Tells those concerned; the rows that were new."""
    return await service.notify(session, event, recipients_of(event))
