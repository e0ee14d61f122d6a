"""What goes in and comes out of the labels' operations."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.pagination import PageQuery
from shared.text import without_default
from tasks_service.tasks.inputs import BodyId, Label, QueryId

GREY = "#8c8c8c"
Color = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]


class LabelReplace(BaseModel):
    """How it is called and how it looks."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "bug", "color": "#d73a4a"}]})

    name: Label
    color: Color = GREY


class LabelCreate(LabelReplace):
    """A new label, of a project or of your own."""

    project_id: Annotated[BodyId | None, Field(description="Without one it is for your tasks outside of projects")] = (
        None
    )


class LabelUpdate(BaseModel):
    """A merge patch."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "defect"}]})

    name: Label = Field(default="", validate_default=False, json_schema_extra=without_default)
    color: Color | None = None


class LabelMerge(BaseModel):
    """Which label the tasks have afterwards."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"into": 2}]})

    into: BodyId


class LabelRead(BaseModel):
    """A label. `usage` is the number of tasks that carry its name: of its project, or of its owner's own; in lists it
    is there with `usage=true`."""

    id: int
    name: str
    color: str
    project_id: int | None
    owner_id: int | None
    usage: int | None
    created_at: datetime
    updated_at: datetime
    version: int


class LabelFilter(PageQuery):
    project_id: QueryId | None = None
    q: Annotated[Label | None, Field(description="How the name begins")] = None
    usage: Annotated[bool, Field(description="Count the tasks of each")] = False
