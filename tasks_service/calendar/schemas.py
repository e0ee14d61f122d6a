"""What goes in and comes out of the calendar's operations."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.alternatives import absent, given, valued, when
from shared.pagination import PageQuery
from tasks_service.tasks.inputs import BodyId

Scope = Literal["user", "project", "view"]


class CalendarCreate(BaseModel):
    """`user`: what is assigned to you, and what you made and nobody is assigned. `project` and `view` need their id. No
    body at all means `user`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"scope": "user"}, {"scope": "project", "project_id": 3}],
            **when(
                valued("scope", "project"),
                {**given("project_id"), "allOf": [absent("view_id")]},
                when(
                    valued("scope", "view"),
                    {**given("view_id"), "allOf": [absent("project_id")]},
                    absent("project_id", "view_id"),
                ),
            ),
        },
    )

    scope: Scope = "user"
    project_id: BodyId | None = None
    view_id: BodyId | None = None

    @model_validator(mode="after")
    def check_target(self) -> "CalendarCreate":
        wanted = {"user": None, "project": "project_id", "view": "view_id"}[self.scope]
        for name in ("project_id", "view_id"):
            if (getattr(self, name) is not None) != (name == wanted):
                raise ValueError("give project_id with the scope project, view_id with view, and neither with user")
        return self

    @property
    def target(self) -> int:
        """The id within the scope; 0 for a person's own."""
        return self.project_id or self.view_id or 0


class CalendarRead(BaseModel):
    """A feed, without its address."""

    id: int
    scope: Scope
    project_id: int | None
    view_id: int | None
    created_at: datetime


class CalendarWithUrl(CalendarRead):
    """`url` is shown here and never again: whoever knows it reads the feed."""

    url: Annotated[str, Field(examples=["http://localhost:8000/api/calendar/kM3v...Qw.ics"])]


class CalendarFilter(PageQuery):
    """The list's parameters."""
