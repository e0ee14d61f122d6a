"""What webhooks do when something happened elsewhere."""

from notifications_service.stream.frames import content
from notifications_service.topics import Visible, topics_of
from notifications_service.webhooks import queries
from shared.database import Session
from shared.events import UserEvent
from shared.responses import encode


async def on_event(session: Session, event: Visible) -> None:
    """A delivery for each webhook that asked for it and whose owner may see it, at the end of the transaction."""
    if not await _anybody_asks(session):
        return
    data = {**content(event), "event_id": event.id, "actor_id": event.actor}
    payload = encode({"type": event.type, "timestamp": event.time, "data": data}).decode()
    task, project = data.get("task"), data.get("project")
    project_id = project["id"] if project else task and task["project_id"]
    session.execute_later(queries.FAN_OUT, event.id, event.type, payload, topics_of(event), event.audience, project_id)


async def _anybody_asks(session: Session) -> bool:
    """Asked once for all events of a batch: most systems have no webhooks, and there is nothing to be made for them."""
    if "webhooks" not in session.memo:
        session.memo["webhooks"] = await session.fetchval(queries.ANY)
    return bool(session.memo["webhooks"])


async def on_user_changed(session: Session, event: UserEvent) -> None:
    """After the directory of people has it: an event that is older than what that knows changes nothing."""
    user = event.data
    is_admin = user.role == "admin" and user.is_active
    await session.execute(queries.OWNER_CHANGED, user.id, user.version, is_admin, user.is_active)
