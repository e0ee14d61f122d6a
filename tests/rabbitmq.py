"""RabbitMQ for a test run: one private node that tests may stop and start again."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aio_pika
import aiormq
import pytest
from aio_pika.abc import AbstractChannel

from deploy import rabbitmq
from deploy.ports import Ports, is_free
from deploy.process import kill_family, spawn
from shared.bus import DURABLE

START_TIMEOUT = 60.0
FAILURES = (aio_pika.exceptions.AMQPError, aiormq.exceptions.AMQPError, OSError, TimeoutError)


class Broker:
    """The node. What it stores survives `stop()`, which is as sudden as a power failure."""

    def __init__(self, folder: Path) -> None:
        first = Ports().block(3)
        password, cookie = secrets.token_hex(24), secrets.token_hex(24)
        self._node = rabbitmq.Node(folder, first, first + 1, first + 2, password, cookie, folder.parent / "log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self._node.url

    def start(self) -> None:
        """Returns at once; `wait()` says when it answers. Call it from the main thread."""
        self._process = spawn(self._node.command())

    def stop(self) -> None:
        if self._process is not None:
            kill_family(self._process.pid)
            self._process.wait()
            self._process = None

    async def wait(self) -> None:
        """Returns when clients are served."""
        deadline = time.monotonic() + START_TIMEOUT
        while not await self._is_serving():
            assert self._process is not None
            assert self._process.poll() is None, self._node.log.read_text()[-2000:]
            assert time.monotonic() < deadline, self._node.log.read_text()[-2000:]
            await asyncio.sleep(0.05)

    async def _is_serving(self) -> bool:
        if is_free(self._node.port):
            return False
        try:
            await (await aio_pika.connect(self.url, timeout=5)).close()
        except FAILURES:
            return False
        return True

    @asynccontextmanager
    async def channel(self) -> AsyncIterator[AbstractChannel]:
        """A channel of a client that is nobody's bus. Unroutable messages are errors."""
        async with await aio_pika.connect(self.url, timeout=5) as connection:
            yield await connection.channel(publisher_confirms=True, on_return_raises=True)

    async def delete_queues(self) -> None:
        """As somebody might by mistake. Deleting what is not there is no error."""
        async with self.channel() as channel:
            for subscription in DURABLE:
                await channel.queue_delete(subscription.queue)
                await channel.queue_delete(f"{subscription.queue}.dead")


@contextmanager
def running_broker() -> Iterator[Broker]:
    """A new node in a temporary folder, gone afterwards. Skips where there is no RabbitMQ and nobody insists."""
    if not rabbitmq.is_installed():
        if os.environ.get("CI"):
            pytest.fail(rabbitmq.HOW_TO_GET_ONE)
        pytest.skip(rabbitmq.HOW_TO_GET_ONE)
    root = Path(tempfile.mkdtemp(prefix="taskwire-broker-"))
    broker = Broker(root / "node")
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()
        shutil.rmtree(root, ignore_errors=True)
