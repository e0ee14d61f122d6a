"""The stream as a list."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

from notifications_service.stream import log
from notifications_service.stream.log import Position
from notifications_service.stream.schemas import Events, EventsQuery
from shared.dependencies import CurrentUser, SessionDep
from shared.errors import Unprocessable
from shared.responses import json_response
from shared.routing import Route

router = APIRouter(tags=["live updates"], route_class=Route)


@router.get("/api/events", response_model=Events, summary="List events after a cursor")
async def list_events(principal: CurrentUser, session: SessionDep, query: Annotated[EventsQuery, Query()]) -> Response:
    """What you may see, in order, each item as sockets get it, and in the same cursors. Events are kept for
    `STREAM_RETENTION_DAYS`; a cursor that is older, or of another stream, is answered with 410: read your tasks anew.
    Ask again with `next_cursor`, which is never null, to go on."""
    after = None
    if query.after is not None:
        after = Position.parse(query.after)
        if after is None:
            raise Unprocessable.at("/after", "is not a cursor of the stream")
    page = await log.read(session, principal, after, query.limit)
    items = [orjson.Fragment(frame.text) for frame in page.frames]
    return json_response({"items": items, "next_cursor": str(page.end)})
