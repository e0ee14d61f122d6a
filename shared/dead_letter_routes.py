"""Dead letters over HTTP, for administrators: the same operations for every service that takes in events."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from shared import dead_letters
from shared.database import Record, Session
from shared.dependencies import AdminUser, Id, SessionDep
from shared.errors import NotFound
from shared.pagination import Listed, Page, PageQuery, cut, page_response, start_id
from shared.responses import json_response, no_content
from shared.routing import Route
from shared.text import ID_MAX, Number

SHOWN = 65_536  # bytes of a message
UNVERSIONED = {"x-unversioned": True}
SCOPE = "dead letters"


class DeadLetterNotFound(NotFound):
    code = "dead_letter_not_found"
    detail = "There is no such dead letter: perhaps it was replayed or discarded meanwhile."


class LetterRead(BaseModel):
    """A message that could not be handled. `replay_at`: when it was asked to be tried once more."""

    id: int
    queue: str
    message_id: str
    routing_key: str
    reason: str
    attempts: int
    died_at: datetime
    replay_at: datetime | None


class LetterBody(LetterRead):
    """With the message itself, up to 64 KiB; bytes that are no text are replaced."""

    body: str


class LettersToReplay(BaseModel):
    """Which to try; all when `ids` is left out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"ids": [1, 2]}]})

    ids: Annotated[list[Annotated[Number, Field(ge=1, le=ID_MAX)]] | None, Field(min_length=1, max_length=1000)] = None


class Requested(BaseModel):
    requested: int


def router_at(prefix: str, service: str = "") -> APIRouter:
    """The operations under a prefix; `service` tells their ids from those of another service."""
    router = APIRouter(prefix=prefix, tags=["dead letters"], route_class=Route)

    @router.get(
        "",
        response_model=Page[LetterRead],
        summary="List the dead letters",
        operation_id=f"list_{service}dead_letters",
    )
    async def list_dead_letters(
        request: Request, principal: AdminUser, session: SessionDep, query: Annotated[PageQuery, Query()]
    ) -> Response:
        """For administrators: messages that this service could not handle, oldest first, with the reason."""
        return page_response(request, *await _page(session, query))

    @router.get(
        "/{letter_id}",
        response_model=LetterBody,
        summary="Inspect a dead letter",
        operation_id=f"get_{service}dead_letter",
        openapi_extra=UNVERSIONED,
    )
    async def get_dead_letter(principal: AdminUser, session: SessionDep, letter_id: Id) -> Response:
        """With the message itself."""
        return json_response(_with_text(await _get(session, letter_id)))

    @router.post(
        "/replay",
        status_code=202,
        response_model=Requested,
        summary="Try dead letters once more",
        operation_id=f"replay_{service}dead_letters",
    )
    async def replay_dead_letters(principal: AdminUser, session: SessionDep, body: LettersToReplay) -> Response:
        """The worker does it within a second; those that fail again stay, with the new reason. What was handled before
        is recognised, so a replay never does anything twice."""
        return json_response({"requested": await session.execute(dead_letters.REQUEST, body.ids)}, status=202)

    @router.delete(
        "/{letter_id}",
        status_code=204,
        summary="Discard a dead letter",
        operation_id=f"discard_{service}dead_letter",
        openapi_extra=UNVERSIONED,
    )
    async def discard_dead_letter(principal: AdminUser, session: SessionDep, letter_id: Id) -> Response:
        """For good: what it said is then never done."""
        if not await session.execute(dead_letters.DONE, letter_id):
            raise DeadLetterNotFound
        return no_content()

    return router


async def _page(session: Session, query: PageQuery) -> Listed:
    rows = await session.fetch(dead_letters.LIST, start_id(query, SCOPE, 0), query.limit + 1)
    total = await session.fetchval(dead_letters.COUNT) if query.count else None
    return *cut(rows, query, SCOPE), total


async def _get(session: Session, letter_id: int) -> Record:
    row = await session.fetchrow(dead_letters.GET, letter_id)
    if row is None:
        raise DeadLetterNotFound
    return row


def _with_text(row: Record) -> dict[str, Any]:
    """NUL has no place in some clients' texts either."""
    text = bytes(row["body"][:SHOWN]).decode("utf-8", "replace").replace("\x00", "\ufffd")
    return {**dict(row), "body": text}
