"""The schemas of an OpenAPI document, made exact.

Pydantic writes a bound that comes after a validator under its own name (`ge`), FastAPI makes every bound a float, which
2**63 - 1 does not survive, and both offer `null` in addresses, where nobody can write it.
"""

from typing import Any

from shared.text import ID_MAX

BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
VALUES = ("default", "example", "examples", "enum", "const")


def make_exact(part: Any) -> None:
    """Bounds as JSON Schema names them and as whole numbers, in place; those of dates stand in their patterns."""
    if isinstance(part, list):
        for one in part:
            make_exact(one)
    if not isinstance(part, dict):
        return
    for name, value in list(part.items()):
        if name in BOUNDS and not isinstance(value, dict):
            del part[name]
            if isinstance(value, int | float):
                part[BOUNDS[name]] = value
        elif name not in VALUES:
            make_exact(value)
    for name in BOUNDS.values():
        if isinstance(part.get(name), float) and part[name].is_integer():
            part[name] = min(int(part[name]), ID_MAX)


def for_an_address(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter: without null, and of a list or its only item the list."""
    offered = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    lists = [one for one in offered if one.get("type") == "array"]
    if not offered:
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    kept = lists or offered
    return {**kept[0], **rest} if len(kept) == 1 else {**rest, "anyOf": kept}
