"""The published language: every event that leaves a service, as a CloudEvents 1.0 envelope around typed data.

An event is a fact in the past tense. There is one for each committed version of a task, and what was assigned, moved or
completed stands in its `changes`. It carries the state and the audience (the ids that may see it), so that nobody who
consumes it has to ask back. A breaking change gets a new type (`task.created.v2`); added fields do not break, because
readers ignore what they do not know.
"""

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

EXCHANGE = "taskwire.events"

Data = TypeVar("Data", bound=BaseModel)


class Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Fact, Generic[Data]):
    """The envelope. `type` is the routing key; `version` is that of the subject; `actor` is null for the system."""

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    data: Data
    actor: int | None = None
    audience: list[int] = []
    version: int | None = None
    requestid: str = ""
    traceparent: str = ""


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


class TaskCreated(Event[TaskChange]):
    """A task was made."""

    type: Literal["task.created"] = "task.created"


class TaskUpdated(Event[TaskChange]):
    """A task was changed: assigned, moved, completed or only reworded, as its `changes` say."""

    type: Literal["task.updated"] = "task.updated"


class TaskDeleted(Event[TaskChange]):
    """A task went to the trash."""

    type: Literal["task.deleted"] = "task.deleted"


class TaskRestored(Event[TaskChange]):
    """A task came back from the trash."""

    type: Literal["task.restored"] = "task.restored"


class TaskDueSoon(Event[TaskDue]):
    """A task's due date comes near."""

    type: Literal["task.due_soon"] = "task.due_soon"


class TaskOverdue(Event[TaskDue]):
    """A task's due date is over and the task is not done."""

    type: Literal["task.overdue"] = "task.overdue"


class CommentAdded(Event[CommentChange]):
    """Somebody wrote a comment."""

    type: Literal["comment.added"] = "comment.added"


class CommentUpdated(Event[CommentChange]):
    """A comment has other words, or somebody reacted to it."""

    type: Literal["comment.updated"] = "comment.updated"


class CommentDeleted(Event[CommentChange]):
    """A comment is gone."""

    type: Literal["comment.deleted"] = "comment.deleted"


class AttachmentAdded(Event[AttachmentChange]):
    """A file hangs on a task."""

    type: Literal["attachment.added"] = "attachment.added"


class AttachmentDeleted(Event[AttachmentChange]):
    """A file is gone."""

    type: Literal["attachment.deleted"] = "attachment.deleted"


class ProjectCreated(Event[ProjectChange]):
    """A project was made."""

    type: Literal["project.created"] = "project.created"


class ProjectUpdated(Event[ProjectChange]):
    """A project has another name, description or state."""

    type: Literal["project.updated"] = "project.updated"


class ProjectDeleted(Event[ProjectChange]):
    """A project is gone; its tasks went to the trash."""

    type: Literal["project.deleted"] = "project.deleted"


class ProjectMemberAdded(Event[MemberChange]):
    """Somebody belongs to a project now."""

    type: Literal["project.member_added"] = "project.member_added"


class ProjectMemberUpdated(Event[MemberChange]):
    """Somebody has another role in a project."""

    type: Literal["project.member_updated"] = "project.member_updated"


class ProjectMemberRemoved(Event[MemberChange]):
    """Somebody does not belong to a project any more."""

    type: Literal["project.member_removed"] = "project.member_removed"


class UserRegistered(Event[UserState]):
    """Somebody has a new account."""

    type: Literal["user.registered"] = "user.registered"


class UserUpdated(Event[UserState]):
    """An account has a new profile, role or address."""

    type: Literal["user.updated"] = "user.updated"


class UserDeactivated(Event[UserState]):
    """An account may not sign in any more."""

    type: Literal["user.deactivated"] = "user.deactivated"


class SessionRevoked(Event[RevokedSessions]):
    """Somebody signed out, or was signed out."""

    type: Literal["session.revoked"] = "session.revoked"


TaskEvent = TaskCreated | TaskUpdated | TaskDeleted | TaskRestored
ReminderEvent = TaskDueSoon | TaskOverdue
CommentEvent = CommentAdded | CommentUpdated | CommentDeleted
AttachmentEvent = AttachmentAdded | AttachmentDeleted
ProjectEvent = ProjectCreated | ProjectUpdated | ProjectDeleted
MemberEvent = ProjectMemberAdded | ProjectMemberUpdated | ProjectMemberRemoved
UserEvent = UserRegistered | UserUpdated | UserDeactivated
Known = (
    TaskEvent | ReminderEvent | CommentEvent | AttachmentEvent | ProjectEvent | MemberEvent | UserEvent | SessionRevoked
)
AnyEvent = Annotated[Known, Field(discriminator="type")]

_READER: TypeAdapter[Known] = TypeAdapter(AnyEvent)


def read(body: bytes) -> Known:
    """The event in a message. Raises pydantic.ValidationError for anything that is not one of those above."""
    return _READER.validate_json(body)
