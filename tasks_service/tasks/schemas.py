"""What goes in and comes out of the tasks' operations."""

import re
from datetime import UTC, date, datetime
from math import isfinite
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from shared.pagination import PageQuery
from shared.text import ID_MAX, Line, Text, Whole, check_text
from tasks_service.recurrence import rules

Status = Literal["todo", "in_progress", "completed", "archived"]
Priority = Literal["low", "medium", "high", "urgent"]
SORTS = ("created_at", "updated_at", "due_date", "priority", "position")
SORT = rf"^-?({'|'.join(SORTS)}|custom\.[a-z][a-z0-9_]{{0,39}})$"

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ALIASES = {"pending": "todo"}
MAX_ASSIGNEES = 100
MAX_LABELS = 50
MAX_BLOCKERS = 50


def any_case(value: Any) -> Any:
    """`HIGH`, `In Progress` and `PENDING` are taken as the systems before us wrote them."""
    if not isinstance(value, str):
        return value
    word = value.strip().lower().replace("-", "_").replace(" ", "_")
    return ALIASES.get(word, word)


def _only_iso(value: Any) -> Any:
    if isinstance(value, str) and not ISO_DATE.fullmatch(value):
        raise ValueError("must be a date as YYYY-MM-DD")
    if isinstance(value, int | float):
        raise ValueError("must be a date as YYYY-MM-DD")
    return value


def _only_written_out(value: Any) -> Any:
    if isinstance(value, int | float) or (isinstance(value, str) and "-" not in value[1:]):
        raise ValueError("must be a moment such as `2031-03-31T09:00:00Z`")  # pydantic would take seconds since 1970
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("is out of range") from None


def unique(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        return check_text(value)
    if value is None or type(value) is int or (type(value) is float and isfinite(value)):
        return value
    raise ValueError("must be text, a number or null")


StatusIn = Annotated[Status, BeforeValidator(any_case)]
PriorityIn = Annotated[Priority, BeforeValidator(any_case)]
Day = Annotated[date, BeforeValidator(_only_iso)]
# The driver takes the first and the last date for infinities, which are dates to nobody else.
DueDate = Annotated[Day, Field(gt=date.min, lt=date.max)]
Moment = Annotated[datetime, BeforeValidator(_only_written_out), AfterValidator(_in_utc)]
Flag = Annotated[bool, Field(strict=True)]
BodyId = Annotated[int, Field(strict=True, ge=1, le=ID_MAX)]
QueryId = Annotated[Whole, Field(ge=1, le=ID_MAX)]
Title = Annotated[Line, Field(min_length=1, max_length=200)]
Description = Annotated[Text, Field(max_length=20_000)]
Label = Annotated[Line, Field(min_length=1, max_length=50)]
Assignees = Annotated[list[BodyId], Field(max_length=MAX_ASSIGNEES), AfterValidator(unique)]
Labels = Annotated[list[Label], Field(max_length=MAX_LABELS), AfterValidator(unique)]
Blockers = Annotated[list[BodyId], Field(max_length=MAX_BLOCKERS), AfterValidator(unique)]
Recurrence = Annotated[Line, Field(max_length=300), AfterValidator(rules.normalised)]
# What a field can hold says its definition; here only that it is no object and no list.
FieldValue = Annotated[Any, AfterValidator(_scalar), WithJsonSchema({"type": ["string", "number", "null"]})]
CustomFields = Annotated[dict[str, FieldValue], Field(max_length=100)]
Minutes = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]

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
        values = {name: getattr(self, name) for name in type(self).model_fields}
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


def without_default(schema: dict[str, Any]) -> None:
    """An absent field of a merge patch has no value at all, whatever stands in for it here."""
    schema.pop("default", None)


def without_required(schema: dict[str, Any]) -> None:
    schema.pop("required", None)


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


