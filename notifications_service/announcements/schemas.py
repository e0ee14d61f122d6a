"""What goes in and comes out of announcements."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from notifications_service.inbox.service import Channel
from notifications_service.templates.schemas import TemplateKind
from shared.text import ID_MAX, SOME_TEXT, Number, Shown, check_text


def _unique(values: list[int]) -> list[int]:
    return list(dict.fromkeys(values))


UserId = Annotated[Number, Field(ge=1, le=ID_MAX)]
Message = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(check_text),
    Shown(SOME_TEXT),
]
UserIds = Annotated[list[UserId], Field(min_length=1, max_length=1000), AfterValidator(_unique)]


class Announcement(BaseModel):
    """What an administrator tells people: in the inbox alone unless `channels` says otherwise. `template` names one of
    `/api/notification-templates` for the mail."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"user_ids": [2, 3], "message": "Away on Sunday from 8 to 9", "channels": ["inbox", "email"]}]
        },
    )

    user_ids: UserIds
    message: Message
    channels: Annotated[list[Channel], Field(min_length=1, max_length=10)] = ["inbox"]
    template: TemplateKind = "system"


class Announced(BaseModel):
    """How many people were told."""

    sent: int
    event_id: UUID
