"""What may go in: text, whole numbers, yes and no, moments.

Text has no NUL (PostgreSQL has no place for it) and no lone surrogates (no UTF-8 has). Each type says the same in the
OpenAPI document as it does here: what that allows is taken, and what it forbids is refused.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationInfo,
)
from pydantic_core import CoreSchema


@dataclass(frozen=True)
class Shown:
    """What the document shows for a check that is written in Python, where messages are for people."""

    pattern: str | None = None
    format: str | None = None
    enum: tuple[str, ...] | None = None

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core_schema), **{name: value for name, value in vars(self).items() if value is not None}}


@dataclass(frozen=True)
class OrOne:
    """Of a list: its only item may stand for it."""

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        listed = handler(core_schema)
        return {"anyOf": [listed, listed["items"]]}


def without_default(schema: dict[str, Any]) -> None:
    """An absent field of a merge patch has no value at all, whatever stands in for it here."""
    schema.pop("default", None)


def check_text(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the NUL character")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("must not contain lone surrogates") from None
    return value


def check_line(value: str) -> str:
    if CONTROL.search(value):
        raise ValueError("must be one line without control characters")
    return check_text(value)


def check_number(value: Any) -> Any:
    """JSON has one kind of number: `3.0` is the whole number 3. Text and booleans are none."""
    if type(value) is float and value.is_integer():
        return int(value)
    if type(value) is not int:
        raise ValueError("must be a whole number")
    return value


def check_digits(value: Any, info: ValidationInfo) -> Any:
    """In an address a number is written in one way: not as `1.0`, `+1` or in the digits of another script."""
    if info.mode == "json":
        return check_number(value)
    if isinstance(value, str) and not WHOLE.fullmatch(value):
        raise ValueError("must be a whole number")
    return value


def check_flag(value: Any, info: ValidationInfo) -> Any:
    if info.mode == "json" and type(value) is not bool:
        raise ValueError("must be true or false")
    return value


def check_written_out(value: Any) -> Any:
    if isinstance(value, int | float) or (isinstance(value, str) and "-" not in value[1:]):
        raise ValueError("must be a moment such as `2031-03-31T09:00:00Z`")  # pydantic would take seconds since 1970
    return value


def in_utc(value: datetime) -> datetime:
    """Without an offset it is UTC already. What an offset takes out of the years that there are is their very end."""
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        return (datetime.min if value.year == 1 else datetime.max).replace(tzinfo=UTC)


CONTROL = re.compile(r"[\x00-\x1f\x7f]")
WHOLE = re.compile(r"-?[0-9]{1,30}")
ANY_TEXT = r"^[^\x00]*$"
ANY_LINE = r"^[^\x00-\x1f\x7f]*$"
SOME_TEXT = r"^[^\x00]*[^\s\x00\x85][^\x00]*$"
SOME_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f\x85][^\x00-\x1f\x7f]*$"

Whole = Annotated[int, BeforeValidator(check_digits)]
"""A number in an address, or in what is written like one."""
Number = Annotated[int, BeforeValidator(check_number)]
"""A number in a body."""
Flag = Annotated[bool, BeforeValidator(check_flag)]
"""Yes or no: in a body `true` or `false`, in an address also as people write it."""
Moment = Annotated[datetime, BeforeValidator(check_written_out), AfterValidator(in_utc)]
FullMoment = Annotated[AwareDatetime, BeforeValidator(check_written_out), AfterValidator(in_utc)]
"""One that has to say its offset."""
Text = Annotated[str, AfterValidator(check_text), Shown(ANY_TEXT)]
LineOrNothing = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(check_line), Shown(ANY_LINE)]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(check_line), Shown(SOME_LINE)
]
"""With something on it besides blanks, which are taken off at both ends."""

ID_MAX = 2**63 - 1
