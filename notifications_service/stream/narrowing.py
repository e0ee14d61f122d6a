"""What a listener wants to hear of all that it may see: everything, or what matches one of its rules."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from notifications_service.topics import Topic
from shared.text import ID_MAX, Whole

MAX_RULES = 100  # of one listener
Subject = Annotated[Whole, Field(ge=1, le=ID_MAX)]


class Rule(BaseModel):
    """All that is given must hold: events of this task, of this project, of one of these types. `task.assigned`,
    `task.unassigned` and `task.completed` mean changes by which that happened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task_id: Subject | None = None
    project_id: Subject | None = None
    events: Annotated[tuple[Topic, ...], Field(max_length=50)] = ()

    def takes(self, task_id: int | None, project_id: int | None, topics: Sequence[str]) -> bool:
        return (
            (self.task_id is None or self.task_id == task_id)
            and (self.project_id is None or self.project_id == project_id)
            and (not self.events or any(topic in self.events for topic in topics))
        )


EVERYTHING = Rule()
