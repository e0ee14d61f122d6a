"""The short way to an operation: found by its address in a dictionary, called without FastAPI's layers in between.

Starlette tries the pattern of one route after the other and wraps each request in five more coroutines, which took as
long as all that a small operation does. Here is only what is certain: a method and an address that is written out, or
whose parameters are numbers, of a `Route` that binds itself. All else (other methods, other addresses, forms, files)
goes the long way and is answered there, so there is one place that says no.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from shared.middleware import without_slash
from shared.routing import Route

PARAMETER = re.compile(r"\{\w+\}")
NUMBER = re.compile(r"(?<=/)[0-9]+(?![^/])")
ANY = "{}"


class Operations:
    """The operations of `app` as an ASGI application, for the requests that it `takes`."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._written_out, self._numbered = _by_address(app.router.routes)

    def takes(self, scope: Scope) -> bool:
        """Whether this is the way to the request's operation, which the scope names from then on."""
        method, path = scope["method"], without_slash(scope["path"])
        route, parameters = self._written_out.get((method, path)), {}
        if route is None:
            route = self._numbered.get((method, NUMBER.sub(ANY, path)))
            if route is None:
                return False
            parameters = dict(zip(route.param_convertors, NUMBER.findall(path), strict=False))
            if len(parameters) != len(route.param_convertors):  # the client wrote a brace itself
                return False
        scope["app"], scope["route"], scope["path_params"] = self._app, route, parameters
        return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            response = await scope["route"].bound(request)
        except Exception as error:
            response = await self._answer(request, error)
        await response(scope, receive, send)

    async def _answer(self, request: Request, error: Exception) -> Response:
        """As the application's handler for this kind of error says it."""
        handlers: Mapping[Any, Any] = self._app.exception_handlers
        handler = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
        if handler is None:
            raise error
        response: Response = await handler(request, error)
        return response


def _by_address(routes: Iterable[BaseRoute]) -> tuple[dict[tuple[str, str], Route], dict[tuple[str, str], Route]]:
    """Routes by method and address: those without parameters, and those with, which stand there as `{}`. Of several at
    one address the first counts, as it does on the long way."""
    written_out: dict[tuple[str, str], Route] = {}
    numbered: dict[tuple[str, str], Route] = {}
    for route in routes:
        if isinstance(route, Route):
            place = numbered if route.param_convertors else written_out
            for method in route.methods or ():
                place.setdefault((method, PARAMETER.sub(ANY, route.path)), route)
    return _bound(written_out), _bound(numbered)


def _bound(routes: dict[tuple[str, str], Route]) -> dict[tuple[str, str], Route]:
    return {address: route for address, route in routes.items() if route.bound is not None}
