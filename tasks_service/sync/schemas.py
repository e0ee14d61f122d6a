"""What goes in and comes out of the sync."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.text import Whole
from tasks_service.sync.token import MAX_LENGTH
from tasks_service.tasks.schemas import TaskRead

MAX_LIMIT = 100


class SyncQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Annotated[
        str | None,
        Field(
            max_length=MAX_LENGTH,
            description="`next_token` of the answer before; without one it is everything",
        ),
    ] = None
    limit: Annotated[Whole, Field(ge=1, le=MAX_LIMIT, description="Tasks in one answer")] = MAX_LIMIT


class SyncPage(BaseModel):
    """`items` are to be taken as they are, `removed` to be forgotten: deleted, or not for you any more. With `has_more`
    ask again at once."""

    items: list[TaskRead]
    removed: list[int]
    next_token: str
    has_more: bool
