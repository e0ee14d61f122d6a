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


class TaskState(Fact):
    """A task as the API shows it, at one version."""

    id: int
    project_id: int | None = None
    parent_id: int | None = None
    title: str
    description: str
    status: Literal["todo", "in_progress", "completed", "archived"]
    priority: Literal["low", "medium", "high", "urgent"]
    due_date: date | None = None
    assignee_ids: list[int]
    assigned_user: int | None = None
    created_by: int
    labels: list[str] = []
    estimate_minutes: int | None = None
    position: str
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
    """The state after the change, and what changed: empty for a task that was made, deleted or restored."""

    task: TaskState
    changes: dict[str, Change] = {}


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
UserEvent = UserRegistered | UserUpdated | UserDeactivated
AnyEvent = Annotated[TaskEvent | UserEvent | SessionRevoked, Field(discriminator="type")]

_READER: TypeAdapter[TaskEvent | UserEvent | SessionRevoked] = TypeAdapter(AnyEvent)


def read(body: bytes) -> TaskEvent | UserEvent | SessionRevoked:
    """The event in a message. Raises pydantic.ValidationError for anything that is not one of those above."""
    return _READER.validate_json(body)
