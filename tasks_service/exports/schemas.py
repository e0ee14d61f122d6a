"""What goes into an export."""

from typing import Annotated, Literal

from pydantic import Field

from tasks_service.tasks.list_schemas import Conditions, Filter, TaskFilter

Format = Literal["csv", "json", "ics"]
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "ics": "text/calendar; charset=utf-8",
}


class ExportQuery(Conditions):
    """The filters of `GET /api/tasks`, and the format."""

    filter: Filter | None = None
    format: Annotated[Format, Field(description="`ics` has a VTODO for each task")] = "json"

    def filters(self) -> TaskFilter:
        return TaskFilter.model_validate(self.model_dump(exclude={"format"}, exclude_unset=True))
