"""What pydantic finds wrong, in our words."""

from collections.abc import Iterable
from typing import Any

from shared.errors import FieldError

LENGTHS = {"too_short": ("min_length", "least"), "too_long": ("max_length", "most")}
TEXT = "string_"  # begins the same findings of a text that nothing else has looked at before


def pointers(errors: Iterable[Any]) -> list[FieldError]:
    """Pydantic's findings as JSON Pointers; a parameter is `/name`. The input itself is never repeated."""
    found = []
    for error in errors:
        steps = [str(step).replace("~", "~0").replace("/", "~1") for step in error["loc"][1:]]
        message = _message(error).encode("utf-8", "replace").decode()
        found.append(FieldError("".join(f"/{step}" for step in steps), message))
    return found


def _message(error: Any) -> str:
    """Pydantic's, but of a text that is too short or too long: it may count that in items."""
    told: str = error["msg"].removeprefix("Value error, ")
    kind = error["type"].removeprefix(TEXT)
    if kind in LENGTHS and (kind != error["type"] or error["ctx"]["field_type"] == "Value"):
        name, words = LENGTHS[kind]
        number = error["ctx"][name]
        return f"must have at {words} {number} character{'s' if number != 1 else ''}"
    return told
