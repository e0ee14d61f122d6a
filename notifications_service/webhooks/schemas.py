"""What goes in and comes out of the webhooks' operations."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from notifications_service.stream.narrowing import Subject
from notifications_service.topics import Topic
from shared.alternatives import either
from shared.pagination import PageQuery
from shared.text import FullMoment, Line, Text, without_default

Format = Literal["taskwire", "slack", "discord", "matrix"]
Status = Literal["pending", "delivered", "failed"]
Url = Annotated[Line, Field(max_length=2000, description="https:// or http://, at a public address")]
Wanted = Annotated[
    list[Topic | Literal["*"]],
    Field(min_length=1, max_length=50, description="Event types and what changed in tasks, or `*` for everything"),
]
Description = Annotated[Text, Field(max_length=1000)]
EXAMPLE: dict[str, Any] = {"url": "https://hooks.example.com/taskwire", "events": ["task.created", "task.completed"]}


class WebhookCreate(BaseModel):
    """`project_id` narrows it to one project. `slack`, `discord` and `matrix` (hookshot) send a sentence instead of the
    event."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    url: Url
    events: Wanted
    project_id: Subject | None = None
    format: Format = "taskwire"
    description: Description = ""
    is_active: StrictBool = True


class WebhookUpdate(BaseModel):
    """A merge patch: absent fields are left alone; `null` widens it to all projects, or empties the description."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"is_active": True}]})

    url: Url = Field(default="", validate_default=False, json_schema_extra=without_default)
    events: Wanted = Field(default=[], validate_default=False, json_schema_extra=without_default)
    project_id: Subject | None = None
    format: Format = Field(default="taskwire", json_schema_extra=without_default)
    description: Description | None = None
    is_active: StrictBool = Field(default=True, json_schema_extra=without_default)

    def given(self) -> dict[str, Any]:
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {**sent, "description": sent["description"] or ""} if "description" in sent else sent


class WebhookRead(BaseModel):
    """`disabled_reason` says why we stopped it: `gone` (it answered 410), `failing` (it took nothing for a day) or
    `owner_deactivated`. `failing_since` is the first failure after the last success."""

    id: int
    url: str
    events: list[str]
    project_id: int | None
    format: Format
    description: str
    is_active: bool
    disabled_reason: Literal["gone", "failing", "owner_deactivated"] | None
    failing_since: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class WebhookWithSecret(WebhookRead):
    """`secret` is shown here and never again."""

    secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="])]


class WebhookFilter(PageQuery):
    sort: Literal["created_at", "-created_at"] = "-created_at"


class DeliveryFilter(PageQuery):
    sort: Literal["created_at", "-created_at"] = "-created_at"
    status: Annotated[Status | None, Field(description="Only those that stand so")] = None


class DeliveryRead(BaseModel):
    """One event on its way to a webhook. `error` says why the last attempt has no answer; `duration_ms` how long it
    took."""

    id: int
    webhook_id: int
    event_id: UUID
    event_type: str
    status: Status
    attempts: int
    response_status: int | None
    duration_ms: int | None
    error: str | None
    created_at: datetime
    next_attempt_at: datetime | None


class Attempt(BaseModel):
    at: datetime
    response_status: int | None
    duration_ms: int
    error: str | None


class DeliveryDetail(DeliveryRead):
    """`payload` is what the event says, `history` each attempt, `response_excerpt` how the last answer begins."""

    payload: dict[str, Any]
    response_excerpt: str | None
    history: list[Attempt]


class ReplayRequest(BaseModel):
    """From where on: `after` a cursor of the stream, or `since` a moment."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"since": "2026-11-21T08:00:00Z"}], **either("after", "since")},
    )

    after: Annotated[str | None, Field(max_length=200)] = None
    since: FullMoment | None = None

    @model_validator(mode="after")
    def check_one(self) -> "ReplayRequest":
        if (self.after is None) == (self.since is None):
            raise ValueError("give either after or since")
        return self


class Replayed(BaseModel):
    """How many deliveries were queued. With `next_cursor` there is more: ask again with it as `after`."""

    queued: int
    next_cursor: str | None
