"""What all tests share: one PostgreSQL server and one RabbitMQ node for the run, and applications on databases of their
own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import structlog

from tests.apps import ServiceApp, running_app
from tests.fakes import FakeUsers, running_users
from tests.postgres import Server, running_server
from tests.rabbitmq import Broker, running_broker

# By default structlog draws each traceback with the source and the local variables: a second for each.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
)

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


@pytest.fixture(scope="session")
def broker_node() -> Iterator[Broker]:
    with running_broker() as broker:
        yield broker


@pytest.fixture
async def broker(broker_node: Broker) -> Broker:
    """The node, running whatever the test before did to it."""
    await broker_node.wait()
    return broker_node


@pytest.fixture
def rabbitmq(broker: Broker) -> str:
    """Its address."""
    return broker.url


@pytest.fixture(scope="module")
async def fake_users() -> AsyncIterator[FakeUsers]:
    """A users service that tests can break; what one did to it, it undoes."""
    async with running_users() as users:
        yield users
