"""What goes in and comes out of the time entries' operations."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.alternatives import absent, given, never_both, when
from shared.pagination import PageQuery
from shared.text import Moment, Number, Shown, Text, without_default
from tasks_service.tasks.inputs import QueryId

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=7)
AHEAD = timedelta(minutes=1)  # by which a client's clock may be wrong

Instant = Annotated[Moment, Field(ge=EARLIEST, lt=LATEST), Shown("^(19[7-9][0-9]|2[0-9]{3})-")]
Note = Annotated[Text, Field(max_length=1000)]
WorkMinutes = Annotated[Number, Field(ge=1, le=LONGEST // timedelta(minutes=1))]


def require_span(started_at: datetime, ended_at: datetime | None) -> None:
    """Raises ValueError for time that runs backwards, is still to come or is too long."""
    latest = datetime.now(UTC) + AHEAD
    if started_at > latest or (ended_at is not None and ended_at > latest):
        raise ValueError("time that is still to come cannot be entered")
    if ended_at is not None and ended_at <= started_at:
        raise ValueError("`ended_at` must come after `started_at`")
    if (ended_at or latest) - started_at > LONGEST + AHEAD:
        raise ValueError(f"one entry is {LONGEST.days} days long at most")


class TimeEntryCreate(BaseModel):
    """Time that is over: from `started_at` to `ended_at`, or so many minutes (the last ones, without `started_at`)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"started_at": "2026-01-31T09:00:00Z", "minutes": 90, "note": "Review"}],
            **when(given("minutes"), absent("ended_at"), given("started_at", "ended_at")),
        },
    )

    started_at: Instant | None = None
    ended_at: Instant | None = None
    minutes: WorkMinutes | None = None
    note: Note = ""

    @model_validator(mode="after")
    def one_span(self) -> "TimeEntryCreate":
        if (self.ended_at is None) == (self.minutes is None):
            raise ValueError("give either `ended_at` or `minutes`")
        if self.started_at is None and self.minutes is None:
            raise ValueError("give `started_at`")
        require_span(*self.span())
        return self

    def span(self) -> tuple[datetime, datetime]:
        length = timedelta(minutes=self.minutes or 0)
        started_at = self.started_at or datetime.now(UTC) - length
        return started_at, self.ended_at or started_at + length


class TimeEntryUpdate(BaseModel):
    """A merge patch. `minutes` moves the end."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"note": "Review of the plan"}],
            **never_both("minutes", "ended_at"),
        },
    )

    started_at: Instant = Field(default=EARLIEST, json_schema_extra=without_default)
    ended_at: Instant = Field(default=EARLIEST, json_schema_extra=without_default)
    minutes: WorkMinutes = Field(default=1, json_schema_extra=without_default)
    note: Note | None = None

    @model_validator(mode="after")
    def one_end(self) -> "TimeEntryUpdate":
        if {"ended_at", "minutes"} <= self.model_fields_set:
            raise ValueError("give either `ended_at` or `minutes`")
        return self

    def span(self, started_at: datetime, ended_at: datetime | None) -> tuple[datetime, datetime | None]:
        """The span after the change of one that is at hand."""
        given = self.model_fields_set
        started_at = self.started_at if "started_at" in given else started_at
        if "minutes" in given:
            return started_at, started_at + timedelta(minutes=self.minutes)
        return started_at, self.ended_at if "ended_at" in given else ended_at


class TimeEntryStart(BaseModel):
    """What you begin with."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Review"}]})

    note: Note = ""


class TimeEntryRead(BaseModel):
    """Time of one person on one task. While it runs, `ended_at` and `minutes` are null."""

    id: int
    task_id: int
    user_id: int
    started_at: datetime
    ended_at: datetime | None
    minutes: int | None
    note: str
    created_at: datetime
    updated_at: datetime
    version: int


class Span(PageQuery):
    """Which entries: those that began in a span of time."""

    since: Annotated[Moment | None, Field(alias="from", description="Begun then or later")] = None
    until: Annotated[Moment | None, Field(alias="to", description="Begun before")] = None


class TimeEntryFilter(Span):
    """The filters of lists and totals: all that are given must hold."""

    user_id: QueryId | None = None
    task_id: QueryId | None = None
    project_id: QueryId | None = None
    running: bool | None = None


class TotalsFilter(TimeEntryFilter):
    by: Annotated[Literal["task", "user", "project"], Field(description="What is added up")] = "task"


class TimeTotal(BaseModel):
    """The time of one task, user or project, of which `id` is the id; null is what is in no project."""

    id: int | None
    minutes: int
    entries: int
