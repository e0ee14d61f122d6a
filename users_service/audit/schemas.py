"""Answers and filters of the audit trail."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from shared.pagination import PageQuery
from shared.text import ID_MAX, Text

FIRST_YEAR, LAST_YEAR = 1970, 9000  # so that no time zone takes a moment out of what can be stored


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


def check_year(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"must be between the years {FIRST_YEAR} and {LAST_YEAR}")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(check_year)]


class AuditQuery(PageQuery):
    actor: Annotated[int | None, Field(ge=1, le=ID_MAX, description="What this user did, or was refused")] = None
    action: Annotated[
        Text | None, Field(min_length=1, max_length=100, description="An action, or its first word: `refused`")
    ] = None
    since: Annotated[Moment | None, Field(description="From this moment on")] = None
    until: Annotated[Moment | None, Field(description="Before this moment")] = None
