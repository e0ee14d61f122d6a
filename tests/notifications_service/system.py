"""The notifications service, whole: its API on loopback and its worker, on PostgreSQL and the bus in memory."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from notifications_service import worker
from notifications_service.main import create_app
from notifications_service.settings import Settings
from notifications_service.stream.hub import Hub
from shared import bus as buses
from shared.bus import Bus, Message
from shared.bus.memory import MemoryBus
from shared.database import Session
from shared.serve import DrainingServer
from tests.apps import NEEDED
from tests.fakes import FakeUsers, Person, running_users
from tests.notifications_service.events import message
from tests.serving import running_server
from tests.waiting import until


@dataclass(frozen=True)
class System:
    """`port` is that of the API. `http` is nobody in particular."""

    settings: Settings
    users: FakeUsers
    bus: Bus
    app: Any
    server: DrainingServer
    port: int
    http: httpx.AsyncClient

    def session(self) -> Session:
        session: Session = self.app.state.database.session()
        return session

    @property
    def hub(self) -> Hub:
        hub: Hub = self.app.state.hub
        return hub

    async def publish(self, *happened: dict[str, Any]) -> None:
        """Returns when the worker has committed them."""
        for event in happened:
            await self.bus.publish(message(event))

    async def get(self, path: str, person: Person) -> httpx.Response:
        return await self.http.get(path, headers=person.headers)

    async def items(self, path: str, person: Person) -> list[dict[str, Any]]:
        answer = await self.get(path, person)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def connect(self, path: str = "/ws/tasks/", **options: Any) -> connect:
        return connect(f"ws://127.0.0.1:{self.port}{path}", proxy=None, max_size=2**22, **options)

    @asynccontextmanager
    async def listening(self, person: Person, cursor: str | None = None) -> AsyncIterator[ClientConnection]:
        """A socket that was told who it is; `ready` is still to come."""
        async with self.connect() as socket:
            await socket.send(hello(person, cursor))
            yield socket


def hello(person: Person, cursor: str | None = None) -> str:
    frame = {"type": "auth", "token": person.token}
    return orjson.dumps(frame if cursor is None else {**frame, "cursor": cursor}).decode()


async def frame(socket: ClientConnection, seconds: float = 5) -> dict[str, Any]:
    """The next frame."""
    found: dict[str, Any] = orjson.loads(await asyncio.wait_for(socket.recv(), seconds))
    return found


async def ready(socket: ClientConnection) -> str:
    """The cursor of the `ready` frame that comes next."""
    found = await frame(socket)
    assert found["type"] == "ready", found
    cursor: str = found["cursor"]
    return cursor


async def silence(socket: ClientConnection, seconds: float = 0.3) -> None:
    """Nothing comes for so long."""
    try:
        found = await asyncio.wait_for(socket.recv(), seconds)
    except TimeoutError:
        return
    raise AssertionError(found)


async def closed(socket: ClientConnection, seconds: float = 5) -> int | None:
    """The code that the socket is closed with."""
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(seconds):
            while True:
                await socket.recv()
    return socket.close_code


async def ignore(_: list[Message]) -> None:
    pass


@asynccontextmanager
async def working(settings: Settings, bus: Bus) -> AsyncIterator[None]:
    """The worker, and a queue of the tasks service so that events of users can be published."""
    stop = asyncio.Event()
    bus.subscribe(buses.TASKS, ignore)
    task = asyncio.create_task(worker.run(settings, bus, stop))
    await asyncio.sleep(0)
    try:
        yield
    finally:
        stop.set()
        await task


@asynccontextmanager
async def running(
    database_url: str, users: FakeUsers | None = None, amqp_url: str | None = None, **given: Any
) -> AsyncIterator[System]:
    """With `amqp_url` the API has its own bus there, and no worker runs."""
    async with AsyncExitStack() as stack:
        if users is None:
            users = await stack.enter_async_context(running_users())
        mails = stack.enter_context(tempfile.TemporaryDirectory())
        given = {**NEEDED["notifications_service"], "mail_dir": mails, **given}
        bus = None if amqp_url else await stack.enter_async_context(MemoryBus())
        settings = Settings(database_url=database_url, users_url=users.url, amqp_url=amqp_url, **given)
        app = create_app(settings, bus)
        server, port = await stack.enter_async_context(running_server(app))
        if bus is not None:
            await stack.enter_async_context(working(settings, bus))
        http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)
        await stack.enter_async_context(http)
        system = System(settings, users, app.state.bus, app, server, port, http)
        await caught_up(system)
        yield system


async def caught_up(system: System) -> None:
    """Returns when the hub has read what is in the log."""

    async def has_caught_up() -> bool:
        tail = await system.session().fetchval("SELECT coalesce(max(cursor), 0) FROM stream_events")
        known = system.hub._position
        return known is not None and known.number >= tail

    await until(has_caught_up)
