"""What goes in and comes out of the activity's operations."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from shared.pagination import PageQuery
from shared.text import Moment
from tasks_service.tasks.inputs import QueryId

KINDS = {
    "task": ("created", "updated", "deleted", "restored"),
    "comment": ("added", "updated", "deleted"),
    "attachment": ("added", "deleted"),
    "project": ("created", "updated", "deleted", "restored", "member_added", "member_updated", "member_removed"),
}
ACTIONS = tuple(f"{thing}_{what}" for thing, done in KINDS.items() for what in done)


def _action(value: Any) -> Any:
    """`task.updated` is `task_updated`, as events and answers spell it."""
    return value.replace(".", "_", 1) if isinstance(value, str) else value


Action = Annotated[Literal[ACTIONS], BeforeValidator(_action)]  # type: ignore[valid-type]


class ActivityQuery(PageQuery):
    """The filters of an activity: all that are given must hold; a repeated `type` matches any of its values."""

    type: Annotated[list[Action], Field(max_length=len(ACTIONS), description="Such as `task_updated`")] = []
    actor_id: QueryId | None = None
    since: Annotated[Moment | None, Field(description="From this moment on")] = None
    until: Annotated[Moment | None, Field(description="Before this moment")] = None


class EveryActivityQuery(ActivityQuery):
    task_id: QueryId | None = None
    project_id: QueryId | None = None


class ActivityMember(BaseModel):
    user_id: int
    role: str


class ActivityRead(BaseModel):
    """One thing that happened. `changes` maps a field to `{"from": ..., "to": ...}`; `subject_id` is the id of what the
    action names (the comment of `comment_added`), `title` the task's or the project's name at that time. `member` and
    `filename` are there for members and files."""

    id: UUID
    action: str
    subject_id: int | None
    task_id: int | None
    project_id: int | None
    title: str | None
    actor_id: int | None
    version: int | None
    changes: dict[str, Any]
    member: ActivityMember | None
    filename: str | None
    occurred_at: datetime


class ActivityWeek(BaseModel):
    """What happened in a week (which begins on Monday, UTC), counted by action."""

    week: date
    total: int
    actions: dict[str, int]
