"""What comes out of the dashboard."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from tasks_service.tasks.list_schemas import ListedTask, TaskStats


class FirstTasks(BaseModel):
    """The first page; `next_cursor` is null when that is all."""

    items: list[ListedTask]
    next_cursor: str | None


class UnreadNotification(BaseModel):
    """As the inbox shows it."""

    model_config = ConfigDict(extra="allow")

    id: int
    kind: str
    message: str
    task_id: int | None
    project_id: int | None
    actor_id: int | None
    event_id: UUID | None
    is_read: bool
    created_at: datetime


class Unread(BaseModel):
    """How many notifications are unread, and the latest of them."""

    unread: int
    items: list[UnreadNotification]


class Warned(BaseModel):
    """Why a part is null."""

    code: Literal["notifications_unavailable", "insufficient_scope"]
    detail: str


class Dashboard(BaseModel):
    """`open_tasks` and `due_soon` are those that you made or are assigned to, soonest first; `counts` are over all that
    you see. `notifications` is null, and a warning says why, while that service is away."""

    open_tasks: FirstTasks
    due_soon: FirstTasks
    counts: TaskStats
    notifications: Unread | None
    warnings: list[Warned]
