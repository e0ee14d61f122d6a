"""What a list of tasks takes and gives: filters, sorts, additions, numbers; and what a task by itself is shown with."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from shared.pagination import PageQuery
from shared.text import Flag, Moment, OrOne, Shown, Text
from tasks_service.tasks import language
from tasks_service.tasks.inputs import (
    MAX_LABELS,
    Day,
    Label,
    Priority,
    PriorityIn,
    QueryId,
    Status,
    StatusIn,
    unique,
    without_required,
)
from tasks_service.tasks.schemas import TaskRead

SORTS = ("created_at", "updated_at", "due_date", "priority", "position")
SORT = rf"^-?({'|'.join(SORTS)}|custom\.[a-z][a-z0-9_]{{0,39}})$"
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


def _several(value: Any, info: ValidationInfo) -> Any:
    """In an address also by commas; a list in a body is taken as it is."""
    return value if info.mode == "json" and isinstance(value, list) else parted(_listed(value))


Several = BeforeValidator(_several)
ANY = "Any of these, separated by commas or given several times"
Include = Literal["comments_count", "attachments_count", "blocking", "spent_minutes", "rollup"]
Included = Annotated[list[Include], BeforeValidator(parted), Field(description="What to add to each task")]


def check_fields(names: list[str]) -> list[str]:
    for name in names:
        if name not in TaskRead.model_fields:
            raise ValueError(f"there are only the fields {', '.join(TaskRead.model_fields)}")
    return names


Fields = Annotated[
    list[Annotated[str, Shown(enum=tuple(TaskRead.model_fields))]],
    BeforeValidator(parted),
    AfterValidator(check_fields),
    Field(description="Only these fields of each task, separated by commas", examples=[["id", "title"]]),
]


class Rollup(BaseModel):
    """Over everything below a task: how many, how many of them completed, and what they were estimated at."""

    total: int
    completed: int
    estimate_minutes: int


class ExtendedTask(TaskRead):
    """A task with what `include` asked for."""

    comments_count: int | None = None
    attachments_count: int | None = None
    blocking: list[int] | None = None
    spent_minutes: int | None = None
    rollup: Rollup | None = None


class ListedTask(ExtendedTask):
    """A task of a list, with what `include` asked for; with `fields` only what that names."""

    model_config = ConfigDict(json_schema_extra=without_required)


class ReadTask(ExtendedTask):
    """A task by itself, with what `include` asked for; `description_html` is there with `render=html`."""

    description_html: str | None = None


class ReadQuery(BaseModel):
    """What a task by itself is shown with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    render: Annotated[
        Literal["html"] | None,
        Field(description="Adds `description_html`: the Markdown rendered, safe to put into a page"),
    ] = None
    include: Included = []


class TaskStats(BaseModel):
    """Numbers over all that the caller sees. `overdue` and `due_soon` count tasks that are not done."""

    total: int
    by_status: dict[Status, int]
    by_priority: dict[Priority, int]
    overdue: int
    due_soon: int


def check_length(value: str) -> str:
    if len(value) > language.MAX_LENGTH:
        raise ValueError(language.TOO_LONG)
    return value


Filter = Annotated[
    Text,
    AfterValidator(check_length),
    Field(description=FILTER_LANGUAGE, examples=[FILTER_EXAMPLE], json_schema_extra={"maxLength": language.MAX_LENGTH}),
]


class Conditions(BaseModel):
    """The filters of a task list: all that are given must hold; one with several values matches any of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Annotated[list[StatusIn], Several, Field(max_length=10, description=ANY), OrOne()] = []
    priority: Annotated[list[PriorityIn], Several, Field(max_length=10, description=ANY), OrOne()] = []
    due_date: Day | None = None
    due_date_gte: Day | None = None
    due_date_gt: Day | None = None
    due_date_lte: Day | None = None
    due_date_lt: Day | None = None
    assigned_user: QueryId | None = None
    created_by: QueryId | None = None
    project_id: QueryId | None = None
    parent_id: QueryId | None = None
    label: Annotated[list[Label], BeforeValidator(_listed), Field(max_length=MAX_LABELS), OrOne()] = []
    overdue: Flag | None = None
    q: Annotated[
        Text | None, Field(min_length=1, max_length=200, description="Words or their beginnings, best match first")
    ] = None
    updated_since: Moment | None = None


class TaskFilter(Conditions, PageQuery):
    """What a task list takes."""

    trashed: bool = False
    filter: Filter | None = None
    sort: SortOrder | None = None
    fields: Fields = []
    include: Included = []
