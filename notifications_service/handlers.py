"""What the notifications service does when something happened elsewhere. What is not listed here needs nothing."""

from collections.abc import Awaitable, Callable
from typing import Any, get_args

from notifications_service.inbox import handlers as inbox
from notifications_service.presence import handlers as presence
from notifications_service.stream import handlers as stream
from notifications_service.topics import Visible
from notifications_service.webhooks import handlers as webhooks
from shared import people
from shared.consumer import Event
from shared.database import Session
from shared.events import MemberEvent, ProjectEvent, UserEvent


async def on_visible(session: Session, event: Visible) -> None:
    """What people may see: who is concerned is told, who listens is shown it, and who asked for it is sent it."""
    if isinstance(event, ProjectEvent | MemberEvent):
        await presence.on_project_changed(session, event)
    await stream.on_event(session, event, await inbox.on_event(session, event))
    await webhooks.on_event(session, event)


async def on_user_changed(session: Session, event: UserEvent) -> None:
    await people.on_user_changed(session, event)
    await webhooks.on_user_changed(session, event)


HANDLERS: dict[str, Callable[[Session, Any], Awaitable[None]]] = {
    **{kind.model_fields["type"].default: on_visible for kind in get_args(Visible)},
    **{kind.model_fields["type"].default: on_user_changed for kind in get_args(UserEvent)},
}


async def handle(session: Session, event: Event) -> None:
    handler = HANDLERS.get(event.type)
    if handler is not None:
        await handler(session, event)
