"""The stream as a list, and as Server-Sent Events."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from notifications_service.stream import log
from notifications_service.stream.log import Position
from notifications_service.stream.schemas import Events, EventsQuery, StreamQuery
from notifications_service.stream.sse import EventStream
from shared.dependencies import CurrentUser, SessionDep
from shared.errors import Unprocessable
from shared.responses import json_response
from shared.routing import Route

router = APIRouter(tags=["live updates"], route_class=Route)

LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last event seen; what was missed since comes first. Browsers send it by themselves.",
    "schema": {"type": "string", "maxLength": 200},
}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events until one of us hangs up",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("/api/events", response_model=Events, summary="List events after a cursor")
async def list_events(principal: CurrentUser, session: SessionDep, query: Annotated[EventsQuery, Query()]) -> Response:
    """What you may see, in order, each item as sockets get it, and in the same cursors. Events are kept for
    `STREAM_RETENTION_DAYS`; a cursor that is older, or of another stream, is answered with 410: read your tasks anew.
    Ask again with `next_cursor`, which is never null, to go on. `type` may be repeated; `task.assigned`,
    `task.unassigned` and `task.completed` mean changes by which that happened."""
    after = _position(query.after, "/after")
    page = await log.read(session, principal, after, query.limit, only=query.rule)
    items = [orjson.Fragment(frame.text) for frame in page.frames]
    return json_response({"items": items, "next_cursor": str(page.end)})


@router.get(
    "/api/events/stream",
    response_class=Response,
    responses=STREAM,
    summary="Follow events",
    openapi_extra={"parameters": [LAST_EVENT_ID]},
)
async def stream_events(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[StreamQuery, Query()]
) -> Response:
    """The same as the WebSocket, as Server-Sent Events: each `data` is one of its frames, each `id` a cursor. First
    comes `ready`, or `reset` and `ready` when the cursor is too old and everything has to be read anew, then what was
    missed, then what happens. An event named `close` says why the stream ends, with the code that a socket has."""
    named = query.after is not None
    cursor = query.after if named else request.headers.get("last-event-id")
    _position(cursor, "/after" if named else "/Last-Event-ID")
    state = request.app.state
    return EventStream(state.hub, session, principal, lambda: state.verifier.verify(request), cursor, query.rule)


def _position(cursor: str | None, pointer: str) -> Position | None:
    position = None if cursor is None else Position.parse(cursor)
    if cursor is not None and position is None:
        raise Unprocessable.at(pointer, "is not a cursor of the stream")
    return position
