from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from shared.auth import HttpVerifier
from shared.http import PeerClient
from tests.fakes import FakeUsers, Person


@pytest.fixture(scope="module")
async def peer(fake_users: FakeUsers) -> AsyncIterator[PeerClient]:
    """The users service as other services call it."""
    client = PeerClient(fake_users.url)
    yield client
    await client.aclose()


@pytest.fixture
def verifier(fake_users: FakeUsers, peer: PeerClient) -> Iterator[HttpVerifier]:
    fake_users.calls.clear()
    yield HttpVerifier(peer)
    fake_users.mode = "ok"
    fake_users.gate.set()


@pytest.fixture
def person(fake_users: FakeUsers) -> Person:
    return fake_users.register()
