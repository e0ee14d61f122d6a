"""The API of the notifications service: `python -m notifications_service.main`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from notifications_service.announcements.routes import router as announcements
from notifications_service.email.routes import router as mail
from notifications_service.inbox.routes import router as inbox
from notifications_service.mutes.routes import router as mutes
from notifications_service.preferences.routes import router as preferences
from notifications_service.presence.queries import CHANNEL
from notifications_service.presence.service import Presence
from notifications_service.settings import Settings
from notifications_service.stream import sessions
from notifications_service.stream.hub import GOING, Hub
from notifications_service.stream.routes import router as stream
from notifications_service.stream.socket import live_updates
from notifications_service.templates.routes import router as templates
from notifications_service.templates.sandbox import Sandbox
from notifications_service.webhooks.routes import router as webhooks
from notifications_service.webhooks.signing import sealer_of
from shared import revocation
from shared.app import build_app
from shared.auth import HttpVerifier
from shared.bus import Bus
from shared.dead_letter_routes import router_at
from shared.outgoing import Outgoing
from shared.renewal import open_bus
from shared.serve import serve
from shared.settings import load
from shared.worker import Loop, run_loop


def create_app(settings: Settings, bus: Bus | None = None) -> FastAPI:
    """The application. Without a bus it makes its own connection to RabbitMQ."""

    @asynccontextmanager
    async def start(app: FastAPI) -> AsyncIterator[None]:
        state = app.state
        users = state.peers["users"]
        verifier = state.verifier = HttpVerifier(users)
        hub = state.hub = Hub(settings.database_url, state.metrics.sockets)
        state.on_draining = [lambda: hub.end_all(GOING)]
        state.outgoing, state.sealer = Outgoing(settings.outgoing_allow), sealer_of(settings.secrets_key)
        presence = state.presence = Presence()
        hub.listen(CHANNEL, presence.heard)
        revocation.listen(state.bus, verifier, hub.on_sessions_ended)
        sweep = Loop("ended sessions", sessions.EVERY, partial(sessions.close_ended, hub, users))
        running = [
            asyncio.create_task(hub.run(), name="hub"),
            asyncio.create_task(run_loop(sweep), name=sweep.name),
            asyncio.create_task(presence.run(state.database), name="presence"),
        ]
        try:
            async with Sandbox() as state.sandbox:
                yield
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    return build_app(
        "notifications",
        settings,
        bus or open_bus(settings, "notifications"),
        [mail, announcements, inbox, preferences, mutes, templates, router_at("/api/dead-letters"), stream, webhooks],
        start=start,
        owns_bus=bus is None,
        expected_beats=("consumer",),
        sockets={"/ws/tasks": live_updates},
    )


if __name__ == "__main__":
    settings = load(Settings)
    serve(settings, "notifications", lambda: create_app(settings))
