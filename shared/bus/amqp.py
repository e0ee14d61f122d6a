"""The bus on RabbitMQ.

One connection for each process, kept by a loop of our own: aio-pika's robust connection has more than once come back
without its consumers, so here a lost connection, channel or consumer means connecting anew, declaring everything and
consuming again. Publishing waits for the broker's confirmation, and a message that no queue took is a failure. What one
queue missed while others took it only its maker can know: `on_renewed` is for whoever finds a queue missing.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aio_pika
import aiormq
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractQueue
from aiormq.abc import DeliveredMessage

from shared.bus import DURABLE, PREFETCH, Handler, Message, PublishFailed, Subscription
from shared.events import EXCHANGE
from shared.logging import get_logger

log = get_logger(__name__)

DEAD_EXCHANGE = "taskwire.dead"
HEARTBEAT = 10  # seconds; a half-open connection is noticed after two
WATCH = 5.0  # seconds between two looks at whether the consumers are still there
CONNECT_TIMEOUT = 5.0
OPEN_TIMEOUT = 10.0  # a quorum queue that has no leader, after a crash, leaves `basic.consume` unanswered
PUBLISH_TIMEOUT = 10.0
BACKOFF = (0.2, 0.5, 1.0, 2.0)
FAILURES = (aio_pika.exceptions.AMQPError, OSError, TimeoutError, RuntimeError, asyncio.InvalidStateError)


class ConsumerGone(ConnectionError):
    """The broker no longer counts us among a queue's consumers."""


@dataclass(slots=True)
class Subscriber:
    subscription: Subscription
    handler: Handler
    on_connected: Callable[[], None] | None
    on_dead: Handler | None


class AmqpBus:
    def __init__(self, url: str, name: str, on_renewed: Callable[[], Awaitable[None]] | None = None) -> None:
        self._url, self._name, self._on_renewed = url, name, on_renewed
        self._renewing: asyncio.Task[None] | None = None
        self._passing: list[tuple[AbstractQueue, Subscription]] = []
        self._subscribers: list[Subscriber] = []
        self._publisher: aiormq.Channel | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._again = asyncio.Event()
        self._closing = False

    @property
    def connected(self) -> bool:
        return self._publisher is not None

    async def __aenter__(self) -> "AmqpBus":
        self._keeper = asyncio.create_task(self._stay_connected(), name="amqp")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._keeper
        self._closing = True  # a library that swallows the cancellation must not keep us connected
        self._again.set()
        ending = [task for task in (self._keeper, self._renewing) if task is not None]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def subscribe(
        self,
        subscription: Subscription,
        handler: Handler,
        on_connected: Callable[[], None] | None = None,
        on_dead: Handler | None = None,
    ) -> None:
        if subscription.durable:  # a worker that starts anew takes the place of the one that ended
            self._subscribers = [s for s in self._subscribers if s.subscription != subscription]
        self._subscribers.append(Subscriber(subscription, handler, on_connected, on_dead))
        self._again.set()

    async def publish(self, message: Message) -> None:
        """By the channel below aio-pika's and without waiting for the socket to be empty, which costs two thirds: it is
        the confirmation that counts."""
        publisher = self._publisher
        if publisher is None or publisher.is_closed:
            raise PublishFailed("no connection to the broker")
        try:
            await publisher.basic_publish(
                message.body,
                exchange=EXCHANGE,
                routing_key=message.routing_key,
                properties=aiormq.spec.Basic.Properties(
                    message_id=message.id,
                    message_type=message.routing_key,
                    content_type="application/cloudevents+json",
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    headers={"traceparent": message.traceparent},
                ),
                mandatory=True,
                timeout=PUBLISH_TIMEOUT,
                wait=False,
            )
        except FAILURES as error:
            if publisher is self._publisher and not isinstance(error, TimeoutError):
                self._again.set()  # no queue took it, or there is no such exchange: the topology is lost
            raise PublishFailed(repr(error)) from error

    async def _stay_connected(self) -> None:
        tries = 0
        while not self._closing:
            try:
                connection = await aio_pika.connect(
                    self._url,
                    heartbeat=HEARTBEAT,
                    timeout=CONNECT_TIMEOUT,
                    client_properties={"connection_name": self._name},
                )
                async with connection, asyncio.TaskGroup() as pumps:
                    async with asyncio.timeout(OPEN_TIMEOUT):
                        await self._open(connection, pumps)
                    tries = 0
                    await self._watch(connection)
            except* FAILURES as group:
                log.warning("broker unreachable", error=repr(group.exceptions[0]), bus=self._name)
            except* Exception:
                log.exception("handler failed, the broker keeps its messages", bus=self._name)
            finally:
                self._publisher = None
            await asyncio.sleep(BACKOFF[min(tries, len(BACKOFF) - 1)])
            tries += 1

    async def _open(self, connection: AbstractConnection, pumps: asyncio.TaskGroup) -> None:
        was_whole = await is_whole(connection)
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
        await declare_durable(channel)
        if not self._closing:
            self._again.clear()
        self._passing.clear()
        for subscriber in self._subscribers:
            await self._consume(connection, subscriber, pumps)
        publisher = await channel.get_underlay_channel()
        assert isinstance(publisher, aiormq.Channel)
        self._publisher = publisher
        log.info("broker connected", bus=self._name, was_whole=was_whole)
        if not was_whole and self._on_renewed is not None and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.ensure_future(self._on_renewed())

    async def _consume(self, connection: AbstractConnection, subscriber: Subscriber, pumps: asyncio.TaskGroup) -> None:
        channel = await _consuming(connection)
        subscription = subscriber.subscription
        if subscription.durable:
            queue = await channel.get_queue(subscription.queue)
        else:
            queue = await channel.declare_queue(exclusive=True, auto_delete=True)
            await _bind(queue, subscription)
            self._passing.append((queue, subscription))
        await _start_pump(channel, queue, subscriber.handler, pumps)
        if subscriber.on_dead is not None:
            graveyard = await _consuming(connection)  # of its own: acknowledging `multiple` is for a whole channel
            dead = await graveyard.get_queue(f"{subscription.queue}.dead")
            await _start_pump(graveyard, dead, subscriber.on_dead, pumps)
        if subscriber.on_connected is not None:
            subscriber.on_connected()

    async def _watch(self, connection: AbstractConnection) -> None:
        """Raises when the connection has ended, a consumer is gone, or something new has to be declared."""
        connection.close_callbacks.add(lambda *_: self._again.set())
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WATCH):  # wait_for may swallow a cancellation
                    await self._again.wait()
            if self._again.is_set():
                raise ConsumerGone("connection closed" if connection.is_closed else "starting anew")
            if not await is_whole(connection):
                raise ConsumerGone("a queue or the exchange is gone")
            await self._check_consumers(connection)

    async def _check_consumers(self, connection: AbstractConnection) -> None:
        """Binds once more as well: who made the exchange anew does not know our queues."""
        for queue, subscription in self._passing:
            await _bind(queue, subscription)
        async with connection.channel(publisher_confirms=False) as channel:
            for subscriber in self._subscribers:
                if subscriber.subscription.durable:
                    queue = await channel.declare_queue(subscriber.subscription.queue, passive=True)
                    if not queue.declaration_result.consumer_count:
                        raise ConsumerGone(subscriber.subscription.queue)
                    await _bind(queue, subscriber.subscription)


