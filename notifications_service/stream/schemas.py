"""What goes in and comes out of the stream."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from notifications_service.inbox.schemas import NotificationRead
from notifications_service.stream import examples
from notifications_service.stream.narrowing import MAX_RULES, Rule, Subject
from notifications_service.topics import Topic
from shared.pagination import DEFAULT_LIMIT, MAX_LIMIT
from shared.states import AttachmentState, Change, CommentState, Membership, ProjectState, TaskState
from shared.text import Whole

TaskAction = Literal[
    "task_created",
    "task_updated",
    "task_deleted",
    "task_restored",
    "task_due_soon",
    "task_overdue",
    "comment_added",
    "comment_updated",
    "comment_deleted",
    "attachment_added",
    "attachment_deleted",
]
ProjectAction = Literal[
    "project_created",
    "project_updated",
    "project_deleted",
    "project_member_added",
    "project_member_updated",
    "project_member_removed",
]


class Hello(BaseModel):
    """The first frame of a socket. `cursor` is that of the last event the client has seen; with `subscriptions` it
    gets only what matches one of them."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"type": "auth", "token": "eyJhbGciOi...", "cursor": examples.CURSOR}]},
    )

    type: Literal["auth"]
    token: Annotated[str, Field(min_length=1, max_length=4096, repr=False)]
    cursor: str | None = None
    subscriptions: Annotated[tuple[Rule, ...], Field(max_length=MAX_RULES)] = ()


class StreamQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Annotated[str | None, Field(max_length=200, description="A cursor; `Last-Event-ID` says the same")] = None
    task_id: Annotated[Subject | None, Field(description="Only events of this task")] = None
    project_id: Annotated[Subject | None, Field(description="Only events of this project and its tasks")] = None
    type: Annotated[list[Topic], Field(max_length=50, description="Only these, by event type or what changed")] = []

    @property
    def rule(self) -> Rule:
        return Rule(task_id=self.task_id, project_id=self.project_id, events=tuple(self.type))


class EventsQuery(StreamQuery):
    after: Annotated[str | None, Field(max_length=200, description="A cursor; without it, from the oldest kept")] = None
    limit: Annotated[Whole, Field(ge=1, le=MAX_LIMIT, description="Events at a time")] = DEFAULT_LIMIT


class Update(BaseModel):
    """What every event has. `cursor` is where to go on from."""

    changes: dict[str, Change]
    event_id: UUID
    actor_id: int | None
    occurred_at: datetime
    cursor: str


class TaskUpdate(Update):
    """A version of a task, or something that hangs on one and leaves its version alone. That shows the task as
    listeners have seen it last; of two frames the higher `version` is the newer task."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.TASK_UPDATE, examples.COMMENT_ADDED]})

    type: Literal["task_update"]
    action: TaskAction
    task: TaskState
    comment: CommentState | None = None
    attachment: AttachmentState | None = None
    recipient: Annotated[int | None, Field(description="Whose reminder it is")] = None
    lead_minutes: int | None = None


class ProjectUpdate(Update):
    """A version of a project, or who came, went or has another role."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.MEMBER_ADDED]})

    type: Literal["project_update"]
    action: ProjectAction
    project: ProjectState
    member: Membership | None = None


class NotificationCreated(BaseModel):
    """A row of the inbox, as it came in. It has no cursor: after a time away the inbox is read instead."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.NOTIFICATION]})

    type: Literal["notification"]
    action: Literal["notification_created"]
    notification: NotificationRead


class Ready(BaseModel):
    """The socket is open from this cursor on; what was missed since the client's own follows."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"type": "ready", "cursor": examples.CURSOR}]})

    type: Literal["ready"]
    cursor: str


class Reset(BaseModel):
    """The client's cursor is too old: it fetches everything anew. A `ready` with a fresh cursor follows."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"type": "reset"}]})

    type: Literal["reset"]


class Subscribed(BaseModel):
    """What the socket is narrowed to from here on; empty is everything."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"type": "subscribed", "subscriptions": [{"task_id": 7}]}]}
    )

    type: Literal["subscribed"]
    subscriptions: list[Rule]


class Present(BaseModel):
    """Who is looking at a task now, oneself included; told to those who look at it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"type": "presence", "task_id": 7, "user_ids": [1, 5]}]})

    type: Literal["presence"]
    task_id: int
    user_ids: list[int]


class Pong(BaseModel):
    """The answer to a `ping`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"type": "pong"}]})

    type: Literal["pong"]


class Refusal(BaseModel):
    """A frame of the client that was understood and cannot be followed. The socket stays open."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"type": "error", "code": "task_not_found", "detail": "there is no task 7 for you"}]
        }
    )

    type: Literal["error"]
    code: Literal["invalid_frame", "too_many_subscriptions", "task_not_found"]
    detail: str


class HookData(BaseModel):
    """What the event is about, as in the frames; `changes` has the values before and after."""

    model_config = ConfigDict(extra="allow")

    task: TaskState | None = None
    project: ProjectState | None = None
    changes: dict[str, Change]
    event_id: UUID | None = None
    actor_id: int | None


class Hook(BaseModel):
    """The body of a webhook's request, signed by the Standard Webhooks specification; its id is the event's."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.HOOK]})

    type: Topic | Literal["webhook.test"]
    timestamp: datetime
    data: HookData


class Events(BaseModel):
    """`next_cursor` is where to go on from, also when there is nothing more for now."""

    items: list[TaskUpdate | ProjectUpdate]
    next_cursor: Annotated[str, Field(examples=[examples.CURSOR])]
