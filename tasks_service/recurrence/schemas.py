"""What goes in and comes out of the previews of recurrence."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.text import Whole
from tasks_service.tasks.inputs import DueDate, Recurrence

MOST = 100
Count = Annotated[Whole, Field(ge=1, le=MOST, description="How many days at most")]


class PreviewQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    count: Count = 10


class PreviewRequest(BaseModel):
    """A rule, and the day from which it counts; today when there is none."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"recurrence": "FREQ=MONTHLY;BYMONTHDAY=-1", "count": 3}]}
    )

    recurrence: Recurrence
    due_date: DueDate | None = None
    count: Count = 10


class Preview(BaseModel):
    """The next days in order; fewer than were asked for when the rule ends, or names days that are far apart."""

    dates: list[date]
