"""What both buses promise: the one in memory and RabbitMQ pass the same tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from shared.bus import NOTIFICATIONS, TASKS, Bus, Handler, Message, PublishFailed, Subscription, matches
from shared.bus.amqp import AmqpBus
from shared.bus.memory import MemoryBus
from tests.rabbitmq import Broker
from tests.shared.events import user_message

Subscriber = tuple[Subscription, Handler]
MakeBus = Callable[..., AbstractAsyncContextManager[Bus]]
LOGOUTS = Subscription("", ("session.*",), durable=False)


class Inbox:
    """A handler that keeps what it was given. `fail` makes it raise, `open` lets it return."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.fail = 0
        self.open = asyncio.Event()
        self.open.set()
        self._more = asyncio.Event()

    async def __call__(self, messages: list[Message]) -> None:
        self.messages += messages
        self._more.set()
        await self.open.wait()
        if self.fail:
            self.fail -= 1
            raise ValueError("handler failed")

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.messages]

    async def wait_for(self, count: int, seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while len(self.messages) < count:
                self._more.clear()
                await self._more.wait()


async def publish(bus: Bus, message: Message, seconds: float = 15) -> None:
    """As the relay does: again until it is taken."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                return await bus.publish(message)
            except PublishFailed:
                await asyncio.sleep(0.05)


@pytest.fixture
async def memory_bus() -> MakeBus:
    """One process: everybody has the same bus."""
    bus = MemoryBus()

    @asynccontextmanager
    async def make(*subscribers: Subscriber) -> AsyncIterator[Bus]:
        for subscription, handler in subscribers:
            bus.subscribe(subscription, handler)
        if bus.connected:
            yield bus
            return
        async with bus:
            yield bus

    return make


@pytest.fixture
async def amqp_bus(broker: Broker) -> MakeBus:
    """Each has a connection of its own to the same broker, whose queues are empty."""
    await broker.delete_queues()

    @asynccontextmanager
    async def make(*subscribers: Subscriber) -> AsyncIterator[Bus]:
        bus = AmqpBus(broker.url, "test")
        ready = [asyncio.Event() for _ in subscribers]
        for (subscription, handler), event in zip(subscribers, ready, strict=True):
            bus.subscribe(subscription, handler, on_connected=event.set)
        async with bus, asyncio.timeout(60):
            await asyncio.gather(*(event.wait() for event in ready))
            yield bus

    return make


@pytest.fixture(params=["memory_bus", "amqp_bus"])
def make_bus(request: pytest.FixtureRequest) -> MakeBus:
    make: MakeBus = request.getfixturevalue(request.param)
    return make


class TestBus:
    async def test_each_durable_queue_gets_its_own_copy_of_what_it_is_bound_to(self, make_bus: MakeBus) -> None:
        tasks, notifications = Inbox(), Inbox()
        async with make_bus((TASKS, tasks), (NOTIFICATIONS, notifications)) as bus:
            user, session = user_message(), user_message(event_type="session.revoked")
            await publish(bus, user)
            await publish(bus, session)
            await notifications.wait_for(2)
            await tasks.wait_for(1)
        assert tasks.ids == [user.id]
        assert notifications.ids == [user.id, session.id]

    async def test_a_message_arrives_as_it_was_sent(self, make_bus: MakeBus) -> None:
        tasks, ignored = Inbox(), Inbox()
        sent = Message("an id", "user.updated", b"\x00\xff" + "é".encode() * 500_000, "00-" + "1" * 32)
        async with make_bus((TASKS, tasks), (NOTIFICATIONS, ignored)) as bus:
            await publish(bus, sent)
            await tasks.wait_for(1)
        assert tasks.messages == [sent]

    async def test_keeps_the_order_of_a_queue(self, make_bus: MakeBus) -> None:
        tasks, notifications = Inbox(), Inbox()
        sent = [user_message(number) for number in range(100)]
        async with make_bus((TASKS, tasks), (NOTIFICATIONS, notifications)) as bus:
            for message in sent:
                await publish(bus, message)
            await tasks.wait_for(100)
            await notifications.wait_for(100)
        assert tasks.ids == notifications.ids == [message.id for message in sent]

    async def test_keeps_the_order_of_what_is_published_at_once(self, make_bus: MakeBus) -> None:
        tasks, notifications = Inbox(), Inbox()
        async with make_bus((TASKS, tasks), (NOTIFICATIONS, notifications)) as bus:
            await publish(bus, first := user_message())
            sent = [user_message(number) for number in range(60)]
            await asyncio.gather(*map(bus.publish, sent))
            await tasks.wait_for(61)
        assert tasks.ids == [first.id, *(message.id for message in sent)]

    async def test_what_nobody_keeps_is_a_failure(self, make_bus: MakeBus, request: pytest.FixtureRequest) -> None:
        """RabbitMQ confirms what it cannot route: only the returned message tells."""
        inbox = Inbox()
        async with make_bus((LOGOUTS, inbox)) as bus:
            if isinstance(bus, AmqpBus):
                await publish(bus, user_message())
                await request.getfixturevalue("broker").delete_queues()
            with pytest.raises(PublishFailed):
                await bus.publish(user_message())

    async def test_a_closed_bus_takes_nothing(self, make_bus: MakeBus) -> None:
        async with make_bus((TASKS, Inbox()), (NOTIFICATIONS, Inbox())) as bus:
            await publish(bus, user_message())
        assert not bus.connected
        with pytest.raises(PublishFailed):
            await bus.publish(user_message())

    async def test_ephemeral_subscribers_hear_what_passes_while_they_are_there(self, make_bus: MakeBus) -> None:
        early, late = Inbox(), Inbox()
        missed, heard = (user_message(event_type="session.revoked") for _ in range(2))
        async with make_bus((NOTIFICATIONS, Inbox()), (TASKS, Inbox()), (LOGOUTS, early)) as publisher:
            await publish(publisher, missed)
            await early.wait_for(1)
            async with make_bus((LOGOUTS, late)):
                await publish(publisher, user_message())
                await publish(publisher, heard)
                await late.wait_for(1)
                await early.wait_for(2)
        assert early.ids == [missed.id, heard.id]
        assert late.ids == [heard.id]

    async def test_nothing_is_done_with_before_the_handler_returns(self, make_bus: MakeBus) -> None:
        """In memory the publisher waits for it; the broker keeps the message until then."""
        cut_short, after = Inbox(), Inbox()
        cut_short.open.clear()
        message = user_message()
        async with make_bus((TASKS, cut_short), (NOTIFICATIONS, Inbox())) as bus:
            publishing = asyncio.create_task(publish(bus, message, 3600))
            await cut_short.wait_for(1)
            if isinstance(bus, MemoryBus):
                await asyncio.sleep(0.1)
                assert not publishing.done()
                cut_short.open.set()
            await publishing
        if isinstance(bus, AmqpBus):
            async with make_bus((TASKS, after)):
                await after.wait_for(1)
            assert after.ids == [message.id]

    async def test_a_handler_that_raises_is_given_the_message_again(self, make_bus: MakeBus) -> None:
        """In memory by the publisher, who is told; by the broker otherwise."""
        tasks = Inbox()
        tasks.fail = 1
        message, other = user_message(), user_message()
        async with make_bus((TASKS, tasks), (NOTIFICATIONS, Inbox())), make_bus() as publisher:
            if isinstance(publisher, MemoryBus):
                with pytest.raises(PublishFailed):
                    await publisher.publish(message)
            await publish(publisher, message)
            await tasks.wait_for(2)
            await publish(publisher, other)
            await tasks.wait_for(3)
        assert tasks.ids == [message.id, message.id, other.id]

    async def test_a_failing_queue_does_not_hold_up_the_others(self, make_bus: MakeBus) -> None:
        broken, working = Inbox(), Inbox()
        broken.open.clear()
        async with make_bus((TASKS, broken), (NOTIFICATIONS, working)) as bus:
            publishing = [asyncio.create_task(publish(bus, user_message(number), 3600)) for number in range(5)]
            await working.wait_for(5)
            broken.open.set()
            await asyncio.gather(*publishing)


class TestMemoryBus:
    async def test_a_publisher_is_told_when_the_bus_closes_under_way(self) -> None:
        stuck = Inbox()
        stuck.open.clear()
        async with MemoryBus() as bus:
            bus.subscribe(TASKS, stuck)
            bus.subscribe(NOTIFICATIONS, Inbox())
            publishing = [asyncio.create_task(bus.publish(user_message())) for _ in range(3)]
            await stuck.wait_for(1)
        for task in publishing:
            with pytest.raises(PublishFailed):
                await asyncio.wait_for(task, 1)

    async def test_takes_nothing_while_a_durable_subscriber_is_missing(self) -> None:
        inbox = Inbox()
        async with MemoryBus() as bus:
            bus.subscribe(NOTIFICATIONS, inbox)
            with pytest.raises(PublishFailed):
                await bus.publish(user_message())
        assert inbox.ids == []

    @pytest.mark.parametrize(
        ("pattern", "key", "expected"),
        [
            ("#", "user.updated", True),
            ("#", "", True),
            ("user.*", "user.updated", True),
            ("user.*", "user", False),
            ("user.*", "user.updated.v2", False),
            ("user.*", "task.updated", False),
            ("user.#", "user.updated.v2", True),
            ("user.#", "user", True),
            ("user.#", "users.updated", False),
            ("a.b.#", "a", False),
        ],
    )
    def test_matches_like_a_topic_exchange(self, pattern: str, key: str, expected: bool) -> None:
        assert matches(pattern, key) is expected
