"""The users service on a database of its own, for each module."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.apps import ServiceApp
from tests.conftest import StartApp
from tests.users_service.mailbox import Mailbox
from tests.users_service.people import Person, make_admin, sign_up


@pytest.fixture(scope="module")
async def users_app(service_app: StartApp) -> AsyncIterator[ServiceApp]:
    async with service_app("users_service") as running:
        yield running


@pytest.fixture
async def person(users_app: ServiceApp) -> Person:
    return await sign_up(users_app)


@pytest.fixture(scope="module")
async def admin(users_app: ServiceApp) -> Person:
    """An administrator; tests leave this one alone."""
    return await make_admin(users_app)


@pytest.fixture
def mailbox(users_app: ServiceApp, tmp_path: Path) -> Mailbox:
    return Mailbox(users_app, tmp_path)
