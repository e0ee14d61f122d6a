"""What goes in and comes out of the operations on reminders."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

LONGEST = timedelta(days=3660)


class ReminderCreate(BaseModel):
    """One of both: `lead_minutes` before the end of the due date where you live (it moves with the due date), or `at`
    a time."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"lead_minutes": 120}]})

    lead_minutes: Annotated[int | None, Field(strict=True, ge=0, le=525_600)] = None
    at: AwareDatetime | None = None

    @field_validator("at")
    @classmethod
    def is_to_come(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        try:
            at, now = value.astimezone(UTC), datetime.now(UTC)
        except OverflowError:
            raise ValueError("is out of range") from None
        if not now < at < now + LONGEST:
            raise ValueError("must be to come, within ten years")
        return at

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
