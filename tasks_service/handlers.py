"""What the tasks service does when something happened elsewhere."""

from shared import people
from shared.consumer import Event
from shared.database import Session
from shared.events import UserEvent
from tasks_service.reminders import handlers as reminders


async def on_user_changed(session: Session, event: UserEvent) -> None:
    await people.on_user_changed(session, event)
    await reminders.on_user_changed(session, event)


HANDLERS = {
    "user.registered": people.on_user_changed,
    "user.updated": on_user_changed,
    "user.deactivated": people.on_user_changed,
}


async def handle(session: Session, event: Event) -> None:
    await HANDLERS[event.type](session, event)  # type: ignore[arg-type]
