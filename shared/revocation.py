"""Rights that end: each API process hears of it on the bus and forgets what it knew of the sessions."""

from collections.abc import Awaitable, Callable

from pydantic import ValidationError

from shared import events
from shared.auth import HttpVerifier
from shared.bus import Bus, Message, Subscription
from shared.states import RevokedSessions

Ended = Callable[[RevokedSessions], Awaitable[None]]


def listen(bus: Bus, verifier: HttpVerifier, on_ended: Ended | None = None) -> None:
    """Drops verified tokens when `session.revoked` comes, and all of them when events may have been missed."""

    async def handle(messages: list[Message]) -> None:
        for message in messages:
            try:
                event = events.read(message.body)
            except ValidationError:
                continue  # the durable consumers keep it as a dead letter
            if isinstance(event, events.SessionRevoked):
                user_id = event.data.user_id if event.data.everything else None
                verifier.revoke(set(event.data.session_ids), user_id)
                if on_ended is not None:
                    await on_ended(event.data)

    ephemeral = Subscription("", ("session.revoked",), durable=False)
    bus.subscribe(ephemeral, handle, on_connected=verifier.forget_all)
