"""What reminders do when something happened to an account."""

from shared.database import Session
from shared.events import UserEvent
from tasks_service.reminders import queries


async def on_user_changed(session: Session, event: UserEvent) -> None:
    """Somebody may live in another time zone now, or be back."""
    await session.execute(queries.RECHECK_PERSON, event.data.id)
