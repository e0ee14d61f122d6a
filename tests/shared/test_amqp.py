"""What only RabbitMQ can do to us: end, lose its queues, give messages up, count our crashes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
import pytest

from shared.bus import DURABLE, PREFETCH, TASKS, Bus, Message, Subscription
from shared.bus.amqp import DEAD_EXCHANGE, AmqpBus
from shared.events import EXCHANGE
from tests.rabbitmq import Broker
from tests.shared.events import user_message
from tests.shared.test_bus import Inbox, publish
from tests.waiting import until

BACK_WITHIN = 15.0


@asynccontextmanager
async def consuming(broker: Broker, inbox: Inbox, on_dead: Inbox | None = None) -> AsyncIterator[AmqpBus]:
    """A bus whose consumer of the tasks' queue is there."""
    bus, ready = AmqpBus(broker.url, "test"), asyncio.Event()
    bus.subscribe(TASKS, inbox, on_connected=ready.set, on_dead=on_dead)
    async with bus:
        await asyncio.wait_for(ready.wait(), BACK_WITHIN)
        yield bus


@pytest.fixture
async def empty(broker: Broker) -> Broker:
    await broker.delete_queues()
    return broker


async def waiting_in(broker: Broker, queue: str) -> int:
    async with broker.channel() as channel:
        declared = await channel.declare_queue(queue, passive=True)
    return declared.declaration_result.message_count or 0


async def publish_all(bus: Bus, count: int) -> list[Message]:
    sent = [user_message(number) for number in range(count)]
    for message in sent:
        await publish(bus, message)
    return sent


