"""What goes in and comes out of the operations on schedules."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.text import Flag, Line, without_default
from tasks_service.report_jobs.schemas import FileFormat, Kind, ReportCreate, Wanted
from tasks_service.report_schedules.occurrences import normalised

EVERY = "`daily`, `weekly on Monday` or `monthly on 15` (1 to 28), with `at 07:00` if it is not to be 8 o'clock"
Every = Annotated[Line, Field(max_length=100, description=EVERY), AfterValidator(normalised)]


class ScheduleCreate(ReportCreate):
    """A report that is to be made again and again, at an hour of your time zone."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "workload", "format": "xlsx", "every": "weekly on Monday"}]}
    )

    every: Every
    paused: Annotated[Flag, Field(description="Nothing is made until it is false again")] = False


class ScheduleUpdate(BaseModel):
    """A merge patch: absent fields are left alone; a filter that is null is emptied."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"paused": True}]})

    kind: Kind = Field(default="insights", json_schema_extra=without_default)
    format: FileFormat = Field(default="json", json_schema_extra=without_default)
    filter: Wanted | None = None
    every: Every = Field(default="", validate_default=False, json_schema_extra=without_default)
    paused: Flag = Field(default=False, json_schema_extra=without_default)


class ScheduleRead(BaseModel):
    """A schedule. `next_at` is when its next report is asked for; null while it is paused. Each report that it asks for
    makes a new version of it."""

    id: int
    kind: Kind
    format: FileFormat
    filter: dict[str, Any]
    every: str
    next_at: datetime | None
    paused: bool
    created_at: datetime
    updated_at: datetime
    version: int
