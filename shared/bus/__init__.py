"""The bus: what services say to each other without waiting for an answer. A port with two adapters.

`amqp.AmqpBus` is RabbitMQ. `memory.MemoryBus` serves one process: its `publish` returns when every durable subscriber
has committed, so the outbox keeps the events as safely as a broker would.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

PREFETCH = 20  # messages at a time: a crash counts against each of them on the broker


class PublishFailed(Exception):
    """The broker does not have the message, or did not say so in time. Publish it again."""


@dataclass(slots=True, frozen=True)
class Message:
    """`id` is the event's; `body` its JSON; `death` why the broker gave it up, on the dead-letter queue."""

    id: str
    routing_key: str
    body: bytes = field(repr=False)
    traceparent: str = ""
    death: str | None = None


@dataclass(slots=True, frozen=True)
class Subscription:
    """A durable one is a queue that outlives its consumer, and one consumer at a time has it. Others hear what passes
    while they are connected."""

    queue: str
    bindings: tuple[str, ...]
    durable: bool = True


NOTIFICATIONS = Subscription("taskwire.notifications", ("#",))
TASKS = Subscription("taskwire.tasks", ("user.*",))
DURABLE = (NOTIFICATIONS, TASKS)  # declared by publishers as well, so that an event finds its queue in any start order

Handler = Callable[[list[Message]], Awaitable[None]]
"""Takes messages in order and returns when each is committed or dead-lettered; only then are they acknowledged."""


class Bus(Protocol):
    @property
    def connected(self) -> bool: ...

    async def publish(self, message: Message) -> None:
        """Returns when the message is safe. Raises PublishFailed."""
        ...

    def subscribe(
        self,
        subscription: Subscription,
        handler: Handler,
        on_connected: Callable[[], None] | None = None,
        on_dead: Handler | None = None,
    ) -> None:
        """Consumes from now on, also after reconnecting. `on_connected` is called at each (re)connection; `on_dead`
        is given what the broker itself gave up."""
        ...

    async def __aenter__(self) -> "Bus": ...

    async def __aexit__(self, *_: object) -> None: ...


def matches(pattern: str, routing_key: str) -> bool:
    """AMQP topic matching, for patterns whose `#` stands last."""
    wanted, words = pattern.split("."), routing_key.split(".")
    if wanted[-1] == "#":
        wanted, words = wanted[:-1], words[: len(wanted) - 1]
    return len(wanted) == len(words) and all(w in ("*", k) for w, k in zip(wanted, words, strict=True))
