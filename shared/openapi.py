"""The OpenAPI document of a service: FastAPI's, with what our conventions add to every operation."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared import scopes
from shared.tidy import for_an_address, make_exact

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `errors` comes with 422 and says where.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "examples": ["task_not_found"]},
        "request_id": {"type": "string"},
        "version": {"type": "integer", "description": "The current version, with 412."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
# What an error looks like: code and detail, by status.
EXAMPLES = {
    "401": ("unauthenticated", "Sign in, and send the access token as `Authorization: Bearer ...`."),
    "403": ("forbidden", "You may not do this."),
    "404": ("not_found", "There is nothing here, or it is not for you to see."),
    "409": ("conflict", "This contradicts what is there already."),
    "412": ("precondition_failed", "It has changed since you read it."),
    "413": ("payload_too_large", "The body is larger than this service takes."),
    "414": ("uri_too_long", "The address is too long."),
    "422": ("validation_failed", "The request is not valid: `errors` says what and where."),
    "429": ("too_many_requests", "Too many requests. Try again in a moment."),
    "503": ("unavailable", "This part is not available at the moment. Please try again."),
}
EXPECTED = {
    "304": "What you have is current",
    "401": "Not signed in",
    "403": "Not allowed",
    "404": "Not there, or not for you",
    "409": "This contradicts what is there, or the first request with this Idempotency-Key still runs",
    "412": "Changed since you read it",
    "413": "The body is too large",
    "414": "The address is too long",
    "422": "Not valid",
    "429": "Too many requests",
    "503": "Away for the moment",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a retry safe: the same key and body within 24 hours give the first answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~](?:[ -~]*[!-~])?$"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": 'The ETag that you read, such as `"3"`; 412 when it changed since.',
    "schema": {"type": "string"},
}
IF_NONE_MATCH = {**IF_MATCH, "name": "If-None-Match", "description": "The ETag that you have; 304 when it is current."}


def install(app: FastAPI) -> None:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, routes=app.routes, description=app.description)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "password": {
            "type": "oauth2",
            "flows": {"password": {"tokenUrl": "/api/auth/token", "refreshUrl": "/api/auth/refresh", "scopes": {}}},
        },
    }
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            _complete(path, method, operation)
    make_exact(document)
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Headers, errors and security as the conventions of every endpoint have them."""
    replayed = method == "post" and operation.pop("x-idempotency", None) != "no-replay"
    in_path = path.endswith("}") and not operation.pop("x-unversioned", False)
    versioned = operation.pop("x-versioned", False) or in_path
    public = operation.pop("x-public", False)
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        parameter["schema"] = for_an_address(parameter["schema"])
    if replayed:
        parameters.append(IDEMPOTENCY_KEY)
    if versioned and method in ("put", "patch", "delete"):
        parameters.append(IF_MATCH)
    if versioned and method == "get":
        parameters.append(IF_NONE_MATCH)
    _secure(operation, public)
    responses = operation["responses"]
    responses.pop("422", None)
    for status in _expected(path, method, operation, public, replayed):
        responses.setdefault(status, {"description": EXPECTED[status]})
    for status, response in responses.items():
        if status >= "4":
            response["content"] = {"application/problem+json": _problem(status, path)}


def _secure(operation: dict[str, Any], public: bool) -> None:
    wanted_scopes = operation.pop(scopes.EXTRA, None)
    if public:
        operation["security"] = []
        return
    operation["security"] = [{"bearer": list(wanted_scopes or ())}, {"password": []}]
    operation[scopes.EXTRA] = wanted_scopes
    operation["description"] = f"{operation.get('description', '')}\n\n{scopes.explain(wanted_scopes)}".strip()


def _expected(path: str, method: str, operation: dict[str, Any], public: bool, replayed: bool) -> list[str]:
    """The statuses that follow from what an operation takes."""
    parameters = operation["parameters"]
    wanted = {
        "304": IF_NONE_MATCH in parameters,
        "401": not public,
        "403": not public,
        "404": "{" in path,
        "409": replayed or (method != "get" and not public),
        "412": IF_MATCH in parameters,
        "413": "requestBody" in operation,
        "414": any(parameter["in"] == "query" for parameter in parameters),
        "422": True,
        "429": True,
        "503": True,
    }
    return [status for status, expected in wanted.items() if expected]


def _problem(status: str, path: str) -> dict[str, Any]:
    """The problem that an operation answers with this status, with an example."""
    code, detail = EXAMPLES[status]
    example: dict[str, Any] = {
        "type": f"urn:taskwire:problem:{code}",
        "title": HTTPStatus(int(status)).phrase,
        "status": int(status),
        "detail": detail,
        "instance": path.replace("{", "").replace("}", ""),
        "code": code,
        "request_id": "0a4f6c1d2b3e4f5a8b9c0d1e2f3a4b5c",
    }
    if status == "412":
        example["version"] = 4
    if status == "422":
        example["errors"] = [{"pointer": "/title", "message": "must have 1 to 200 characters"}]
    return {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
