"""build_app: what every service's application has in common."""

import asyncio
import contextlib
import gc
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from shared import context, health, metrics, openapi, problems
from shared.bus import Bus
from shared.database import Database
from shared.dispatch import Operations
from shared.errors import NotFound
from shared.http import PeerClient
from shared.memory import give_back
from shared.middleware import RequestMiddleware, context_of, without_slash
from shared.problems import problem_response
from shared.routing import separate
from shared.settings import ServiceSettings
from shared.trail import Trail, tell


class ServiceApp(FastAPI):
    """FastAPI with a short way to our own operations (`shared.dispatch`) and sockets beside it: through its middlewares
    each idle one would keep a dozen more frames, 4 kB."""

    def __init__(self, sockets: Mapping[str, ASGIApp], **given: Any) -> None:
        super().__init__(**given)
        self._sockets = sockets
        self._operations: Operations | None = None
        self._short_way: ASGIApp = self

    def shorten(self) -> None:
        """Opens the short way to the routes that are there by now."""
        self._operations = Operations(self)
        self._short_way = RequestMiddleware(self._operations, self.state.metrics, self.state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._operations is not None and self._operations.takes(scope):
            await self._short_way(scope, receive, send)
        elif scope["type"] == "websocket":
            scope["app"] = self
            context.current.set(context_of(scope))
            await self._sockets.get(without_slash(scope["path"]), no_socket)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


async def no_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Says that there is none at this address, as to a request."""
    refusal = NotFound("There is nothing at this address.")
    await WebSocket(scope, receive, send).send_denial_response(problem_response(refusal, scope["path"]))


Start = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def build_app(
    name: str,
    settings: ServiceSettings,
    bus: Bus,
    routers: Sequence[APIRouter],
    *,
    start: Start,
    owns_bus: bool,
    expected_beats: tuple[str, ...],
    sockets: Mapping[str, ASGIApp] = MappingProxyType({}),
) -> FastAPI:
    """The application of one service. `start` runs inside its lifespan, with `app.state` filled; `expected_beats` are
    the heartbeats of its worker that the health check wants to see."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state = app.state
        async with AsyncExitStack() as stack:
            state.database = await stack.enter_async_context(
                Database(settings.database_url, pool_size=settings.database_pool_size, name=f"taskwire-{name}")
            )
            urls = {
                "users": settings.users_url,
                "tasks": settings.tasks_url,
                "notifications": settings.notifications_url,
            }
            state.peers = {peer: PeerClient(url) for peer, url in urls.items()}
            for peer in state.peers.values():
                stack.push_async_callback(peer.aclose)
            state.trail = Trail(tell(state.peers["users"]))
            await stack.enter_async_context(start(app))
            await stack.enter_async_context(_running(state.trail))
            if owns_bus:
                await stack.enter_async_context(bus)
            _spare_the_collector()
            yield

    is_traced = "OTEL_EXPORTER_OTLP_ENDPOINT" in os.environ
    app = ServiceApp(
        sockets,
        title=f"Taskwire {name}",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        telemetry={"tracing": is_traced, "metrics": False, "logs": False},
    )
    app.state.settings, app.state.bus, app.state.metrics = settings, bus, metrics.Metrics()
    app.state.expected_beats, app.state.draining = expected_beats, False
    app.state.notes_acts = name != "users"
    for router in (*routers, health.router):
        app.router.routes.extend(router.routes)  # as they are: an included router is matched a second time
    separate(app.router.routes)
    app.add_route("/metrics", metrics.show_metrics, include_in_schema=False)
    problems.install(app)
    openapi.install(app)
    app.add_middleware(RequestMiddleware, metrics=app.state.metrics, state=app.state)
    if not is_traced:  # FastAPI's layers make the spans
        app.shorten()
    return app


@asynccontextmanager
async def _running(trail: Trail) -> AsyncIterator[None]:
    task = asyncio.create_task(trail.run(), name="trail")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _spare_the_collector() -> None:
    """What is loaded now stays: not looking at it again takes a long pause out of the slowest answers."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    give_back()
