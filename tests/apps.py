"""A service's application in this process, on a database of its own, with its lifespan run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from secrets import token_hex
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI

from shared.bus.memory import MemoryBus
from shared.database import Database, Session
from shared.settings import ServiceSettings
from tests.postgres import Server


def signing_key() -> str:
    """A new EC P-256 private key, PEM."""
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(serialization.Encoding.PEM, form, plain).decode()


NEEDED: dict[str, dict[str, Any]] = {
    "users_service": {"signing_key": signing_key()},
    "notifications_service": {"secrets_key": token_hex(32)},
}


@dataclass(frozen=True)
class ServiceApp:
    """`http` calls the application without a network, as somebody who is not signed in."""

    app: FastAPI
    settings: ServiceSettings
    bus: MemoryBus
    http: httpx.AsyncClient

    @property
    def database(self) -> Database:
        database: Database = self.app.state.database
        return database

    def session(self) -> Session:
        return self.database.session()


@asynccontextmanager
async def running_app(
    service: str, server: Server, bus: MemoryBus | None = None, database_url: str | None = None, **settings: Any
) -> AsyncIterator[ServiceApp]:
    """The application of "users_service" and the like. Without `database_url`, on a new empty database."""
    url = database_url or await server.database(service)
    chosen = import_module(f"{service}.settings").Settings(
        **{**NEEDED.get(service, {}), **settings, "database_url": url}
    )
    bus = bus or MemoryBus()
    app: FastAPI = import_module(f"{service}.main").create_app(chosen, bus)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1024))
    async with bus, app.router.lifespan_context(app), client(transport) as http:
        yield ServiceApp(app, chosen, bus, http)


def client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=transport, base_url="http://taskwire.test")
