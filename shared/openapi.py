"""The OpenAPI document of a service: FastAPI's, with what our conventions add to every operation."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared import scopes

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
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a retry safe: the same key and body within 24 hours give the first answer again.",
    "schema": {"type": "string", "maxLength": 255},
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
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Headers, errors and security as the conventions of every endpoint have them."""
    parameters = operation.setdefault("parameters", [])
    if method == "post":
        parameters.append(IDEMPOTENCY_KEY)
    versioned = (path.endswith("}") and not operation.pop("x-unversioned", False)) or operation.pop(
        "x-versioned", False
    )
    if versioned and method in ("put", "patch", "delete"):
        parameters.append(IF_MATCH)
    if versioned and method == "get":
        parameters.append(IF_NONE_MATCH)
    public = operation.pop("x-public", False)
    wanted_scopes = operation.pop(scopes.EXTRA, None)
    if public:
        operation["security"] = []
    else:
        operation["security"] = [{"bearer": list(wanted_scopes or ())}, {"password": []}]
        operation[scopes.EXTRA] = wanted_scopes
        operation["description"] = f"{operation.get('description', '')}\n\n{scopes.explain(wanted_scopes)}".strip()
    responses = operation["responses"]
    responses.pop("422", None)
    wanted = {"422": "Not valid", "429": "Too many requests", "503": "Away for the moment"}
    if not public:
        wanted |= {"401": "Not signed in", "403": "Not allowed"}
    if "{" in path:
        wanted["404"] = "Not there, or not for you"
    if parameters and parameters[-1] is IF_MATCH:
        wanted["412"] = "Changed since you read it"
    for status, description in sorted(wanted.items()):
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses.setdefault(status, {"description": description, "content": content})