async def declare_durable(channel: AbstractChannel) -> None:
    """The topology that every process knows: quorum queues with one active consumer each, and their dead letters.

    The delivery limit is the broker's own guard against a consumer that dies each time it takes a message; it is far
    above the five failures after which the consumer itself gives a message up.
    """
    dead = await channel.declare_exchange(DEAD_EXCHANGE, aio_pika.ExchangeType.DIRECT, durable=True)
    for subscription in DURABLE:
        name = subscription.queue
        grave = await channel.declare_queue(f"{name}.dead", durable=True, arguments={"x-queue-type": "quorum"})
        await grave.bind(dead, name)
        queue = await channel.declare_queue(
            name,
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-single-active-consumer": True,
                "x-delivery-limit": 50,
                "x-dead-letter-exchange": DEAD_EXCHANGE,
                "x-dead-letter-routing-key": name,
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            },
        )
        await _bind(queue, subscription)


async def is_whole(connection: AbstractConnection) -> bool:
    """Whether the exchange and all durable queues are there."""
    channel = await connection.channel(publisher_confirms=False)
    try:
        await channel.declare_exchange(EXCHANGE, passive=True)
        for subscription in DURABLE:
            await channel.declare_queue(subscription.queue, passive=True)
    except aio_pika.exceptions.ChannelNotFoundEntity:
        return False  # and the broker has closed the channel
    await channel.close()
    return True


async def _bind(queue: AbstractQueue, subscription: Subscription) -> None:
    for binding in subscription.bindings:
        await queue.bind(EXCHANGE, binding)


async def _consuming(connection: AbstractConnection) -> AbstractChannel:
    channel = await connection.channel(publisher_confirms=False)
    await channel.set_qos(prefetch_count=PREFETCH)
    return channel


async def _start_pump(
    channel: AbstractChannel, queue: AbstractQueue, handler: Handler, pumps: asyncio.TaskGroup
) -> None:
    """By the channel below aio-pika's, as publishing does it: one task for each message instead of two."""
    waiting: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
    consuming = await channel.get_underlay_channel()
    await consuming.basic_consume(queue.name, waiting.put)
    pumps.create_task(_pump(waiting, handler), name=queue.name)


async def _pump(waiting: "asyncio.Queue[DeliveredMessage]", handler: Handler) -> None:
    """Hands over what has come, in order, and acknowledges it afterwards, never before."""
    while True:
        incoming = [await waiting.get()]
        while len(incoming) < PREFETCH and not waiting.empty():
            incoming.append(waiting.get_nowait())
        await handler([_read(message) for message in incoming])
        last = incoming[-1]
        assert last.delivery_tag is not None
        with contextlib.suppress(aio_pika.exceptions.ChannelInvalidStateError):
            await last.channel.basic_ack(last.delivery_tag, multiple=True)


def _read(message: DeliveredMessage) -> Message:
    headers = message.header.properties.headers or {}
    death = headers.get("x-first-death-reason")
    return Message(
        id=message.header.properties.message_id or "",
        routing_key=message.routing_key or "",
        body=message.body,
        traceparent=str(headers.get("traceparent", "")),
        death=None if death is None else str(death),
    )
