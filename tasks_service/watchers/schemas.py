"""What goes in and comes out of the watchers' operations."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from tasks_service.tasks.inputs import BodyId


class WatcherAdd(BaseModel):
    """Who shall watch; you yourself when nobody is named."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"user_id": 2}]})

    user_id: BodyId | None = None


class WatcherRead(BaseModel):
    """Who watches a task, and since when."""

    task_id: int
    user_id: int
    created_at: datetime
