"""What goes in and comes out of the comments' operations."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.pagination import PageQuery
from shared.text import SOME_TEXT, Shown, Text, without_default

EXAMPLE: dict[str, Any] = {"body": "Looks **good** to me. @anna, would you have a look?"}
SHORT_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_+-")
JOINERS = frozenset("\u200d\ufe0f\u20e3")  # what makes one sign of several
SIGNS = ("So", "Sk")  # symbols, and the modifiers of skin tone
KEYCAPS = frozenset("0123456789#*")


def check_emoji(value: str) -> str:
    """An emoji, also one of several code points, or a short name such as `+1` or `heart`."""
    if SHORT_NAME.issuperset(value):
        return value
    joined = any(sign in JOINERS for sign in value)
    for sign in value:
        if not (sign in JOINERS or unicodedata.category(sign) in SIGNS or (joined and sign in KEYCAPS)):
            raise ValueError("must be an emoji or a short name such as `+1`")
    return value


def check_body(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


Body = Annotated[Text, Field(min_length=1, max_length=20_000), AfterValidator(check_body), Shown(SOME_TEXT)]
Emoji = Annotated[str, Field(min_length=1, max_length=32), AfterValidator(check_emoji)]


class CommentWrite(BaseModel):
    """A comment's words, as Markdown; also what PUT replaces them with."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    body: Body


class CommentUpdate(BaseModel):
    """A merge patch: without `body` the words stay."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    body: Body = Field(default="", validate_default=False, json_schema_extra=without_default)


class CommentRead(BaseModel):
    """A comment. `reactions` maps an emoji to the ids of those who reacted with it; `html` is there with
    `?render=html`. `updated_at` is when the words were last changed."""

    id: int
    task_id: int
    author_id: int
    body: str
    reactions: dict[str, list[int]]
    created_at: datetime
    updated_at: datetime
    version: int
    html: str | None = None


class FormerBody(BaseModel):
    """What a comment said before: from `written_at` until `replaced_at`, up to this version."""

    version: int
    body: str
    written_at: datetime
    replaced_at: datetime


Render = Annotated[
    Literal["html"] | None, Field(description="Adds `html`: the Markdown rendered, safe to put into a page")
]


class RenderQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    render: Render = None


class CommentQuery(PageQuery):
    render: Render = None
    sort: Annotated[Literal["created_at", "-created_at"], Field(description="Oldest or newest first")] = "created_at"
