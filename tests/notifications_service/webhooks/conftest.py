"""A notifications service that may call the sink."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from notifications_service.webhooks import sending
from tests.fakes import FakeUsers, running_users
from tests.notifications_service.system import System, running
from tests.notifications_service.webhooks.sink import Sink
from tests.postgres import Server


@pytest.fixture(scope="module")
async def sink() -> AsyncIterator[Sink]:
    sink = Sink()
    async with await asyncio.start_server(sink.serve, "127.0.0.1", 0) as server:
        sink.port = server.sockets[0].getsockname()[1]
        yield sink
        sink.released.set()


@pytest.fixture(scope="module")
async def fake_users() -> AsyncIterator[FakeUsers]:
    async with running_users() as users:
        yield users


@pytest.fixture(scope="module")
async def system(postgres: Server, fake_users: FakeUsers, sink: Sink) -> AsyncIterator[System]:
    url = await postgres.database("notifications_service")
    async with running(url, fake_users, outgoing_allow=f"127.0.0.1:{sink.port}") as started:
        yield started


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow one another without pauses."""
    monkeypatch.setattr(sending, "PAUSES", (0,) * len(sending.PAUSES))
