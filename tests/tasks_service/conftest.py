"""The tasks service on a database of its own for each module, with people to act."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Tasks


@pytest.fixture(scope="module")
async def tasks(
    service_app: StartApp, fake_users: FakeUsers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Tasks]:
    files = tmp_path_factory.mktemp("files").as_uri()
    async with service_app("tasks_service", users_url=fake_users.url, attachments_url=files) as running:
        yield Tasks(running)


@pytest.fixture
def ann(fake_users: FakeUsers) -> Person:
    return fake_users.register()


@pytest.fixture
def bob(fake_users: FakeUsers) -> Person:
    return fake_users.register()


@pytest.fixture
def admin(fake_users: FakeUsers) -> Person:
    return fake_users.register("admin")


@pytest.fixture(scope="module")
async def owner(fake_users: FakeUsers) -> Person:
    """One for all tests of a module, as what they look at is made once."""
    return fake_users.register()


@pytest.fixture(scope="module")
async def colleague(fake_users: FakeUsers) -> Person:
    return fake_users.register()
