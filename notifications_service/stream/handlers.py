"""What the stream does when something happened elsewhere."""

from collections.abc import Sequence

from notifications_service.stream import log
from notifications_service.topics import Visible
from shared.database import Record, Session


async def on_event(session: Session, event: Visible, notifications: Sequence[Record]) -> None:
    """Shows the event to its audience, and each person the notification that it made."""
    log.append(session, event, notifications)
