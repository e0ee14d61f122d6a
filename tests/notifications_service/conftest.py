from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from tests.notifications_service.system import System, running
from tests.notifications_service.users import Person
from tests.postgres import Server

SignIn = Callable[..., Person]


@pytest.fixture(scope="module")
async def system(postgres: Server) -> AsyncIterator[System]:
    async with running(await postgres.database("notifications_service")) as started:
        yield started


@pytest.fixture
def sign_in(system: System) -> SignIn:
    return system.users.sign_in


@pytest.fixture
def ann(sign_in: SignIn) -> Person:
    return sign_in()


@pytest.fixture
def bob(sign_in: SignIn) -> Person:
    return sign_in()


@pytest.fixture
def admin(sign_in: SignIn) -> Person:
    return sign_in("admin")
