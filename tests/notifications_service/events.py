"""Events as the other services publish them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from shared.bus import Message
from shared.context import uuid7

task_ids = itertools.count(1)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def task_event(
    kind: str = "created",
    *,
    task_id: int | None = None,
    version: int = 1,
    creator: int = 1,
    actor: int | None = 1,
    assignees: Sequence[int] = (),
    audience: Sequence[int] | None = None,
    changes: dict[str, Any] | None = None,
    event_id: UUID | None = None,
    **state: Any,
) -> dict[str, Any]:
    """The envelope of `task.<kind>`. Without `audience`, creator and assignees may see it."""
    task_id = task_id or next(task_ids)
    task = {
        "id": task_id,
        "title": "Write the plan",
        "description": "",
        "status": "todo",
        "priority": "medium",
        "assignee_ids": list(assignees),
        "created_by": creator,
        "position": "a",
        "created_at": NOW,
        "updated_at": NOW,
        "version": version,
        **state,
    }
    return {
        "specversion": "1.0",
        "id": event_id or uuid7(),
        "source": "/tasks",
        "type": f"task.{kind}",
        "subject": f"task/{task_id}",
        "time": NOW,
        "datacontenttype": "application/json",
        "data": {"task": task, "changes": changes or {}},
        "actor": actor,
        "audience": sorted({creator, *assignees} if audience is None else audience),
        "version": version,
        "requestid": "",
        "traceparent": "",
    }


def change(before: Any, after: Any) -> dict[str, Any]:
    return {"from": before, "to": after}


def user_event(user_id: int, username: str, full_name: str = "", version: int = 1) -> dict[str, Any]:
    data = {
        "id": user_id,
        "username": username,
        "full_name": full_name,
        "email": f"{username}@example.com",
        "role": "user",
        "timezone": "UTC",
        "locale": "en",
        "is_active": True,
        "version": version,
    }
    return _envelope("user.registered", f"user/{user_id}", data)


def revoked(user_id: int, session_ids: Sequence[UUID], everything: bool = False) -> dict[str, Any]:
    data = {"user_id": user_id, "session_ids": list(session_ids), "everything": everything}
    return _envelope("session.revoked", f"session/{user_id}", data)


def _envelope(kind: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "source": "/users",
        "type": kind,
        "subject": subject,
        "time": NOW,
        "data": data,
    }


def message(event: dict[str, Any]) -> Message:
    return Message(str(event["id"]), event["type"], orjson.dumps(event))
