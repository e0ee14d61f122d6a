"""What goes in and comes out of the operations on mutes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.pagination import PageQuery


class MuteRead(BaseModel):
    """One thing that is muted: `task_id` or `project_id` says which, the other is null."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": 3, "task_id": 7, "project_id": None, "created_at": "2026-11-21T09:30:00Z"}]
        }
    )

    id: int
    task_id: int | None
    project_id: int | None
    created_at: datetime


class MuteFilter(PageQuery):
    sort: Annotated[Literal["created_at", "-created_at"], Field(description="`-` is newest first")] = "-created_at"
