"""Servers of the tests themselves, on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route

from deploy.ports import Ports
from shared.serve import DrainingServer, server_for

ports = Ports()


@asynccontextmanager
async def running_server(app: Any, port: int | None = None) -> AsyncIterator[tuple[DrainingServer, int]]:
    """The application on a port, a free one unless it is given; what is under way at the end goes on for a while."""
    port = port or ports.block()
    server = server_for(app, "127.0.0.1", port)
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done(), "the server did not start"
        await asyncio.sleep(0.01)
    try:
        yield server, port
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def serving(routes: Sequence[Route], port: int | None = None) -> AsyncIterator[str]:
    """The address at which the routes are answered, until it ends at once."""
    async with running_server(Starlette(routes=routes), port) as (server, chosen):
        try:
            yield f"http://127.0.0.1:{chosen}"
        finally:
            server.force_exit = True
