"""Bodies about sessions."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class SessionIds(BaseModel):
    model_config = ConfigDict(extra="forbid")

    session_ids: Annotated[list[UUID], Field(max_length=20_000)]
