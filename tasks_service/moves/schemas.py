"""What goes into a move."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.text import without_default
from tasks_service.tasks.inputs import BodyId, StatusIn


class TaskMove(BaseModel):
    """Where to: the column (`status`, or the project's own `status_id`), the project, and the place there."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"status": "in_progress", "before": 7}]})

    status: StatusIn = Field(default="todo", json_schema_extra=without_default)
    status_id: BodyId | None = None
    project_id: BodyId | None = None
    before: Annotated[BodyId | None, Field(description="The task that then comes right after this one")] = None
    after: Annotated[BodyId | None, Field(description="The task that then comes right before this one")] = None

    def given(self) -> dict[str, int | str | None]:
        """What of the task changes besides its place."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"before", "after"}}
