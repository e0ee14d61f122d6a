"""What goes into a copy."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tasks_service.tasks.inputs import Title

Part = Literal["assignees", "labels", "due_date", "custom_fields", "recurrence", "subtasks"]


class TaskDuplicate(BaseModel):
    """What comes along besides title, description, priority, estimate, project and parent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"include": ["labels", "subtasks"]}]})

    title: Annotated[Title | None, Field(description="That of the original without one")] = None
    include: Annotated[list[Part], Field(max_length=20)] = ["assignees", "labels", "due_date", "custom_fields"]