class TestTopology:
    @pytest.mark.parametrize("queue", [subscription.queue for subscription in DURABLE])
    async def test_queues_are_safe(self, empty: Broker, queue: str) -> None:
        """The broker refuses to declare a queue again with other arguments than those it has."""
        arguments: dict[str, Any] = {
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-delivery-limit": 50,
            "x-dead-letter-exchange": DEAD_EXCHANGE,
            "x-dead-letter-routing-key": queue,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        async with consuming(empty, Inbox()), empty.channel() as channel:
            await channel.declare_queue(queue, durable=True, arguments=arguments)
        for name in arguments:
            others = {key: value for key, value in arguments.items() if key != name}
            async with empty.channel() as channel:
                with pytest.raises(aio_pika.exceptions.ChannelPreconditionFailed):
                    await channel.declare_queue(queue, durable=True, arguments=others)

    async def test_exchanges_are_durable(self, empty: Broker) -> None:
        async with consuming(empty, Inbox()), empty.channel() as channel:
            await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
            await channel.declare_exchange(DEAD_EXCHANGE, aio_pika.ExchangeType.DIRECT, durable=True)

    async def test_a_publisher_alone_keeps_events_for_consumers_to_come(self, empty: Broker) -> None:
        async with AmqpBus(empty.url, "publisher") as bus:
            sent = await publish_all(bus, 3)
        inbox = Inbox()
        async with consuming(empty, inbox):
            await inbox.wait_for(3)
        assert inbox.ids == [message.id for message in sent]

    async def test_one_consumer_at_a_time_and_the_next_takes_over(self, empty: Broker) -> None:
        first, second = Inbox(), Inbox()
        async with consuming(empty, second) as keeper:
            await publish_all(keeper, 1)
            await second.wait_for(1)
            async with consuming(empty, first):
                await publish_all(keeper, 30)
                await second.wait_for(31)
                assert first.messages == []
        async with consuming(empty, first) as keeper:
            await publish_all(keeper, 1)
            await first.wait_for(1)


class TestLoss:
    async def test_of_the_broker_is_survived(self, empty: Broker) -> None:
        inbox = Inbox()
        async with consuming(empty, inbox) as bus:
            before = await publish_all(bus, 5)
            await inbox.wait_for(5)
            await asyncio.sleep(2)  # RabbitMQ 3 forgets the quorum queues of the last second before a crash
            empty.stop()
            await until(lambda: not bus.connected)
            empty.start()
            await empty.wait()
            after = user_message()
            await publish(bus, after, BACK_WITHIN)
            await inbox.wait_for(6, BACK_WITHIN)
        assert set(inbox.ids) == {after.id, *(message.id for message in before)}

    async def test_of_a_queue_is_noticed_and_it_is_declared_anew(self, empty: Broker) -> None:
        inbox = Inbox()
        async with consuming(empty, inbox) as bus:
            await empty.delete_queues()
            sent = await publish_all(bus, 3)
            await inbox.wait_for(3, BACK_WITHIN)
        assert set(inbox.ids) == {message.id for message in sent}

    async def test_of_a_queue_is_noticed_without_anything_published(
        self, empty: Broker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shared.bus.amqp.WATCH", 0.3)
        inbox = Inbox()
        async with consuming(empty, inbox):
            await empty.delete_queues()
            await asyncio.sleep(1.0)
            async with AmqpBus(empty.url, "publisher") as publisher:
                await publish_all(publisher, 1)
            await inbox.wait_for(1)

    async def test_of_the_exchange_is_mended_by_everybody(self, empty: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shared.bus.amqp.WATCH", 0.3)
        inbox, passing = Inbox(), Inbox()
        async with consuming(empty, inbox) as bus, AmqpBus(empty.url, "listener") as listener:
            heard = asyncio.Event()
            listener.subscribe(Subscription("", ("user.*",), durable=False), passing, on_connected=heard.set)
            await heard.wait()
            async with empty.channel() as channel:
                await channel.exchange_delete(EXCHANGE)
            await publish_all(bus, 3)
            await inbox.wait_for(3)

            async with asyncio.timeout(BACK_WITHIN):
                while not passing.messages:
                    await publish_all(bus, 1)
                    await asyncio.sleep(0.1)

    async def test_of_a_queue_is_told_though_others_took_the_events(
        self, empty: Broker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Then no publisher hears of it: the broker confirms what any queue takes."""
        monkeypatch.setattr("shared.bus.amqp.WATCH", 0.3)
        renewed, inbox = asyncio.Event(), Inbox()

        async def on_renewed() -> None:
            renewed.set()

        async with AmqpBus(empty.url, "test", on_renewed) as bus:
            bus.subscribe(TASKS, inbox)
            await asyncio.wait_for(renewed.wait(), BACK_WITHIN)  # of the very first start
            renewed.clear()
            await publish_all(bus, 1)
            assert not renewed.is_set()
            async with empty.channel() as channel:
                await channel.queue_delete(TASKS.queue)
            await publish_all(bus, 1)
            await asyncio.wait_for(renewed.wait(), BACK_WITHIN)

    async def test_of_a_binding_is_a_failure_of_the_next_event_only(self, empty: Broker) -> None:
        inbox = Inbox()
        async with consuming(empty, inbox) as bus:
            await publish_all(bus, 1)
            async with empty.channel() as channel:
                for subscription in DURABLE:
                    queue = await channel.get_queue(subscription.queue)
                    for binding in subscription.bindings:
                        await queue.unbind(EXCHANGE, binding)
            await publish_all(bus, 1)
            await until(lambda: len(set(inbox.ids)) == 2)

    async def test_of_a_consumer_with_prefetched_messages_loses_none(self, empty: Broker) -> None:
        stuck, after = Inbox(), Inbox()
        stuck.open.clear()
        async with AmqpBus(empty.url, "publisher") as publisher:
            async with consuming(empty, stuck):
                sent = await publish_all(publisher, PREFETCH + 10)
                await stuck.wait_for(1)
            async with consuming(empty, after):
                await after.wait_for(len(sent))
        assert after.ids == [message.id for message in sent]


class TestDeadLetters:
    async def test_what_the_broker_gives_up_is_drained_with_its_reason(self, empty: Broker) -> None:
        """A consumer that dies on a message each time: at the delivery limit the broker takes it away."""
        inbox, dead = Inbox(), Inbox()
        sent = user_message()
        async with AmqpBus(empty.url, "publisher") as publisher:
            await publish(publisher, sent)
            async with empty.channel() as channel:
                await (await channel.get_queue(TASKS.queue)).consume(die)
                await until_waiting(empty, f"{TASKS.queue}.dead", 1)
            async with consuming(empty, inbox, dead):
                await dead.wait_for(1)
        (letter,) = dead.messages
        assert (letter.id, letter.routing_key, letter.body) == (sent.id, TASKS.queue, sent.body)
        assert letter.death == "delivery_limit"
        assert inbox.messages == []

    async def test_are_not_done_with_because_a_live_message_is(self, empty: Broker) -> None:
        """Acknowledging several at once is for one channel: the dead letters must have their own."""
        inbox, stuck, dead = Inbox(), Inbox(), Inbox()
        stuck.open.clear()
        async with AmqpBus(empty.url, "publisher") as publisher:
            await publish_all(publisher, 1)
            async with empty.channel() as channel:
                exchange = await channel.get_exchange(DEAD_EXCHANGE)
                await exchange.publish(aio_pika.Message(b"dead", message_id="dead"), TASKS.queue)
            async with consuming(empty, inbox, stuck):
                await stuck.wait_for(1)
                await publish_all(publisher, 3)
                await inbox.wait_for(4)
                await until_waiting(empty, TASKS.queue, 0)
                await asyncio.sleep(0.1)
            async with consuming(empty, inbox, dead):
                await dead.wait_for(1)
        assert dead.ids == ["dead"]


async def die(message: aio_pika.abc.AbstractIncomingMessage) -> None:
    await message.reject(requeue=True)


async def until_waiting(broker: Broker, queue: str, count: int) -> None:
    async def are_waiting() -> bool:
        return await waiting_in(broker, queue) == count

    await until(are_waiting)
