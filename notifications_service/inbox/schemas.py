"""What goes in and comes out of the inbox's operations."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from notifications_service.inbox.kinds import Kind
from shared.pagination import PageQuery


class NotificationRead(BaseModel):
    """One notification. `message` is a plain sentence, `actor_id` who did it: null for the system."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 42,
                    "kind": "task_assigned",
                    "message": "Ann Lee assigned you “Write the plan”",
                    "task_id": 7,
                    "project_id": None,
                    "actor_id": 1,
                    "event_id": "01936f2e-7b6c-7d3e-a1b2-c3d4e5f60718",
                    "is_read": False,
                    "created_at": "2026-11-21T09:30:00.125000Z",
                }
            ]
        }
    )

    id: int
    kind: Kind
    message: str
    task_id: int | None
    project_id: int | None
    actor_id: int | None
    event_id: UUID
    is_read: bool
    created_at: datetime


class NotificationFilter(PageQuery):
    sort: Annotated[Literal["created_at", "-created_at"], Field(description="`-` is newest first")] = "-created_at"
    is_read: Annotated[bool | None, Field(description="Only those that are (or are not) read")] = None
    kind: Annotated[list[Kind], Field(max_length=20, description="Only these kinds")] = []


class NotificationUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"is_read": True}]})

    is_read: StrictBool


class UnreadCount(BaseModel):
    count: int


class ReadAll(BaseModel):
    """How many were unread before."""

    updated: int
