"""What all tests share: one PostgreSQL server for the run, and applications on databases of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from tests.apps import ServiceApp, running_app
from tests.postgres import Server, running_server

StartApp = Callable[..., AbstractAsyncContextManager[ServiceApp]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def service_app(postgres: Server) -> StartApp:
    """Starts an application: `async with service_app("users_service", registration="closed") as running:`."""

    def start(service: str, **given: Any) -> AbstractAsyncContextManager[ServiceApp]:
        return running_app(service, postgres, **given)

    return start
