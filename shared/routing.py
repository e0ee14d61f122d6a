"""Route: FastAPI's declarations, bound in one pass.

FastAPI's general solver takes as long as the rest of a small request, so the declarations that nearly all our
operations use are bound here directly: dependencies that are coroutines of the request alone, path parameters, a
model of the query string, one JSON body. They are resolved in that order, so a caller who is not signed in learns
nothing about the parameters. Whatever else an operation declares (forms, files, dependencies with `yield`) falls
back to FastAPI's own handler. The OpenAPI document comes from the same declarations either way.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import cache
from re import Pattern
from typing import Any, get_origin
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from shared import idempotency, scopes
from shared.dependencies import admin_user
from shared.errors import UnsupportedMediaType

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Route(APIRoute):
    """`handle` calls what was bound, without the exit stacks that only FastAPI's own handler needs. The name of the
    function is the operation id. `token_scopes` are what a personal access token needs here, see `shared.scopes`.
    `narrower` are addresses that other routes have to themselves although this one's template fits them."""

    bound: Handler | None = None
    narrower: tuple[Pattern[str], ...] = ()
    token_scopes: tuple[str, ...] | None = None

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        operation_id = options.pop("operation_id", None) or endpoint.__name__
        super().__init__(path, endpoint, operation_id=operation_id, **options)
        self.token_scopes = scopes.needed(self.tags, self.methods or (), self.openapi_extra)
        if any(dependency.call is admin_user for dependency in self.dependant.dependencies):
            self.token_scopes = scopes.with_admin(self.token_scopes)
        self.openapi_extra = {**(self.openapi_extra or {}), scopes.EXTRA: self.token_scopes}

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()
        if _is_usual(self.dependant):
            handler = self.bound = self._replaying(bind(self.dependant))
            return handler
        return self._replaying(handler)

    def _replaying(self, handler: Handler) -> Handler:
        if "POST" in (self.methods or ()) and "x-idempotency" not in (self.openapi_extra or {}):
            return idempotency.replaying(handler)
        return handler

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope["path"]
        if self.path_regex.match(path) is None or any(pattern.match(path) for pattern in self.narrower):
            return Match.NONE, {}
        return super().matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.bound is None or scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        response = await self.bound(Request(scope, receive, send))
        await response(scope, receive, send)


def separate(routes: Sequence[BaseRoute]) -> None:
    """Keeps addresses apart: `DELETE /api/tasks/sync` is 405 and not a task whose id is `sync`."""
    ours = [route for route in routes if isinstance(route, Route)]
    for route in ours:
        fitting = (other for other in ours if "{" in route.path and route.path_regex.match(other.path))
        narrower = {other.path: other.path_regex for other in fitting if not other.path_regex.match(route.path)}
        literal = [re.escape(path) for path in narrower if "{" not in path]
        patterns = [pattern for path, pattern in narrower.items() if "{" in path]
        route.narrower = (*([re.compile(f"(?:{'|'.join(literal)})$")] if literal else []), *patterns)


def _is_usual(dependant: Dependant) -> bool:
    return (
        len(dependant.body_params) <= 1
        and all(_body_model(field) is not None for field in dependant.body_params)
        and all(_query_model(field) is not None for field in dependant.query_params)
        and not (dependant.header_params or dependant.cookie_params)
        and not (dependant.response_param_name or dependant.background_tasks_param_name)
        and not (dependant.http_connection_param_name or dependant.security_scopes_param_name)
        and all(_takes_only_the_request(dependency) for dependency in dependant.dependencies)
    )


def _takes_only_the_request(dependant: Dependant) -> bool:
    params = (dependant.path_params, dependant.query_params, dependant.header_params, dependant.body_params)
    return dependant.request_param_name == "request" and not any(params) and not dependant.dependencies


def _query_model(field: Any) -> type[BaseModel] | None:
    annotation = field.field_info.annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _body_model(field: Any) -> type[BaseModel] | None:
    annotation = field.field_info.annotation
    embedded = type(field.field_info).__name__ != "Body" or field.field_info.embed
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) and not embedded else None


def bind(dependant: Dependant) -> Handler:
    """The handler that resolves `dependant` and calls its endpoint, which must return a Response."""
    endpoint: Callable[..., Awaitable[Response]] = dependant.call  # type: ignore[assignment]
    request_name = dependant.request_param_name
    dependencies = [(d.name, d.call) for d in dependant.dependencies]
    body = next(((f.name, _body_model(f), f.default) for f in dependant.body_params), None)

    async def handle(request: Request) -> Response:
        values: dict[str, Any] = {}
        for name, dependency in dependencies:
            result = await dependency(request)  # type: ignore[misc]
            if name is not None:
                values[name] = result
        errors = _bind_parameters(dependant, request, values)
        if body is not None:
            name, model, default = body
            values[name] = await _read_body(request, model, default, errors)  # type: ignore[arg-type]
        if errors:
            raise RequestValidationError(errors)
        if request_name is not None:
            values[request_name] = request
        return await endpoint(**values)

    return handle


def _bind_parameters(dependant: Dependant, request: Request, values: dict[str, Any]) -> list[Any]:
    errors: list[Any] = []
    for field in dependant.path_params:
        values[field.name], wrong = field.validate(request.path_params[field.alias], values, loc=("path", field.alias))
        errors += wrong
    for field in dependant.query_params:
        values[field.name] = _read_query(request, _query_model(field), errors)
    return errors


def _read_query(request: Request, model: type[BaseModel] | None, errors: list[Any]) -> BaseModel | None:
    """The validated query string. A list field takes all values of its name, any other the last one."""
    assert model is not None
    given: dict[str, Any] = {}
    for name, value in parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True):
        if name in _list_fields(model):
            given.setdefault(name, []).append(value)
        else:
            given[name] = value
    try:
        return model.model_validate(given)
    except ValidationError as error:
        errors += [{**e, "loc": ("query", *e["loc"])} for e in error.errors(include_url=False, include_input=False)]
        return None


@cache
def _list_fields(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if get_origin(field.annotation) is list)


async def _read_body(request: Request, model: type[BaseModel], default: Any, errors: list[Any]) -> BaseModel | None:
    """The validated body; the parameter's default for none at all, if it has one. Parsed by pydantic-core, which bounds
    depth and number length and refuses bad UTF-8."""
    content = await request.body()
    if not content and isinstance(default, model):
        return default
    content_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if content_type != "application/json" and not content_type.endswith("+json"):
        raise UnsupportedMediaType
    try:
        return model.model_validate_json(content or b"null")
    except ValidationError as error:
        errors += [{**e, "loc": ("body", *e["loc"])} for e in error.errors(include_url=False, include_input=False)]
        return None
