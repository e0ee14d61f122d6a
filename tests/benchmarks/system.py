"""The system under test: the production topology, started for the run in a folder of its own and filled with tasks."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from deploy.control import ask
from deploy.nginx import LIMITS
from deploy.ports import Ports
from deploy.probe import until_status
from deploy.process import Command, spawn
from tests.benchmarks import data

WORKERS = 2
USERS = 5
START_SECONDS = 90
CHAIN = ("tasks-worker", "notifications-worker")


class BenchmarkError(Exception):
    """The benchmark cannot be run; the message says why."""


@dataclass(frozen=True)
class Person:
    id: int
    token: str


@dataclass(frozen=True)
class System:
    """A running stack. `caller` signs the requests: an ordinary user, with the row-level rule in every query."""

    port: int
    folder: Path
    people: list[Person]

    @property
    def caller(self) -> Person:
        return self.people[0]

    def database_url(self, service: str) -> str:
        return str(json.loads((self.folder / "databases.json").read_text())[service])

    @property
    def amqp_url(self) -> str:
        if given := os.environ.get("AMQP_URL"):
            return given
        port = re.findall(r"127\.0\.0\.1:(\d+)", (self.folder / "rabbitmq" / "rabbitmq.conf").read_text())[0]
        return f"amqp://taskwire:{(self.folder / 'secrets' / 'rabbitmq').read_text().strip()}@127.0.0.1:{port}/"

    def control(self, verb: str, name: str = "") -> str:
        """`taskwire ctl`."""
        return ask(self.folder / "ctl.json", verb, name)

    @asynccontextmanager
    async def workers_stopped(self) -> AsyncIterator[None]:
        """Nothing is published or taken in within the block, and what it recorded never is."""
        for name in CHAIN:
            self.control("stop", name)
        try:
            yield
            await self.query("tasks", "DELETE FROM events WHERE published_at IS NULL")
        finally:
            for name in CHAIN:
                self.control("cont", name)

    async def query(self, service: str, sql: str) -> Any:
        connection = await asyncpg.connect(self.database_url(service))
        try:
            return await connection.fetchval(sql, timeout=120)
        finally:
            await connection.close()

    async def backlog(self) -> int:
        """How many events the notifications service has not taken in."""
        recorded = [await self.query(service, "SELECT count(*) FROM events") for service in ("users", "tasks")]
        taken: int = await self.query("notifications", "SELECT count(*) FROM consumed_events")
        return int(sum(recorded)) - taken

    async def until_drained(self, seconds: float = 90) -> float:
        """Waits until there is no backlog; how long that took, in seconds."""
        began = time.perf_counter()
        while await self.backlog() > 0 and time.perf_counter() - began < seconds:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return time.perf_counter() - began


@asynccontextmanager
async def running_system() -> AsyncIterator[System]:
    """Everything that is started here ends with the block."""
    port, folder = Ports().block(), new_folder()
    stack = _start(port, folder)
    try:
        await _until_well(stack, port, folder / "output")
        people = await _sign_up(port)
        system = System(port, folder / "data", people)
        await data.fill(system.database_url("tasks"), [person.id for person in people])
        yield system
    finally:
        await _end(stack)
        shutil.rmtree(folder, ignore_errors=True)


def new_folder() -> Path:
    """A temporary folder that PostgreSQL's account may pass."""
    folder = Path(tempfile.mkdtemp(prefix="taskwire-bench-"))
    folder.chmod(0o755)
    return folder


def _start(port: int, folder: Path) -> subprocess.Popen[bytes]:
    limits = {f"RATE_LIMIT_{name}": "off" for name in LIMITS if name != "SOCKETS"}  # a storm is measured as it is
    own = {"PORT": str(port), "DATA_DIR": str(folder / "data"), "WORKERS": str(WORKERS), **limits}
    return spawn(Command([sys.executable, "-m", "deploy.cli", "stack"], {**os.environ, **own}, folder / "output"))


async def _until_well(stack: subprocess.Popen[bytes], port: int, output: Path) -> None:
    for _ in range(START_SECONDS):
        if await until_status(port, "/health", 1):
            return
        if stack.poll() is not None:
            break
    raise BenchmarkError(f"the stack does not start:\n{await asyncio.to_thread(output.read_text)}")


async def _end(stack: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        stack.send_signal(number)
        try:
            await asyncio.to_thread(stack.wait, 15)
            return
        except subprocess.TimeoutExpired:
            continue


async def _sign_up(port: int) -> list[Person]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
        return [await sign_up(http, f"bench{i}") for i in range(USERS)]


async def sign_up(http: httpx.AsyncClient, name: str) -> Person:
    password = secrets.token_urlsafe(16)
    account = {"username": name, "email": f"{name}@example.com", "password": password}
    user = (await http.post("/api/auth/register", json=account)).raise_for_status().json()
    signed_in = await http.post("/api/auth/login", json={"username": name, "password": password})
    return Person(user["id"], signed_in.raise_for_status().json()["access_token"])
