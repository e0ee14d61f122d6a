"""What may stand in each field of a task, and in the parameters of many operations."""

import re
from datetime import date
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from shared.text import ANY_TEXT, ID_MAX, Line, Number, Shown, Text, Whole, check_text
from tasks_service.recurrence import rules

Status = Literal["todo", "in_progress", "completed", "archived"]
Priority = Literal["low", "medium", "high", "urgent"]
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ALIASES = {"pending": "todo"}
MAX_ASSIGNEES = 100
MAX_LABELS = 50
MAX_BLOCKERS = 50


def any_case(value: Any) -> Any:
    """`HIGH`, `In Progress` and `PENDING` are taken as the systems before us wrote them."""
    if not isinstance(value, str):
        return value
    word = value.strip().lower().replace("-", "_").replace(" ", "_")
    return ALIASES.get(word, word)


def _only_iso(value: Any) -> Any:
    if isinstance(value, str) and not ISO_DATE.fullmatch(value):
        raise ValueError("must be a date as YYYY-MM-DD")
    if isinstance(value, int | float):
        raise ValueError("must be a date as YYYY-MM-DD")
    return value


def unique(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        return check_text(value)
    if value is None or type(value) is int or (type(value) is float and isfinite(value)):
        return value
    raise ValueError("must be text, a number or null")


StatusIn = Annotated[Status, BeforeValidator(any_case)]
PriorityIn = Annotated[Priority, BeforeValidator(any_case)]
Day = Annotated[date, BeforeValidator(_only_iso)]
# The driver takes the first and the last date for infinities, which are dates to nobody else.
DueDate = Annotated[Day, Field(gt=date.min, lt=date.max), Shown("^(?!0001-01-01|9999-12-31)")]
BodyId = Annotated[Number, Field(ge=1, le=ID_MAX)]
QueryId = Annotated[Whole, Field(ge=1, le=ID_MAX)]
Title = Annotated[Line, Field(max_length=200)]
Description = Annotated[Text, Field(max_length=20_000)]
Label = Annotated[Line, Field(max_length=50)]
Assignees = Annotated[list[BodyId], Field(max_length=MAX_ASSIGNEES), AfterValidator(unique)]
Labels = Annotated[list[Label], Field(max_length=MAX_LABELS), AfterValidator(unique)]
Blockers = Annotated[list[BodyId], Field(max_length=MAX_BLOCKERS), AfterValidator(unique)]
Recurrence = Annotated[Line, Field(max_length=300), AfterValidator(rules.normalised)]
# What a field can hold says its definition; here only that it is no object and no list.
FieldValue = Annotated[
    Any, AfterValidator(_scalar), WithJsonSchema({"type": ["string", "number", "null"], "pattern": ANY_TEXT})
]
CustomFields = Annotated[dict[str, FieldValue], Field(max_length=100)]
Minutes = Annotated[Number, Field(ge=0, le=10_000_000)]


def without_required(schema: dict[str, Any]) -> None:
    schema.pop("required", None)
