"""The values of custom fields, checked against their definitions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shared.errors import FieldError, Unprocessable
from shared.text import ID_MAX

MAX_TEXT = 2_000
MAX_NUMBER = 2**53  # beyond that readers of JSON round
Row = Mapping[str, Any]


def checked(fields: Sequence[Row], given: Mapping[str, Any], former: Mapping[str, Any]) -> dict[str, Any]:
    """The values, without those that are null. Raises Unprocessable that names each one that is wrong or missing.

    What the task has already is not asked for again: an option that is gone stays where it was chosen. Of a field that
    is gone nothing stays.
    """
    defined = {field["key"]: field for field in fields}
    found = {key: value for key, value in given.items() if value is not None}
    same = {key for key in found.keys() & former.keys() if found[key] == former[key]}
    wrong = [(key, _fault(defined.get(key), value)) for key, value in found.items() if key not in same]
    missing = [(key, "is required in this project") for key, f in defined.items() if f["required"] and key not in found]
    if errors := [FieldError(f"/custom_fields/{_escaped(key)}", fault) for key, fault in [*wrong, *missing] if fault]:
        raise Unprocessable(errors=errors)
    return {key: value for key, value in found.items() if key in defined}


def fitting(fields: Sequence[Row], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that these fields can hold."""
    defined = {field["key"]: field for field in fields}
    return {key: value for key, value in values.items() if _fault(defined.get(key), value) is None}


def people(fields: Sequence[Row], values: Mapping[str, Any]) -> dict[str, int]:
    """The users that these values name, by key."""
    return {f["key"]: values[f["key"]] for f in fields if f["type"] == "user" and f["key"] in values}


def _fault(field: Row | None, value: Any) -> str | None:
    """What is wrong with the value; None if nothing."""
    if field is None:
        return "there is no such field in the task's project"
    if field["type"] == "text":
        fits = isinstance(value, str) and len(value) <= MAX_TEXT
        return None if fits else f"must be text of at most {MAX_TEXT} characters"
    if field["type"] == "number":
        fits = type(value) in (int, float) and abs(value) <= MAX_NUMBER
        return None if fits else f"must be a number between -{MAX_NUMBER} and {MAX_NUMBER}"
    if field["type"] == "choice":
        return None if value in field["options"] else f"must be one of {', '.join(field['options'])}"
    if field["type"] == "user":
        return None if type(value) is int and 0 < value <= ID_MAX else "must be the id of a user"
    return None if _is_day(value) else "must be a date as YYYY-MM-DD"


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or len(value) != 10 or not value.isascii():
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
