"""What goes in and comes out of the operations on reports."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.text import Moment
from tasks_service.activity.schemas import Action
from tasks_service.reports.schemas import Range
from tasks_service.tasks.inputs import BodyId, QueryId
from tasks_service.tasks.list_schemas import Conditions, Filter

Kind = Literal["tasks", "time", "activity", "insights", "workload", "project_summary"]
FileFormat = Literal["json", "csv", "xlsx"]
Status = Literal["queued", "running", "done", "failed", "cancelled"]

FILTER = """\
What the report is about, by kind. `tasks`: the filters of `GET /api/tasks`, the language included. `time`: `from`,
`to`, `user_id`, `task_id`, `project_id`. `activity`: `type`, `actor_id`, `since`, `until`, `task_id`, `project_id`.
`project_summary`: `project_id`, `from`, `to`. `insights` and `workload` take none."""


Wanted = Annotated[dict[str, Any], Field(description=FILTER)]


class NoFilter(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TasksFilter(Conditions):
    filter: Filter | None = None


class TimeFilter(NoFilter):
    since: Annotated[Moment | None, Field(alias="from")] = None
    until: Annotated[Moment | None, Field(alias="to")] = None
    user_id: QueryId | None = None
    task_id: QueryId | None = None
    project_id: QueryId | None = None


class ActivityFilter(NoFilter):
    type: Annotated[list[Action], Field(max_length=20)] = []
    actor_id: QueryId | None = None
    since: Moment | None = None
    until: Moment | None = None
    task_id: QueryId | None = None
    project_id: QueryId | None = None


class SummaryFilter(Range):
    project_id: BodyId


FILTERS: dict[Kind, type[BaseModel]] = {
    "tasks": TasksFilter,
    "time": TimeFilter,
    "activity": ActivityFilter,
    "insights": NoFilter,
    "workload": NoFilter,
    "project_summary": SummaryFilter,
}


class ReportCreate(BaseModel):
    """A report that is to be made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"kind": "tasks", "format": "csv", "filter": {"status": ["todo"], "filter": "priority>=high"}}]
        },
    )

    kind: Kind
    format: FileFormat = "json"
    filter: Wanted = {}


class Progress(BaseModel):
    """Rows; `total` is 0 until it is known."""

    done: int
    total: int


class ReportRead(BaseModel):
    """A report. `size` is that of its file in bytes, once it is done; `error` says why it failed."""

    id: int
    kind: Kind
    format: FileFormat
    filter: dict[str, Any]
    status: Status
    progress: Progress
    size: int | None
    error: str | None
    schedule_id: int | None
    created_at: datetime
    finished_at: datetime | None
