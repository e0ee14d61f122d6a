"""The rules of announcements."""

from typing import Any

from notifications_service.announcements.schemas import Announcement
from notifications_service.inbox import service as inbox
from shared import people
from shared.auth import Principal
from shared.database import Session
from shared.errors import FieldError, Unprocessable
from shared.http import PeerClient


async def send_announcement(
    session: Session, principal: Principal, users: PeerClient, body: Announcement
) -> dict[str, Any]:
    """Tells all of these people or nobody, whatever they muted or prefer. Raises Unprocessable for who is not there."""
    known = await people.find(session, users, body.user_ids)
    wrong = [i for i, user_id in enumerate(body.user_ids) if user_id not in known or not known[user_id]["is_active"]]
    if wrong:
        raise Unprocessable(errors=[FieldError(f"/user_ids/{i}", "there is no such active user") for i in wrong])
    async with session.begin():
        event_id = await inbox.announce(
            session,
            body.user_ids,
            body.message,
            channels=body.channels,
            template=body.template,
            actor_id=principal.id,
        )
    return {"sent": len(body.user_ids), "event_id": event_id}
