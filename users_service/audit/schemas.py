"""Answers and filters of the audit trail."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from shared.pagination import PageQuery
from shared.text import ID_MAX, FullMoment, Text, Whole


class AuditEntry(BaseModel):
    """`actor_id` is null where nobody is signed in. `target` names what it was done to, as `user/7`, or the operation
    that was refused. `count` is above one where many refusals alike were summed up; `request_id` is then the first
    one's."""

    id: int
    occurred_at: datetime
    action: Annotated[str, Field(examples=["session.opened", "refused.invalid_credentials", "user.role_changed"])]
    actor_id: int | None
    target: str | None
    address: str
    request_id: str
    count: int
    details: dict[str, Any]


class AuditQuery(PageQuery):
    actor: Annotated[Whole | None, Field(ge=1, le=ID_MAX, description="What this user did, or was refused")] = None
    action: Annotated[
        Text | None, Field(min_length=1, max_length=100, description="An action, or its first word: `refused`")
    ] = None
    since: Annotated[FullMoment | None, Field(description="From this moment on")] = None
    until: Annotated[FullMoment | None, Field(description="Before this moment")] = None
