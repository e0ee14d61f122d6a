"""What goes in and comes out of the reports' operations."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.text import Shown
from tasks_service.tasks.inputs import Day, Priority, Status
from tasks_service.tasks.list_schemas import TaskStats

USUAL = 30  # days
LONGEST = 366  # days
ReportDay = Annotated[Day, Field(ge=date(1970, 1, 1), lt=date(9000, 1, 1)), Shown("^(19[7-9][0-9]|[2-8][0-9]{3})-")]


class Range(BaseModel):
    """The days of a series, UTC, both included: without them the last 30."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: Annotated[ReportDay | None, Field(alias="from", description="First day")] = None
    until: Annotated[ReportDay | None, Field(alias="to", description="Last day")] = None

    @model_validator(mode="after")
    def in_order(self) -> "Range":
        if self.since is not None and self.until is not None:
            self._require(self.since, self.until)
        return self

    def _require(self, first: date, last: date) -> None:
        if first > last:
            raise ValueError("`to` must not come before `from`")
        if (last - first).days >= LONGEST:
            raise ValueError(f"a report is over {LONGEST} days at most")

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last day. What was left open is the usual number of days, within the longest."""
        if self.since is None:
            last = self.until or today
            return last - timedelta(days=USUAL - 1), last
        last = self.until or max(self.since, min(today, self.since + timedelta(days=LONGEST - 1)))
        return self.since, last


class Insights(BaseModel):
    """Numbers over all that the caller sees. `pending` are those with the status `todo`; people by username; due soon
    are open tasks whose due date comes within `DUE_SOON_HOURS`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total": 3,
                    "completed": 1,
                    "pending": 2,
                    "tasks_by_priority": {"low": 0, "medium": 2, "high": 1, "urgent": 0},
                    "tasks_by_status": {"todo": 2, "in_progress": 0, "completed": 1, "archived": 0},
                    "tasks_assigned": {"ann": 2},
                    "tasks_created": {"ann": 1, "bob": 2},
                    "tasks_due_soon": 1,
                }
            ]
        }
    )

    total: int
    completed: int
    pending: int
    tasks_by_priority: dict[Priority, int]
    tasks_by_status: dict[Status, int]
    tasks_assigned: dict[str, int]
    tasks_created: dict[str, int]
    tasks_due_soon: int


class DayOfThroughput(BaseModel):
    day: date
    created: int
    completed: int


class WeekOfThroughput(BaseModel):
    """`week` is its Monday; the first and the last one may be cut by the range."""

    week: date
    created: int
    completed: int


class Throughput(BaseModel):
    """Tasks made and tasks completed. What was opened again counts for the day it was completed on last."""

    days: list[DayOfThroughput]
    weeks: list[WeekOfThroughput]


class Hours(BaseModel):
    """Hours of all tasks completed in the range: their number exactly, the median and the 90th percentile to 0.8 %,
    since what is kept is how many there are of each length. Null when there are none."""

    count: int
    median: float | None
    p90: float | None


class DayOfFlow(BaseModel):
    """How many tasks had which status at the end of the day; today, now."""

    day: date
    todo: int
    in_progress: int
    completed: int
    archived: int


class DayOfBurndown(BaseModel):
    """Open tasks (`todo` and `in_progress`) at the end of the day; `ideal` goes evenly to 0 on the last day."""

    day: date
    remaining: int
    ideal: float


class Load(BaseModel):
    """Open tasks of one person now, and what they were estimated at, in minutes."""

    user_id: int
    username: str | None
    open: int
    overdue: int
    estimate_minutes: int


class QuickReport(BaseModel):
    """Numbers of now and series over a range of days (UTC), which end today at the latest. Tasks in the trash are in
    none of them. `lead_time` is from making a task to completing it, `cycle_time` from the first `in_progress`."""

    since: date = Field(alias="from")
    until: date = Field(alias="to")
    totals: TaskStats
    throughput: Throughput
    lead_time: Hours
    cycle_time: Hours
    cumulative_flow: list[DayOfFlow]
    burndown: list[DayOfBurndown]
    load: Annotated[list[Load], Field(description="Who has most to do comes first; 100 at most")]


class SummarisedProject(BaseModel):
    id: int
    key: str
    name: str


class ProjectSummary(QuickReport):
    project: SummarisedProject
