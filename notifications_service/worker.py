"""Everything that the notifications service does behind its API: `python -m notifications_service.worker`.

Nothing here records events of its own yet, so there is no relay.
"""

import asyncio
from contextlib import AsyncExitStack, aclosing
from functools import partial

from notifications_service.email import service as email
from notifications_service.email.sender import Sender
from notifications_service.handlers import handle
from notifications_service.inbox import service as inbox
from notifications_service.settings import Settings
from notifications_service.stream import log as stream
from notifications_service.templates.sandbox import Sandbox
from notifications_service.webhooks import sending as webhook_sending
from notifications_service.webhooks import service as webhooks
from shared import bus as buses
from shared import idempotency, logging
from shared.bus import Bus
from shared.consumer import Consumer
from shared.database import Database
from shared.dead_letters import replay_requested
from shared.mail import mailer_of
from shared.outgoing import Outgoing
from shared.renewal import open_bus
from shared.settings import load
from shared.worker import Loop, Worker, run_until_signalled

HOURLY = 3600.0


async def run(settings: Settings, bus: Bus, stop: asyncio.Event) -> None:
    """Takes in the events of the other services, and empties what has expired."""
    async with AsyncExitStack() as stack:
        name = "taskwire-notifications-worker"
        database = await stack.enter_async_context(Database(settings.database_url, pool_size=6, name=name))
        sandbox = await stack.enter_async_context(Sandbox())
        consumer = Consumer(database, buses.NOTIFICATIONS.queue, handle)
        bus.subscribe(buses.NOTIFICATIONS, consumer, on_dead=consumer.bury_all)
        loops = [
            Loop("dead letters", 1.0, lambda: replay_requested(database.session(), consumer)),
            Loop("stream", HOURLY, lambda: stream.purge(database.session(), settings)),
            Loop("mails", HOURLY, lambda: email.purge(database.session(), settings)),
            Loop("webhook deliveries", HOURLY, lambda: webhooks.purge(database.session(), settings)),
            Loop("read notifications", HOURLY, lambda: inbox.purge(database.session(), settings)),
            Loop("idempotency keys", HOURLY, partial(idempotency.purge, database)),
        ]
        status = {"consumer": lambda: "ok" if bus.connected else "broker unreachable"}
        mailer = await stack.enter_async_context(aclosing(mailer_of(settings)))
        sender = Sender(database, settings, mailer, sandbox)
        deliveries = webhook_sending.Sender(database, settings, Outgoing(settings.outgoing_allow))
        await Worker(database, loops, [sender.run, deliveries.run], status).run(stop)


async def main(stop: asyncio.Event) -> None:
    settings = load(Settings)
    logging.configure(settings, "notifications-worker")
    async with open_bus(settings, "notifications-worker") as bus:
        await run(settings, bus, stop)


if __name__ == "__main__":
    run_until_signalled(main)
