"""What goes in and comes out of the statuses' operations."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared.text import Line, Number, without_default
from tasks_service.projects.schemas import Role
from tasks_service.tasks.inputs import BodyId, QueryId, Status, StatusIn

Name = Annotated[Line, Field(max_length=50)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", description="Such as `#1f883d`")]
Position = Annotated[Number, Field(ge=0, le=10_000, description="Statuses stand in this order")]

EXAMPLE: dict[str, Any] = {"name": "In review", "category": "in_progress", "color": "#bf8700"}


class StatusCreate(BaseModel):
    """A status of the project's own; also what PUT replaces one with. Without a position it is the last."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    name: Name
    category: Annotated[StatusIn, Field(description="What it is for everybody outside of the project")]
    color: Color | None = None
    position: Position | None = None


class StatusUpdate(BaseModel):
    """A merge patch: absent fields are left alone."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Review"}]})

    name: Name = Field(default="", validate_default=False, json_schema_extra=without_default)
    category: StatusIn = Field(default="todo", json_schema_extra=without_default)
    color: Color | None = None
    position: Position = Field(default=0, json_schema_extra=without_default)

    def given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class StatusRead(BaseModel):
    id: int
    project_id: int
    name: str
    category: Status
    color: str | None
    position: int
    created_at: datetime
    updated_at: datetime
    version: int


class StatusDelete(BaseModel):
    model_config = ConfigDict(extra="forbid")

    replace_with: Annotated[QueryId | None, Field(description="The status that its tasks get")] = None


class Transition(BaseModel):
    """A way from one status to another, for these roles; without any, for everybody who may change the task."""

    model_config = ConfigDict(extra="forbid")

    from_status_id: BodyId
    to_status_id: BodyId
    roles: Annotated[list[Role], Field(max_length=4)] = []


class Transitions(BaseModel):
    """All ways of a project. Without any, every change of status is allowed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"transitions": [{"from_status_id": 1, "to_status_id": 2, "roles": []}]}]},
    )

    transitions: Annotated[list[Transition], Field(max_length=2500)]
