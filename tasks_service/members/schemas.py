"""What goes in and comes out of the members' operations."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared.pagination import PageQuery
from tasks_service.projects.schemas import Role
from tasks_service.tasks.inputs import BodyId

EXAMPLE: dict[str, Any] = {"user_id": 2, "role": "member"}


class MemberAdd(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    user_id: BodyId
    role: Role = "member"


class MemberSet(BaseModel):
    """`user_id` may be left out, as the address says it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "maintainer"}]})

    user_id: BodyId | None = None
    role: Role


class MemberRead(BaseModel):
    project_id: int
    user_id: int
    role: Role
    created_at: datetime
    updated_at: datetime
    version: int


class MemberFilter(PageQuery):
    role: Annotated[Role | None, Field(description="Those in this role")] = None
