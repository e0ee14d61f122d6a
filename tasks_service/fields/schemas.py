"""What goes in and comes out of the fields' operations."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.alternatives import valued, when
from shared.text import Flag, Line, Number, without_default

Type = Literal["text", "number", "date", "choice", "user"]
Key = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="Where its value stands in a task's `custom_fields`")
]
Name = Annotated[Line, Field(max_length=50)]
Option = Annotated[Line, Field(max_length=100)]
Options = Annotated[list[Option], Field(max_length=100, description="What a `choice` has to choose from")]
Position = Annotated[Number, Field(ge=0, le=10_000, description="Fields stand in this order")]

EXAMPLE: dict[str, Any] = {"key": "browser", "name": "Browser", "type": "choice", "options": ["Firefox", "Chromium"]}


class FieldCreate(BaseModel):
    """A field of the project's tasks; also what PUT replaces one with. Without a position it is the last."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [EXAMPLE],
            **when(
                valued("type", "choice"),
                {"required": ["options"], "properties": {"options": {"minItems": 1}}},
                {"properties": {"options": {"maxItems": 0}}},
            ),
        },
    )

    key: Annotated[Key | None, Field(description="Made of the name where it is absent")] = None
    name: Name
    type: Type
    required: Flag = False
    options: Options = []
    position: Position | None = None

    @model_validator(mode="after")
    def only_choices_have_options(self) -> "FieldCreate":
        if (self.type == "choice") != bool(self.options):
            raise ValueError("a choice has options, and nothing else has")
        return self


class FieldUpdate(BaseModel):
    """A merge patch: absent fields are left alone. Key and type stay as they are."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"required": True}]})

    name: Name = Field(default="", validate_default=False, json_schema_extra=without_default)
    required: Flag = Field(default=False, json_schema_extra=without_default)
    options: Options = Field(default=[], json_schema_extra=without_default)
    position: Position = Field(default=0, json_schema_extra=without_default)

    def given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class FieldRead(BaseModel):
    id: int
    project_id: int
    key: str
    name: str
    type: Type
    required: bool
    options: list[str]
    position: int
    created_at: datetime
    updated_at: datetime
    version: int
