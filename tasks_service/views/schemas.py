"""What goes in and comes out of the views' operations."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.alternatives import given, valued, when
from shared.pagination import PageQuery
from shared.text import Flag, Line, without_default
from tasks_service.tasks.inputs import BodyId, QueryId
from tasks_service.tasks.list_schemas import Conditions, Fields, Filter, Include, SortOrder, parted

Name = Annotated[Line, Field(max_length=100)]
Query = Annotated[Conditions, Field(description="Filters, named as the parameters of `GET /api/tasks` are")]
EXAMPLE: dict[str, Any] = {
    "name": "Urgent bugs",
    "filter": "priority=urgent and label=bug",
    "query": {"status": ["todo", "in_progress"]},
    "sort": "due_date",
}


class ViewCreate(BaseModel):
    """A new view; also what PUT replaces one with. With a `project_id` it shows the tasks of that project, and `shared`
    shows it to the project's members."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [EXAMPLE], **when(valued("shared", True), given("project_id"))},
    )

    name: Name
    query: Query = Conditions()
    filter: Filter | None = None
    sort: SortOrder | None = None
    project_id: BodyId | None = None
    shared: Flag = False

    @model_validator(mode="after")
    def shared_with_a_project(self) -> "ViewCreate":
        if self.shared and self.project_id is None:
            raise ValueError("a view is shared with a project: give its project_id")
        return self


class ViewUpdate(BaseModel):
    """A merge patch: absent fields are left alone, `null` clears `filter`, `sort` and `project_id`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"sort": "-priority"}]})

    name: Name = Field(default="", validate_default=False, json_schema_extra=without_default)
    query: Query = Field(default=Conditions(), json_schema_extra=without_default)
    filter: Filter | None = None
    sort: SortOrder | None = None
    project_id: BodyId | None = None
    shared: Flag = Field(default=False, json_schema_extra=without_default)


class ViewRead(BaseModel):
    """A view. What is relative in its filter (`me`, `today`) is so for whoever looks at it."""

    id: int
    name: str
    query: dict[str, Any]
    filter: str | None
    sort: str | None
    project_id: int | None
    shared: bool
    created_by: int
    created_at: datetime
    updated_at: datetime
    version: int


class ViewFilter(PageQuery):
    project_id: QueryId | None = None


class ViewPage(PageQuery):
    """A page of a view's tasks."""

    fields: Fields = []
    include: Annotated[list[Include], BeforeValidator(parted)] = []
