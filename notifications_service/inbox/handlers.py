"""What the inbox does when something happened elsewhere."""

from notifications_service.inbox import service
from notifications_service.inbox.recipients import recipients_of
from shared.consumer import Event
from shared.database import Record, Session


async def on_event(session: Session, event: Event) -> list[Record]:
    """Tells those concerned; the rows that were new."""
    return await service.notify(session, event, recipients_of(event))
