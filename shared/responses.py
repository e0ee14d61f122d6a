"""Answers as bytes: rows come out of SQL in the shape of the wire and go through orjson, nothing in between."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.responses import Response

from shared.conditional import Preconditions, etag

OPTIONS = orjson.OPT_UTC_Z


def _default(value: Any) -> Any:
    if isinstance(value, asyncpg.Record):
        return dict(value)
    if isinstance(value, UUID):  # asyncpg's own subclass, which orjson does not take for one
        return str(value)
    raise TypeError(type(value))


def encode(value: Any) -> bytes:
    return orjson.dumps(value, default=_default, option=OPTIONS)


def json_response(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(encode(body), status, headers, "application/json")


def no_content() -> Response:
    return Response(status_code=204)


def resource(row: Mapping[str, Any], preconditions: Preconditions) -> Response:
    """A single resource with its ETag, or 304 when the client has this version already."""
    headers = etag(row["version"])
    if preconditions.unchanged(row["version"]):
        return Response(status_code=304, headers=headers)
    return json_response(row, headers=headers)


def changed(row: Mapping[str, Any]) -> Response:
    """A single resource after a write, with its new ETag."""
    return json_response(row, headers=etag(row["version"]))


def created(row: Mapping[str, Any], location: str) -> Response:
    headers = {"Location": location}
    if "version" in row:
        headers |= etag(row["version"])
    return json_response(row, status=201, headers=headers)
