"""What goes in and comes out of the operations on preferences."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from notifications_service.inbox.kinds import Kind
from shared.text import Number

Digest = Literal["off", "hourly", "daily"]
ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length=5)]
EXAMPLE: dict[str, Any] = {
    "matrix": {"task_updated": {"inbox": True, "email": True}, "comment_added": {"inbox": False, "email": False}},
    "digest": "off",
    "digest_hour": 9,
    "quiet_hours": {"from": "22:00", "to": "07:00"},
}


class QuietHours(BaseModel):
    """No e-mail from one time of the day to the other, in the person's own time zone; over midnight as well."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    start: Annotated[ClockTime, Field(alias="from")]
    end: Annotated[ClockTime, Field(alias="to")]

    @model_validator(mode="after")
    def lasts(self) -> "QuietHours":
        if self.start == self.end:
            raise ValueError("`from` and `to` must differ")
        return self


class Channels(BaseModel):
    """Where a kind is told. What is left out is as it is by default."""

    model_config = ConfigDict(extra="forbid")

    inbox: StrictBool | None = None
    email: StrictBool | None = None


class PreferencesUpdate(BaseModel):
    """All preferences at once: what is left out goes back to its default."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    matrix: dict[Kind, Channels] = {}
    digest: Annotated[Digest, Field(description="Collect all e-mail into one an hour or one a day")] = "off"
    digest_hour: Annotated[Number, Field(ge=0, le=23, description="When the daily one comes, local time")] = 9
    quiet_hours: QuietHours | None = None


class ChannelsRead(BaseModel):
    inbox: bool
    email: bool


class PreferencesRead(BaseModel):
    """`matrix` names every kind."""

    matrix: dict[Kind, ChannelsRead]
    digest: Digest
    digest_hour: int
    quiet_hours: QuietHours | None
    version: int
