"""Bodies and answers about sessions."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class SessionIds(BaseModel):
    model_config = ConfigDict(extra="forbid")

    session_ids: Annotated[list[UUID], Field(max_length=20_000)]


class SessionRead(BaseModel):
    """One sign-in that still lasts. `address` is where it was opened; `last_used_at` is exact to about a minute;
    `current` marks the session that asks."""

    id: UUID
    device: Annotated[str, Field(examples=["Firefox on Linux"])]
    user_agent: str
    address: Annotated[str, Field(examples=["203.0.113.7"])]
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool
