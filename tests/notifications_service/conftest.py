from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from tests.fakes import FakeUsers, Person
from tests.notifications_service.system import System, running
from tests.postgres import Server

Register = Callable[..., Person]


@pytest.fixture(scope="module")
async def system(postgres: Server, fake_users: FakeUsers) -> AsyncIterator[System]:
    async with running(await postgres.database("notifications_service"), fake_users) as started:
        yield started


@pytest.fixture
def register(system: System) -> Register:
    return system.users.register


@pytest.fixture
def ann(register: Register) -> Person:
    return register()


@pytest.fixture
def bob(register: Register) -> Person:
    return register()


@pytest.fixture
def admin(register: Register) -> Person:
    return register("admin")
