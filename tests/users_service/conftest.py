"""The users service on a database of its own, for each module."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.apps import ServiceApp
from tests.conftest import StartApp
from tests.users_service.identity_provider import Browser, IdentityProvider, running_provider
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


@pytest.fixture(scope="module")
async def lying() -> AsyncIterator[IdentityProvider]:
    async with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(lying: IdentityProvider) -> Iterator[IdentityProvider]:
    lying.calls.clear()
    yield lying
    lying.algorithm, lying.forge, lying.user_info = "RS256", None, {}


@pytest.fixture(scope="module")
async def sso(service_app: StartApp, lying: IdentityProvider) -> AsyncIterator[ServiceApp]:
    given = {
        "oidc_providers": (lying.settings(), lying.settings("second")),
        "outgoing_allow": frozenset({lying.target}),
    }
    async with service_app("users_service", **given) as running:
        yield running


@pytest.fixture
async def browser(sso: ServiceApp, provider: IdentityProvider) -> AsyncIterator[Browser]:
    browser = Browser(sso, provider)
    yield browser
    await browser.http.aclose()
