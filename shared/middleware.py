"""The one middleware, in plain ASGI: request id, trailing slashes, headers, metrics, and what went wrong."""

import time
from http import HTTPStatus
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import context
from shared.context import RequestContext
from shared.errors import Problem
from shared.logging import get_logger
from shared.metrics import Metrics
from shared.problems import problem_response
from shared.trail import note_act

log = get_logger(__name__)

SAFE = {"GET", "HEAD", "OPTIONS"}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class RequestMiddleware:
    def __init__(self, app: ASGIApp, metrics: Metrics, state: Any) -> None:
        self._app, self._metrics, self._state = app, metrics, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scope["method"] == "HEAD":  # GET without its body, wherever there is GET
                scope, send = {**scope, "method": "GET"}, without_body(send)
            await self._serve(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request_context = context_of(scope)
        context.current.set(request_context)
        scope["path"] = without_slash(scope["path"])
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] += [(b"x-request-id", request_context.request_id.encode())]
                if not any(name == b"cache-control" for name, _ in message["headers"]):
                    message["headers"].append((b"cache-control", b"no-store"))
                if self._state.draining:
                    MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request failed", method=scope["method"], path=scope["path"])
            if status == 0:
                await problem_response(Problem(), scope["path"])(scope, receive, send_with_headers)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = getattr(scope.get("route"), "path", "unmatched")
            self._metrics.answered(method, route, status, time.perf_counter() - started)
            if self._state.notes_acts and status < HTTPStatus.BAD_REQUEST and method not in SAFE:
                note_act(self._state.trail, scope)


def without_body(send: Send) -> Send:
    """Passes on how an answer begins, and ends it there: a stream would go on for ever."""

    async def send_beginning(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b""})

    return send_beginning


def without_slash(path: str) -> str:
    """`/api/tasks/` is `/api/tasks`, without a redirect."""
    return path.rstrip("/") or "/"


def context_of(scope: Scope) -> RequestContext:
    """The gateway overwrites X-Real-IP; what the client sent under other names (X-Forwarded-For) is never read."""
    request_id = traceparent = None
    address = scope["client"][0] if scope.get("client") else ""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            request_id = value.decode("latin-1")
        elif name == b"traceparent":
            traceparent = value.decode("latin-1")
        elif name == b"x-real-ip":
            address = value.decode("latin-1")
    return RequestContext.of(request_id, traceparent, address)
