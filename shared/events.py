"""The published language: every event that leaves a service, as a CloudEvents 1.0 envelope around typed data.

An event is a fact in the past tense. There is one for each committed version of a task, and what was assigned, moved or
completed stands in its `changes`. It carries the state and the audience (the ids that may see it), so that nobody who
consumes it has to ask back. A breaking change gets a new type (`task.created.v2`); added fields do not break, because
readers ignore what they do not know.
"""

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from shared.states import (
    AttachmentChange,
    CommentChange,
    Fact,
    MemberChange,
    ProjectChange,
    RevokedSessions,
    TaskChange,
    TaskDue,
    UserState,
)

EXCHANGE = "taskwire.events"

Data = TypeVar("Data", bound=BaseModel)


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
