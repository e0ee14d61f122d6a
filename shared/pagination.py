"""Keyset pages: a cursor names the last row seen, so a walk neither skips nor repeats while others write."""

import base64
import binascii
import hashlib
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import quote

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from shared.errors import Unprocessable
from shared.responses import json_response
from shared.text import Whole

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Mapping[str, Any])
Listed = tuple[Sequence[Any], str | None, int | None]
"""What a list comes to: a page, the cursor of the next one (None on the last), and the total if it was asked for."""

CURSOR_PARAMETER = re.compile("(?:^|(?<=&))cursor=[^&]*&?|&cursor=[^&]*$")
URI = string.ascii_letters + string.digits + "%-._~!$&'()*+,;=:@/?"  # what stands in an address as it is
CURSOR = "^[A-Za-z0-9_-]+$"
DEFAULT_LIMIT = 50
MAX_LIMIT = 100


class Page(BaseModel, Generic[Item]):
    """A page of a list. `next_cursor` is null on the last one; `total` is there with `?count=true`."""

    items: list[Item]
    next_cursor: str | None
    total: int | None = None


class PageQuery(BaseModel):
    """The parameters of every list; a list's own filters are added by deriving. Unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[Whole, Field(ge=1, le=MAX_LIMIT, description="Rows on a page")] = DEFAULT_LIMIT
    cursor: Annotated[
        str | None, Field(max_length=2000, pattern=CURSOR, description="`next_cursor` of the page before")
    ] = None
    count: Annotated[bool, Field(description="Add `total`, the number of rows on all pages")] = False


@dataclass(slots=True, frozen=True)
class Cursor:
    """The sort value and the id of the last row, tied to the sort and the filters it was made with."""

    value: Any
    id: int

    def encode(self, scope: str) -> str:
        text = orjson.dumps([_digest(scope), self.value, self.id], default=str)  # the driver's UUIDs
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, scope: str, parse: Callable[[Any], Any]) -> "Cursor":
        """Refuses, with 422, what was not made by `encode` for the same sort and filters."""
        try:
            digest, value, row_id = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if digest != _digest(scope) or type(row_id) is not int or not 0 <= row_id < 2**63:
                raise ValueError(text)
            return cls(None if value is None else parse(value), row_id)
        except (ValueError, TypeError, binascii.Error, UnicodeEncodeError):
            message = "is not a cursor of this list with these filters and this sort"
            raise Unprocessable.at("/cursor", message) from None


def _digest(scope: str) -> str:
    return hashlib.blake2s(scope.encode(), digest_size=6).hexdigest()


def start_id(query: PageQuery, scope: str, first: int) -> int:
    """The id next to which the page begins, in a list in the order of ids; `first` for the first page."""
    return first if query.cursor is None else Cursor.decode(query.cursor, scope, str).id


def cut(
    rows: Sequence[Row], query: PageQuery, scope: str, *, key: str | None = None, by: str | None = "id"
) -> tuple[Sequence[Row], str | None]:
    """The page, out of rows of which one more was read, and the cursor of the next one: it holds the columns `key`,
    the sort value, and `by`, the id."""
    page = rows[: query.limit]
    if len(rows) <= query.limit:
        return page, None
    last = page[-1]
    return page, Cursor(last[key] if key else None, last[by] if by else 0).encode(scope)


def page_response(
    request: Request, items: Sequence[Any], next_cursor: str | None, total: int | None = None
) -> Response:
    """The page as JSON, with the next one in a Link header as well."""
    body: dict[str, Any] = {"items": items, "next_cursor": next_cursor}
    if total is not None:
        body["total"] = total
    headers = {}
    if next_cursor:
        query = CURSOR_PARAMETER.sub("", request.scope["query_string"].decode("latin-1"))
        address = quote(f"{request.scope['path']}?{query}&cursor={next_cursor}".replace("?&", "?"), safe=URI)
        headers["Link"] = f'<{address}>; rel="next"'
    return json_response(body, headers=headers)
