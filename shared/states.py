"""What the events of `shared.events` carry: the state of their subject, and what changed. Readers ignore what they do
not know, so fields are added and never taken away."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Subtasks(Fact):
    """How many direct children a task has, and how many of them are completed."""

    total: int = 0
    completed: int = 0


class TaskState(Fact):
    """A task as the API shows it, at one version."""

    id: int
    key: str | None = None
    project_id: int | None = None
    parent_id: int | None = None
    title: str
    description: str
    status: Literal["todo", "in_progress", "completed", "archived"]
    status_id: int | None = None
    priority: Literal["low", "medium", "high", "urgent"]
    due_date: date | None = None
    assignee_ids: list[int]
    assigned_user: int | None = None
    created_by: int
    labels: list[str] = []
    estimate_minutes: int | None = None
    position: str
    recurrence: str | None = None
    custom_fields: dict[str, Any] = {}
    blocked_by: list[int] = []
    subtasks: Subtasks = Subtasks()
    client_id: UUID | None = None
    completed_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    version: int


class Change(BaseModel):
    """One field's value before and after."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    before: Annotated[Any, Field(alias="from")] = None
    after: Annotated[Any, Field(alias="to")] = None


class TaskChange(Fact):
    """The state after the change, and what changed: empty for a task that was made, deleted or restored. `watchers`
    are told of it although they have no part in it."""

    task: TaskState
    changes: dict[str, Change] = {}
    watchers: list[int] = []


class TaskDue(Fact):
    """Whose reminder this is: one event for each recipient and due date."""

    task: TaskState
    recipient: int
    lead_minutes: int | None = None  # a reminder of their own, this long before; None for the one that everybody gets


class CommentState(Fact):
    """A comment as the API shows it, at one version."""

    id: int
    task_id: int
    author_id: int
    body: str
    reactions: dict[str, list[int]] = {}  # who reacted, by emoji
    created_at: datetime
    updated_at: datetime
    version: int


class CommentChange(Fact):
    """The comment and its task; `mentioned` are those named for the first time, all of whom may see the task."""

    comment: CommentState
    task: TaskState
    mentioned: list[int] = []
    watchers: list[int] = []


class AttachmentState(Fact):
    """A file as the API shows it: `size` in bytes, `sha256` in hex."""

    id: int
    task_id: int
    filename: str
    content_type: str
    size: int
    sha256: str
    created_by: int
    created_at: datetime


class AttachmentChange(Fact):
    attachment: AttachmentState
    task: TaskState
    watchers: list[int] = []


class ProjectState(Fact):
    """A project as everybody in it sees it (without the caller's own role)."""

    id: int
    key: str
    name: str
    description: str
    archived: bool
    created_at: datetime
    version: int


class Membership(Fact):
    user_id: int
    role: Literal["owner", "maintainer", "member", "viewer"]


class ProjectChange(Fact):
    """The state after the change, and what changed."""

    project: ProjectState
    changes: dict[str, Change] = {}


class MemberChange(Fact):
    """Who came, went or has another role; the audience still contains who went."""

    project: ProjectState
    member: Membership


class UserState(Fact):
    id: int
    username: str
    full_name: str
    email: str
    role: Literal["admin", "user"]
    timezone: str
    locale: str
    is_active: bool
    version: int


class RevokedSessions(Fact):
    """Sessions whose tokens are dead from now on; with `everything`, all that the user has."""

    user_id: int
    session_ids: list[UUID]
    everything: bool = False
