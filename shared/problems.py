"""Errors as application/problem+json: what a service raises, what FastAPI finds, and what a library throws at us."""

from http import HTTPStatus

import asyncpg
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from shared import context
from shared.database import UNAVAILABLE
from shared.errors import Problem, Unavailable, Unprocessable, problem
from shared.findings import pointers
from shared.logging import get_logger
from shared.responses import encode
from shared.trail import note_refusal

log = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "payload_too_large"}
DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is larger than this service takes.",
}


def problem_response(error: Problem, instance: str) -> Response:
    body = error.body(instance, context.get().request_id)
    return Response(encode(body), error.status, error.headers, MEDIA_TYPE)


async def on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    note_refusal(request, error)
    return problem_response(error, request.url.path)


async def on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(Unprocessable(errors=pointers(error.errors())), request.url.path)


async def on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    code = CODES.get(status, "http_error")
    body = problem(status, code, DETAILS.get(status, str(error.detail)), request.url.path, context.get().request_id)
    headers = {"Allow": ", ".join(allowed(request))} if status == HTTPStatus.METHOD_NOT_ALLOWED else error.headers
    return Response(encode(body), status, headers, MEDIA_TYPE)


def allowed(request: Request) -> list[str]:
    """The methods of an address: those of all its routes, where Starlette names only the first one's; and HEAD, which
    goes wherever GET does."""
    routes = (
        r for r in request.app.router.routes if isinstance(r, Route) and r.matches(request.scope)[0] != Match.NONE
    )
    methods = {method for route in routes for method in route.methods or ()}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


async def on_database_away(request: Request, error: Exception) -> Response:
    log.warning("database unavailable", error=repr(error), path=request.url.path)
    return problem_response(Unavailable(), request.url.path)


async def on_bad_value(request: Request, error: Exception) -> Response:
    """A value that passed our checks and that PostgreSQL will not store: the caller's mistake, and a gap in ours."""
    log.error("value refused by the database", error=str(error), path=request.url.path)
    return problem_response(Unprocessable("A value is out of the range that can be stored."), request.url.path)


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(asyncpg.DataError, on_bad_value)
    for error in UNAVAILABLE:
        app.add_exception_handler(error, on_database_away)  # type: ignore[arg-type]
