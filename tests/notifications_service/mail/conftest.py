"""The notifications service with a mail server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes import FakeUsers
from tests.notifications_service.mail.readers import PUBLIC, Reader, known
from tests.notifications_service.post import Post, running_post
from tests.notifications_service.system import System, running
from tests.postgres import Server


@pytest.fixture(scope="module")
async def post() -> AsyncIterator[Post]:
    async with running_post() as server:
        yield server


@pytest.fixture(scope="module")
async def system(postgres: Server, fake_users: FakeUsers, post: Post) -> AsyncIterator[System]:
    mail: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": "off", "public_url": PUBLIC}
    async with running(await postgres.database("notifications_service"), fake_users, **mail) as started:
        yield started


@pytest.fixture
async def ann(system: System) -> Reader:
    return await known(system)


@pytest.fixture
async def bob(system: System) -> Reader:
    return await known(system)
