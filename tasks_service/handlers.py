"""What the tasks service does when something happened elsewhere."""

from shared import people
from shared.consumer import Event
from shared.database import Session

HANDLERS = {
    "user.registered": people.on_user_changed,
    "user.updated": people.on_user_changed,
    "user.deactivated": people.on_user_changed,
}


async def handle(session: Session, event: Event) -> None:
    await HANDLERS[event.type](session, event)  # type: ignore[arg-type]
