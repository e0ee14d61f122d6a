"""What goes in and comes out of the operations on schedules."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.text import Line
from tasks_service.report_jobs.schemas import FileFormat, Kind, ReportCreate
from tasks_service.report_schedules.occurrences import normalised

EVERY = "`daily`, `weekly on Monday` or `monthly on 15` (1 to 28), with `at 07:00` if it is not to be 8 o'clock"
Every = Annotated[Line, Field(max_length=100, description=EVERY), AfterValidator(normalised)]


class ScheduleCreate(ReportCreate):
    """A report that is to be made again and again, at an hour of your time zone."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "workload", "format": "xlsx", "every": "weekly on Monday"}]}
    )

    every: Every


class ScheduleRead(BaseModel):
    """A schedule. `next_at` is when its next report is asked for."""

    id: int
    kind: Kind
    format: FileFormat
    filter: dict[str, Any]
    every: str
    next_at: datetime
    created_at: datetime
