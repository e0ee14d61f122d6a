"""What goes in and comes out of the operations on reminders."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from shared.alternatives import either
from shared.text import FullMoment, Number

LONGEST = timedelta(days=3660)


class ReminderCreate(BaseModel):
    """One of both: `lead_minutes` before the end of the due date where you live (it moves with the due date), or `at`
    a time."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"lead_minutes": 120}], **either("lead_minutes", "at")}
    )

    lead_minutes: Annotated[Number | None, Field(ge=0, le=525_600)] = None
    at: FullMoment | None = None

    @field_validator("at")
    @classmethod
    def is_to_come(cls, value: datetime | None) -> datetime | None:
        now = datetime.now(UTC)
        if value is not None and not now < value < now + LONGEST:
            raise ValueError("must be to come, within ten years")
        return value

    @model_validator(mode="after")
    def one_of_both(self) -> "ReminderCreate":
        if (self.lead_minutes is None) == (self.at is None):
            raise ValueError("give either `lead_minutes` or `at`")
        return self


class ReminderRead(BaseModel):
    """A reminder of one's own: `lead_minutes` or `at`, the other is null."""

    id: int
    task_id: int
    lead_minutes: int | None
    at: datetime | None
    created_at: datetime
