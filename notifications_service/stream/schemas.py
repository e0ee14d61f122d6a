"""What goes in and comes out of the stream."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from notifications_service.inbox.schemas import NotificationRead
from shared.events import Change, TaskState
from shared.pagination import DEFAULT_LIMIT, MAX_LIMIT


class Hello(BaseModel):
    """The first frame of a socket. `cursor` is that of the last event the client has seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["auth"]
    token: Annotated[str, Field(min_length=1, max_length=4096, repr=False)]
    cursor: str | None = None


class EventsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Annotated[str | None, Field(max_length=200, description="A cursor; without it, from the oldest kept")] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Events at a time")] = DEFAULT_LIMIT


class TaskUpdate(BaseModel):
    """A version of a task, as sockets get it too."""

    type: Literal["task_update"]
    action: Literal["task_created", "task_updated", "task_deleted", "task_restored"]
    task: TaskState
    changes: dict[str, Change]
    event_id: UUID
    actor_id: int | None
    occurred_at: datetime
    cursor: str


class NotificationCreated(BaseModel):
    """A row of the inbox, as it came in. It has no cursor: after a time away the inbox is read instead."""

    type: Literal["notification"]
    action: Literal["notification_created"]
    notification: NotificationRead


class Ready(BaseModel):
    """The socket is open from this cursor on; what was missed since the client's own follows."""

    type: Literal["ready"]
    cursor: str


class Reset(BaseModel):
    """The client's cursor is too old: it fetches everything anew. A `ready` with a fresh cursor follows."""

    type: Literal["reset"]


class Events(BaseModel):
    """`next_cursor` is where to go on from, also when there is nothing more for now."""

    items: list[TaskUpdate]
    next_cursor: Annotated[str, Field(examples=["5f0c9a1d2e3b-1042"])]