class RenderQuery(BaseModel):
    """How a task is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    render: Annotated[
        Literal["html"] | None,
        Field(description="Adds `description_html`: the Markdown rendered, safe to put into a page"),
    ] = None


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


class ReadTask(TaskRead):
    """A task by itself; `description_html` is there with `?render=html`."""

    description_html: str | None = None


SORTING = """\
`created_at`, `updated_at`, `due_date`, `priority`, `position` or `custom.<key>`, after `-` the other way round; what
has no value comes last either way. Without it newest first, or best match first with `q`."""
SortOrder = Annotated[str, Field(pattern=SORT, description=SORTING, examples=["-priority", "due_date"])]
FILTER_EXAMPLE = "priority>=high and status!=archived and due<today+7d and label in (bug, ui) and assignee=me"
FILTER_LANGUAGE = """\
Terms such as `priority>=high`, joined by `and`, `or`, `not` and parentheses, in any case. Signs: `=`, `!=`, `<`,
`<=`, `>`, `>=`, `~` and `!~` (has words or their beginnings), `in (a, b)`, `not in (a, b)`, `is empty`, `is not
empty`. Fields: `status`, `column` (a project's own status), `priority`, `due`, `overdue`, `assignee`, `created_by`,
`label`, `project`, `parent`, `title`, `description`, `comment`, `text` (all three), `estimate`, `created`, `updated`,
`completed`, `id`, `key`, `custom.<key>`. Values: words, text in quotes, numbers, `me`, usernames, days (`2026-01-31`,
`today`, `tomorrow`, `yesterday`, `today+7d`, with `d`, `w`, `m`, `y`) and moments (`now-2h`, `2026-01-31T12:00:00Z`).
Days are those of your time zone. What a task has not got compares to nothing; `not` and `!=` turn that round. At most
2,000 characters, 100 terms, 20 parentheses deep; an error says at which character it is."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def parted(value: Any) -> Any:
    """`a,b` and `a` repeated with `b` are the same list."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return unique([word.strip() for one in value for word in one.split(",")])
    return value


Include = Literal["comments_count", "attachments_count", "blocking", "spent_minutes", "rollup"]


def fields_of_a_task(names: list[str]) -> list[str]:
    for name in names:
        if name not in TaskRead.model_fields:
            raise ValueError(f"there are only the fields {', '.join(TaskRead.model_fields)}")
    return names


class Rollup(BaseModel):
    """Over everything below a task: how many, how many of them completed, and what they were estimated at."""

    total: int
    completed: int
    estimate_minutes: int


class ListedTask(TaskRead):
    """A task of a list, with what `include` asked for; with `fields` only what that names."""

    model_config = ConfigDict(json_schema_extra=without_required)

    comments_count: int | None = None
    attachments_count: int | None = None
    blocking: list[int] | None = None
    spent_minutes: int | None = None
    rollup: Rollup | None = None


class TaskStats(BaseModel):
    """Numbers over all that the caller sees. `overdue` and `due_soon` count tasks that are not done."""

    total: int
    by_status: dict[Status, int]
    by_priority: dict[Priority, int]
    overdue: int
    due_soon: int


Filter = Annotated[Text, Field(description=FILTER_LANGUAGE, examples=[FILTER_EXAMPLE])]


class Conditions(BaseModel):
    """The filters of a task list: all that are given must hold; one with several values matches any of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Annotated[list[StatusIn], BeforeValidator(_listed), Field(max_length=10)] = []
    priority: Annotated[list[PriorityIn], BeforeValidator(_listed), Field(max_length=10)] = []
    due_date: Day | None = None
    due_date_gte: Day | None = None
    due_date_gt: Day | None = None
    due_date_lte: Day | None = None
    due_date_lt: Day | None = None
    assigned_user: QueryId | None = None
    created_by: QueryId | None = None
    project_id: QueryId | None = None
    parent_id: QueryId | None = None
    label: Annotated[list[Label], BeforeValidator(_listed), Field(max_length=MAX_LABELS)] = []
    overdue: bool | None = None
    q: Annotated[Text | None, Field(max_length=200, description="Words or their beginnings, best match first")] = None
    updated_since: Moment | None = None


class TaskFilter(Conditions, PageQuery):
    """What a task list takes."""

    trashed: bool = False
    filter: Filter | None = None
    sort: SortOrder | None = None
    fields: Annotated[
        list[str],
        BeforeValidator(parted),
        AfterValidator(fields_of_a_task),
        Field(description="Only these fields of each task, separated by commas", examples=[["id", "title"]]),
    ] = []
    include: Annotated[list[Include], BeforeValidator(parted), Field(description="What to add to each task")] = []
