from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.http import PeerClient
from tests.fakes import FakeUsers


@pytest.fixture(scope="module")
async def peer(fake_users: FakeUsers) -> AsyncIterator[PeerClient]:
    """The users service as other services call it."""
    client = PeerClient(fake_users.url)
    yield client
    await client.aclose()
