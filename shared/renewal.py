"""What to do when the broker has lost a queue: have the events of the last hour published once more.

A queue that is deleted takes its messages with it, and what is published before it is there again reaches only the
other queues, without an error. All of it still stands in the outboxes, and consumers know each event by its id. So
whoever finds a queue (or the exchange) missing and makes it anew asks the services that publish to do it once more.
"""

import asyncio

import httpx

from shared.bus.amqp import AmqpBus
from shared.http import PeerClient
from shared.logging import get_logger
from shared.settings import ServiceSettings, require_amqp
from shared.text import ID_MAX

log = get_logger(__name__)

AGAIN = "/internal/events/again"
RETRY = 1.0  # seconds


def open_bus(settings: ServiceSettings, name: str) -> AmqpBus:
    """The bus of a process, which asks for what was lost with a queue."""

    async def ask_publishers() -> None:
        await asyncio.gather(_ask(settings.users_url), _ask(settings.tasks_url))

    return AmqpBus(require_amqp(settings), name, on_renewed=ask_publishers)


async def _ask(urls: str) -> None:
    """Asks one publisher until it has done it: at the first start of a system it may come later than we do."""
    peer, before = PeerClient(urls), ID_MAX
    try:
        while True:
            try:
                answer = await peer.post(AGAIN, params={"before": before})
                answer.raise_for_status()
                before = answer.json()["next"]
            except httpx.HTTPError as error:
                log.info("publisher cannot be asked yet", urls=urls, error=repr(error))
                await asyncio.sleep(RETRY)
            else:
                if before is None:
                    return
    finally:
        await peer.aclose()
