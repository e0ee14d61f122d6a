"""Bodies and answers of personal access tokens."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from shared.scopes import GRANTABLE
from shared.text import FullMoment, Line

NAME_MAX = 100
LAST_YEAR = 9998  # so that no time zone takes it out of what can be stored


def check_scope(value: str) -> str:
    if value not in GRANTABLE:
        raise ValueError(f"must be one of {', '.join(GRANTABLE)}")
    return value


def check_future(value: datetime) -> datetime:
    if value.year > LAST_YEAR or value <= datetime.now(UTC):
        raise ValueError("must be in the future")
    return value


Scope = Annotated[str, AfterValidator(check_scope), Field(json_schema_extra={"enum": list(GRANTABLE)})]


class AccessTokenCreate(BaseModel):
    """Without `expires_at` the token is good until it is revoked."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Nightly report", "scopes": ["tasks:read", "projects:read"]}]},
    )

    name: Annotated[Line, StringConstraints(max_length=NAME_MAX)]
    scopes: Annotated[
        list[Scope], Field(min_length=1, max_length=len(GRANTABLE)), AfterValidator(lambda s: [*dict.fromkeys(s)])
    ]
    expires_at: Annotated[FullMoment, AfterValidator(check_future)] | None = None


class AccessTokenRead(BaseModel):
    """`last_used_at` is written once a minute at most."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class AccessTokenCreated(AccessTokenRead):
    """`token` is shown this once."""

    token: str
