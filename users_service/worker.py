"""Everything that the users service does behind its API: `python -m users_service.worker`."""

import asyncio
from contextlib import aclosing
from functools import partial

from shared import idempotency, logging, outbox
from shared.bus import Bus
from shared.database import Database
from shared.mail import mailer_of
from shared.outbox import Relay
from shared.renewal import open_bus
from shared.settings import load
from shared.worker import Loop, Worker, run_until_signalled
from users_service.audit.service import purge_entries
from users_service.guesses.service import purge_guesses
from users_service.links.service import purge_links
from users_service.mails.service import send_due
from users_service.oidc.attempts import purge as purge_attempts
from users_service.sessions.service import purge_sessions
from users_service.settings import Settings

PURGE_EVERY = 3600.0  # seconds
MAILS_EVERY = 0.5
MAILS_AT_ONCE = 4  # so that one that hangs holds up no other


async def run(settings: Settings, bus: Bus, stop: asyncio.Event) -> None:
    """Relays this service's events and deletes what has expired, until `stop` is set."""
    async with (
        Database(settings.database_url, pool_size=4, name="taskwire-users-worker") as database,
        aclosing(mailer_of(settings)) as mailer,
    ):
        mails = Loop("mails", MAILS_EVERY, lambda: send_due(database, mailer, settings.public_url))
        relay = Relay(settings.database_url, bus, "/users")
        loops = [
            *[mails] * MAILS_AT_ONCE,
            Loop("guesses", PURGE_EVERY, lambda: purge_guesses(database)),
            Loop("links", PURGE_EVERY, lambda: purge_links(database.session())),
            Loop("audit", PURGE_EVERY, lambda: purge_entries(database.session(), settings.log_retention_days)),
            Loop("sessions", PURGE_EVERY, lambda: purge_sessions(database.session())),
            Loop("events", PURGE_EVERY, lambda: outbox.purge(database.session(), settings.log_retention_days)),
            Loop("sign-ins at providers", PURGE_EVERY, partial(purge_attempts, database)),
            Loop("idempotency keys", PURGE_EVERY, partial(idempotency.purge, database)),
        ]
        await Worker(database, loops, [relay.run], {"relay": lambda: relay.status}).run(stop)


async def main(stop: asyncio.Event) -> None:
    settings = load(Settings)
    logging.configure(settings, "users-worker")
    async with open_bus(settings, "users-worker") as bus:
        await run(settings, bus, stop)


if __name__ == "__main__":
    run_until_signalled(main)
