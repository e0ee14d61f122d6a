"""What a statement that records an event is given."""

from collections.abc import Mapping
from typing import Any

import orjson

from shared import context
from shared.responses import OPTIONS


def event_of(actor_id: int | None, changes: Mapping[str, Any] | None = None) -> tuple[Any, ...]:
    """The last parameters of a recorded statement: event id, actor, changes, request id, traceparent."""
    now = context.get()
    encoded = orjson.dumps(changes, option=OPTIONS).decode() if changes else "{}"
    return context.uuid7(), actor_id, encoded, now.request_id, now.traceparent


def event_of_many(actor_id: int | None) -> tuple[Any, ...]:
    """The same of a statement that records an event for each task it changes, and says by itself what changed."""
    now = context.get()
    return actor_id, now.request_id, now.traceparent
