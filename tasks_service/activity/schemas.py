"""What comes out of the activity's operations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel


class ActivityRead(BaseModel):
    """One change. `changes` maps a field to `{"from": ..., "to": ...}`."""

    id: UUID
    action: str
    task_id: int
    actor_id: int | None
    version: int | None
    changes: dict[str, Any]
    occurred_at: datetime
