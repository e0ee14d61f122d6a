"""What goes into and comes out of imports."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tasks_service.tasks.inputs import QueryId

Format = Literal["csv", "json", "ics"]
Source = Literal["taskwire", "todoist", "trello", "vikunja"]
Status = Literal["receiving", "queued", "running", "done", "failed", "cancelled"]

MEDIA_TYPES: dict[str, Format] = {"text/csv": "csv", "application/json": "json", "text/calendar": "ics"}
ENDINGS: dict[str, Format] = {".csv": "csv", ".json": "json", ".ics": "ics"}


class ImportQuery(BaseModel):
    """How a file is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Annotated[Format | None, Field(description="By the content type or the name when left out")] = None
    source: Annotated[Source, Field(description="Whose export it is")] = "taskwire"
    project_id: Annotated[QueryId | None, Field(description="Where all of it goes, whatever the file says")] = None
    atomic: Annotated[bool, Field(description="All rows or none")] = False


class ImportProgress(BaseModel):
    """In rows; `total` is 0 until they are counted."""

    done: int
    total: int


class RowError(BaseModel):
    """Row 1 is the first after the header; row 0 is the file itself."""

    row: int
    pointer: str
    message: str


class ImportSummary(BaseModel):
    """An import. `errors` counts them."""

    id: int
    status: Status
    format: Format
    source: Source
    filename: str
    atomic: bool
    progress: ImportProgress
    created: int
    updated: int
    error_count: int
    created_at: datetime
    finished_at: datetime | None


class ImportRead(ImportSummary):
    """`errors` holds the first 10,000; `GET /api/imports/{id}/errors` has all. `ignored_columns` are those of the file
    that mean nothing here."""

    ignored_columns: list[str]
    errors: list[RowError]
