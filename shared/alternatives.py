"""Rules over several fields of a body, as the OpenAPI document says them: keywords for `json_schema_extra`."""

from typing import Any

Keywords = dict[str, Any]


def given(*names: str) -> Keywords:
    """These are there and not null."""
    return {"required": list(names), "properties": {name: {"not": {"type": "null"}} for name in names}}


def absent(*names: str) -> Keywords:
    """These are left out or null."""
    return {"properties": {name: {"type": "null"} for name in names}}


def valued(name: str, *values: str | bool) -> Keywords:
    """This one is there with one of these values."""
    return {"required": [name], "properties": {name: {"enum": list(values)}}}


def when(condition: Keywords, then: Keywords, otherwise: Keywords | None = None) -> Keywords:
    return {"if": condition, "then": then} | ({"else": otherwise} if otherwise else {})


def never_both(one: str, other: str) -> Keywords:
    return {"not": {"required": [one, other]}}


def either(one: str, other: str) -> Keywords:
    """Exactly one of both."""
    return when(given(one), absent(other), given(other))
