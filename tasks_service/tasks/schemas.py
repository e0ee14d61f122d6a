"""What goes in and comes out of the operations on a task."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.text import without_default
from tasks_service.tasks.inputs import (
    Assignees,
    Blockers,
    BodyId,
    CustomFields,
    Description,
    DueDate,
    Labels,
    Minutes,
    Priority,
    PriorityIn,
    Recurrence,
    Status,
    StatusIn,
    Title,
)

EXAMPLE: dict[str, Any] = {
    "title": "Write the plan",
    "description": "Three pages are enough.",
    "priority": "high",
    "due_date": "2031-03-31",
    "assignee_ids": [1],
    "labels": ["docs"],
    "recurrence": "FREQ=WEEKLY;BYDAY=MO",
}


class AssigneeAliases(BaseModel):
    """`assigned_user` and `assigned_to` name one assignee where a client knows only one."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def one_assignee(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        given = [name for name in ("assignee_ids", "assigned_user", "assigned_to") if name in data]
        if len(given) > 1:
            raise ValueError(f"give only one of {', '.join(given)}")
        if not given or given[0] == "assignee_ids":
            return data
        one = data[given[0]]
        rest = {k: v for k, v in data.items() if k != given[0]}
        return {**rest, "assignee_ids": [] if one is None else [one]}


class DeleteQuery(BaseModel):
    """How a task is deleted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    permanent: Annotated[bool, Field(description="End a task that is in the trash, for good")] = False


class TaskReplace(AssigneeAliases):
    """What PUT replaces a task with."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    title: Title
    description: Description = ""
    project_id: BodyId | None = None
    status: StatusIn = "todo"
    status_id: Annotated[BodyId | None, Field(description="One of the project's own statuses; it sets `status`")] = None
    priority: PriorityIn = "medium"
    due_date: DueDate | None = None
    assignee_ids: Assignees = []
    labels: Labels = []
    estimate_minutes: Minutes | None = None
    parent_id: BodyId | None = None
    blocked_by: Blockers = []
    recurrence: Recurrence | None = None
    custom_fields: Annotated[CustomFields, Field(description="Values of the project's fields, by key")] = {}

    def given(self) -> dict[str, Any]:
        """All fields, but for those that an absent one leaves to another: a project's status decides on `status`, and a
        task stays in its project and below its parent."""
        values = vars(self).copy()
        if self.status_id is not None and "status" not in self.model_fields_set:
            del values["status"]
        for staying in {"project_id", "parent_id"} - self.model_fields_set:
            del values[staying]
        return values


class TaskCreate(TaskReplace):
    """A new task."""

    client_id: Annotated[UUID | None, Field(description="Your own id of it: sent again, it makes no second task")] = (
        None
    )


class TaskUpdate(AssigneeAliases):
    """A merge patch: absent fields are left alone, `null` clears those that can be empty."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "completed"}]})

    title: Title = Field(default="", validate_default=False, json_schema_extra=without_default)
    description: Description | None = None
    project_id: BodyId | None = None
    status: StatusIn = Field(default="todo", json_schema_extra=without_default)
    status_id: Annotated[BodyId | None, Field(description="One of the project's own statuses; it sets `status`")] = None
    priority: PriorityIn | None = None
    due_date: DueDate | None = None
    assignee_ids: Assignees | None = None
    labels: Labels | None = None
    estimate_minutes: Minutes | None = None
    parent_id: BodyId | None = None
    blocked_by: Blockers | None = None
    recurrence: Recurrence | None = None
    custom_fields: Annotated[
        CustomFields | None, Field(description="Merged as well: fields that are not named stay, `null` clears one")
    ] = None

    def given(self) -> dict[str, Any]:
        """The fields that were sent, with what clearing one means."""
        empty: dict[str, Any] = {"assignee_ids": [], "labels": [], "blocked_by": [], "custom_fields": {}}
        defaults = {"description": "", "priority": "medium", **empty}
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: defaults.get(name) if value is None else value for name, value in sent.items()}


class Subtasks(BaseModel):
    """The direct children of a task that are not in the trash."""

    total: int
    completed: int


class TaskRead(BaseModel):
    """A task. `assigned_user` is the first of `assignee_ids`, or null. In a project it has a `key`, which never changes
    there, and the `status_id` of the project's own status, if the project has such, whose category is `status`. What
    happens to a subtask changes the numbers in `subtasks` and leaves `version`, and with it the ETag, as it is."""

    id: int
    key: str | None
    project_id: int | None
    parent_id: int | None
    title: str
    description: str
    status: Status
    status_id: int | None
    priority: Priority
    due_date: date | None
    assignee_ids: list[int]
    assigned_user: int | None
    created_by: int
    labels: list[str]
    estimate_minutes: int | None
    custom_fields: dict[str, Any]
    position: str
    recurrence: str | None
    blocked_by: list[int]
    subtasks: Subtasks
    client_id: UUID | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
