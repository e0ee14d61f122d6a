"""What goes in and comes out of the operations on templates."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from notifications_service.inbox.kinds import Kind
from shared.pagination import PageQuery
from shared.text import Text

TemplateKind = Kind | Literal["digest"]
TEMPLATE_KINDS: tuple[str, ...] = (*get_args(Kind), "digest")

Subject = Annotated[Text, Field(min_length=1, max_length=1000, description="Jinja2; becomes one line")]
Body = Annotated[Text, Field(min_length=1, max_length=20_000, description="Jinja2")]

EXAMPLE: dict[str, Any] = {
    "subject": "{{ item.message }}",
    "text": "Hello {{ recipient.name }},\n{{ item.message }}\n{{ item.url }}\n",
    "html": "<p>Hello {{ recipient.name }},</p><p><a href='{{ item.url }}'>{{ item.message }}</a></p>",
}


class TemplateUpdate(BaseModel):
    """All three parts of a mail. In `html` every value is escaped."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    subject: Subject
    text: Body
    html: Body


class TemplateCreate(TemplateUpdate):
    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "mentioned", **EXAMPLE}]})

    kind: TemplateKind


class TemplatePatch(BaseModel):
    """A merge patch: absent parts stay, `null` brings the words of Taskwire back."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"subject": "[tasks] {{ item.message }}"}]}
    )

    subject: Subject | None = None
    text: Body | None = None
    html: Body | None = None


class PreviewRequest(TemplatePatch):
    """The parts to try; what is left out is as it stands."""

    @model_validator(mode="before")
    @classmethod
    def nothing_is_all(cls, data: Any) -> Any:
        return {} if data is None else data


class TemplateRead(BaseModel):
    """The words for mails of one kind; `digest` is for mails about several things. `is_default`: they are ours."""

    kind: TemplateKind
    subject: str
    text: str
    html: str
    is_default: bool
    updated_at: datetime | None
    version: int


class Preview(BaseModel):
    subject: str
    text: str
    html: str


class TemplateFilter(PageQuery):
    pass
