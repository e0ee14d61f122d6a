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
    watchers: Sequence[int] = (),
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
        "data": {"task": task, "changes": changes or {}, "watchers": list(watchers)},
        "actor": actor,
        "audience": sorted({creator, *assignees} if audience is None else audience),
        "version": version,
        "requestid": "",
        "traceparent": "",
    }


def comment_event(
    kind: str = "added",
    *,
    mentioned: Sequence[int] = (),
    watchers: Sequence[int] = (),
    body: str = "Looks good.",
    **task: Any,
) -> dict[str, Any]:
    """The envelope of `comment.<kind>`, about a task as `task_event` makes it."""
    event = task_event("updated", **task)
    shown = event["data"]["task"]
    comment = {
        "id": shown["id"] * 1000,
        "task_id": shown["id"],
        "author_id": event["actor"],
        "body": body,
        "created_at": NOW,
        "updated_at": NOW,
        "version": 1,
    }
    data = {"comment": comment, "task": shown, "mentioned": list(mentioned), "watchers": list(watchers)}
    return {**event, "type": f"comment.{kind}", "subject": f"comment/{comment['id']}", "data": data}


def due_event(
    kind: str, recipient: int, *, lead_minutes: int | None = None, audience: Sequence[int] | None = None, **task: Any
) -> dict[str, Any]:
    """The envelope of `task.due_soon` or `task.overdue`."""
    event = task_event("updated", **task)
    data = {"task": event["data"]["task"], "recipient": recipient, "lead_minutes": lead_minutes}
    seen_by = [recipient] if audience is None else list(audience)
    return {**event, "type": f"task.{kind}", "actor": None, "audience": seen_by, "data": data}


def member_event(kind: str, user_id: int, *, actor: int | None = 1, project_id: int = 1) -> dict[str, Any]:
    """The envelope of `project.member_<kind>`."""
    project = {
        "id": project_id,
        "key": "WEB",
        "name": "Website",
        "description": "",
        "archived": False,
        "created_at": NOW,
        "version": 1,
    }
    data = {"project": project, "member": {"user_id": user_id, "role": "member"}}
    event = _envelope(f"project.member_{kind}", f"project/{project_id}", data)
    return {**event, "actor": actor, "audience": [user_id, *([actor] if actor else [])]}


def change(before: Any, after: Any) -> dict[str, Any]:
    return {"from": before, "to": after}


def user_event(user_id: int, username: str, full_name: str = "", version: int = 1, **state: Any) -> dict[str, Any]:
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
        **state,
    }
    return _envelope("user.registered" if version == 1 else "user.updated", f"user/{user_id}", data)


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
