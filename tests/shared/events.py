"""Events and messages as the services publish them."""

from __future__ import annotations

from typing import Any

import orjson

from shared.bus import Message
from shared.context import uuid7


def user_event(user_id: int = 1, version: int = 1, event_type: str = "user.updated", **changed: Any) -> dict[str, Any]:
    """The envelope of an event about a user."""
    data = {
        "id": user_id,
        "username": f"user{user_id}",
        "full_name": "",
        "email": f"user{user_id}@example.com",
        "role": "user",
        "timezone": "UTC",
        "locale": "en",
        "is_active": True,
        "version": version,
    }
    return {
        "specversion": "1.0",
        "id": str(uuid7()),
        "source": "/users",
        "type": event_type,
        "subject": f"user/{user_id}",
        "time": "2026-01-01T00:00:00Z",
        "datacontenttype": "application/json",
        "data": {**data, **changed},
        "version": version,
    }


def message_with(event: dict[str, Any]) -> Message:
    return Message(event["id"], event["type"], orjson.dumps(event))


def user_message(user_id: int = 1, version: int = 1, event_type: str = "user.updated", **changed: Any) -> Message:
    return message_with(user_event(user_id, version, event_type, **changed))
