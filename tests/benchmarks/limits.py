"""What the parts can do by themselves: a bare reply behind the same gateway, the same SQL, the broker alone."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aio_pika

from deploy import nginx
from deploy.nginx import LIMITS, Gateway
from deploy.options import SERVICES
from deploy.ports import Ports
from deploy.postgres import binaries
from deploy.probe import until_status
from deploy.process import Command, kill_family, spawn
from tests.benchmarks.load import CONNECTIONS
from tests.benchmarks.system import WORKERS, BenchmarkError


@asynccontextmanager
async def bare_replies(replies: Mapping[str, bytes]) -> AsyncIterator[int]:
    """The port of a gateway before as many workers as a service has, which answer with these bytes."""
    running: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory(prefix="taskwire-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for reply, body in replies.items():
            (folder / reply).write_bytes(body)
        ports = Ports()
        first, port = ports.block(WORKERS), ports.block()
        workers = range(first, first + WORKERS)
        environment = {**os.environ, **{f"RATE_LIMIT_{limit}": "off" for limit in LIMITS}}
        try:
            for worker in workers:
                words = [sys.executable, "-m", "tests.benchmarks.bare", name, str(worker)]
                running.append(spawn(Command(words, environment, folder / "log")))
            addresses = [f"127.0.0.1:{worker}" for worker in workers]
            gateway = Gateway(
                folder, "127.0.0.1", port, dict.fromkeys(SERVICES, addresses), str(folder / "log"), environment
            )
            running.append(spawn(Command(nginx.command(gateway.write()), environment, folder / "log")))
            if not all([await until_status(worker, "/livez", 20) for worker in workers]):
                raise BenchmarkError((folder / "log").read_text())
            await until_status(port, "/api/tasks", 20)
            yield port
        finally:
            for process in running:
                kill_family(process.pid)
                process.wait()


async def pgbench(database_url: str, sql: str, values: Sequence[Any], seconds: int = 2) -> float:
    """How often in a second PostgreSQL executes the statement for as many clients. A value that is a range is drawn
    at random each time, as `$n` counts them; None is NULL."""
    drawn = [f"\\set p{n} random({v[0]}, {v[-1]})" for n, v in enumerate(values, 1) if isinstance(v, range)]
    fixed = [f"-Dp{n}={v}" for n, v in enumerate(values, 1) if not isinstance(v, range)]
    names = [f":p{n}" if v is not None else "NULL" for n, v in enumerate(values, 1)]
    script_sql = re.sub(r"\$(\d+)", lambda match: names[int(match[1]) - 1], " ".join(sql.split()))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("\n".join([*drawn, f"{script_sql};"]))
        script.flush()
        words = ["-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1", "-T", str(seconds), "-f", script.name]
        process = await asyncio.create_subprocess_exec(
            binaries() / "pgbench",
            *words,
            *fixed,
            database_url,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
    found = re.search(rb"tps = ([0-9.]+)", output)
    if not found:
        raise BenchmarkError(f"pgbench: {errors.decode()}")
    return float(found[1])


async def broker_times(amqp_url: str, rate: float, seconds: float) -> list[float]:
    """Seconds from publish to consume through a quorum queue of its own on the same node, for each message."""
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("taskwire.benchmark", durable=True, arguments={"x-queue-type": "quorum"})
        times: list[float] = []

        async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            times.append(time.perf_counter() - float(message.body.split(b" ", 1)[0]))
            await message.ack()

        consumer = await queue.consume(take)
        padding = b" " + b"x" * 1000
        for _ in range(int(rate * seconds)):
            body = str(time.perf_counter()).encode() + padding
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(message, queue.name)
            await asyncio.sleep(1 / rate)
        await asyncio.sleep(0.2)
        await queue.cancel(consumer)
        await queue.delete(if_unused=False, if_empty=False)
    return times
