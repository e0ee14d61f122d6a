"""The bus of the embedded system: one process, no broker, the same promises."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.bus import DURABLE, PREFETCH, Handler, Message, PublishFailed, Subscription, matches

Entry = tuple[Message, "asyncio.Future[None] | None"]


@dataclass(slots=True)
class Subscriber:
    subscription: Subscription
    handler: Handler
    waiting: "asyncio.Queue[Entry]" = field(default_factory=asyncio.Queue)
    task: "asyncio.Task[None] | None" = None

    def start(self) -> None:
        self.task = asyncio.create_task(self.pump(), name=self.subscription.queue)

    async def pump(self) -> None:
        """Hands over what waits, in order; tells the publisher how it went."""
        while True:
            entries = [await self.waiting.get()]
            while len(entries) < PREFETCH and not self.waiting.empty():
                entries.append(self.waiting.get_nowait())
            failure: PublishFailed | None = PublishFailed("the bus was closed")
            try:
                await self.handler([message for message, _ in entries])
                failure = None
            except Exception as error:
                failure = PublishFailed(f"{self.subscription.queue}: {error!r}")
            finally:
                _settle(entries, failure)

    def stop(self) -> None:
        """Ends the pump and tells the publishers of what still waits that it will not be handled."""
        if self.task is not None:
            self.task.cancel()
        while not self.waiting.empty():
            _settle([self.waiting.get_nowait()], PublishFailed("the bus was closed"))


def _settle(entries: list[Entry], failure: PublishFailed | None) -> None:
    for _, done in entries:
        if done is not None and not done.done():
            done.set_result(None) if failure is None else done.set_exception(failure)


class MemoryBus:
    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []
        self._open = False

    @property
    def connected(self) -> bool:
        return self._open

    async def __aenter__(self) -> "MemoryBus":
        self._open = True
        for subscriber in self._subscribers:
            subscriber.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._open = False
        for subscriber in self._subscribers:
            subscriber.stop()
        pumps = [subscriber.task for subscriber in self._subscribers if subscriber.task is not None]
        await asyncio.gather(*pumps, return_exceptions=True)

    def subscribe(
        self,
        subscription: Subscription,
        handler: Handler,
        on_connected: Callable[[], None] | None = None,
        on_dead: Handler | None = None,
    ) -> None:
        for before in [s for s in self._subscribers if s.subscription.durable and s.subscription == subscription]:
            self._subscribers.remove(before)  # a worker that starts anew takes the place of the one that ended
            before.stop()
        subscriber = Subscriber(subscription, handler)
        self._subscribers.append(subscriber)
        if self._open:
            subscriber.start()
        if on_connected is not None:
            on_connected()

    async def publish(self, message: Message) -> None:
        if not self._open:
            raise PublishFailed("the bus is closed")
        self._require_durable(message.routing_key)
        done: list[asyncio.Future[None]] = []
        for subscriber in self._subscribers:
            subscription = subscriber.subscription
            if any(matches(binding, message.routing_key) for binding in subscription.bindings):
                future = asyncio.get_running_loop().create_future() if subscription.durable else None
                subscriber.waiting.put_nowait((message, future))
                done += [future] if future is not None else []
        await asyncio.gather(*done)

    def _require_durable(self, routing_key: str) -> None:
        """A durable queue outlives its consumer; here it is made by it, so until all are there nothing is taken."""
        present = {subscriber.subscription.queue for subscriber in self._subscribers}
        for subscription in DURABLE:
            wanted = any(matches(binding, routing_key) for binding in subscription.bindings)
            if wanted and subscription.queue not in present:
                raise PublishFailed(f"{subscription.queue} cannot take {routing_key} yet")
