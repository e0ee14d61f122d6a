"""What goes in and comes out of the projects' operations."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.pagination import PageQuery
from shared.text import Flag, Line, Text, without_default
from tasks_service.tasks.inputs import BodyId

Role = Literal["owner", "maintainer", "member", "viewer"]
Part = Literal["statuses", "fields", "tasks", "labels", "members"]
Key = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,9}$", description="Two to ten capital letters and digits")]
Name = Annotated[Line, Field(max_length=100)]
Description = Annotated[Text, Field(max_length=20_000)]

EXAMPLE: dict[str, Any] = {"key": "WEB", "name": "Website", "description": "What the world sees of us."}


class ProjectBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    key: Annotated[Key | None, Field(description="Made of the name where it is absent")] = None
    name: Name
    description: Description = ""
    archived: Flag = False
    is_template: Flag = False


class ProjectCreate(ProjectBody):
    """A new project, whose owner is who makes it."""

    template_id: Annotated[
        BodyId | None, Field(description="A project that `is_template`: its statuses, fields and tasks are copied")
    ] = None


class ProjectReplace(ProjectBody):
    """All of a project; a `key` that is left out stays."""


class ProjectUpdate(BaseModel):
    """A merge patch: absent fields are left alone; a description that is null is emptied."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"archived": True}]})

    key: Key = Field(default="", validate_default=False, json_schema_extra=without_default)
    name: Name = Field(default="", validate_default=False, json_schema_extra=without_default)
    description: Description | None = None
    archived: Flag = Field(default=False, json_schema_extra=without_default)
    is_template: Flag = Field(default=False, json_schema_extra=without_default)

    def given(self) -> dict[str, Any]:
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: "" if value is None else value for name, value in sent.items()}


class ProjectDuplicate(BaseModel):
    """What the copy is called, and what of the project goes into it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"key": "WEB2", "name": "Website 2", "include": ["tasks"]}]}
    )

    key: Annotated[Key | None, Field(description="Made of the name where it is absent")] = None
    name: Annotated[Name | None, Field(description="`Copy of` and the project's name where it is absent")] = None
    include: Annotated[
        list[Part],
        Field(
            max_length=10,
            description="Tasks keep of labels (which come with their colours), fields and assignees what is included",
        ),
    ] = ["statuses", "fields", "tasks", "labels"]


class ProjectRead(BaseModel):
    """A project. `role` is the caller's own; null for an administrator who is no member."""

    id: int
    key: str
    name: str
    description: str
    archived: bool
    is_template: bool
    role: Role | None
    created_by: int
    created_at: datetime
    updated_at: datetime
    version: int


class ProjectFilter(PageQuery):
    """The filters of the list of projects: all that are given must hold."""

    archived: Annotated[bool, Field(description="The archived ones instead of the others")] = False
    trashed: Annotated[bool, Field(description="Those in the trash instead of the others")] = False
    is_template: bool | None = None
    role: Annotated[Role | None, Field(description="Where this is your role")] = None
    q: Annotated[Text | None, Field(min_length=1, max_length=100, description="How the name or the key begins")] = None
    sort: Literal["created_at", "-created_at", "name", "-name", "key", "-key"] = "-created_at"
