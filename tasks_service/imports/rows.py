"""Rows of a file, before anything is known of what they mean here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Row:
    """`values` are those of `POST /api/tasks`, with people by name and a project by key. `external_id` is the row's own
    in the system that it comes from; `parent` and `blocked_by` name such ids. `wrong` is why it cannot be read."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    external_id: str | None = None
    parent: str | None = None
    blocked_by: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    project: str | None = None
    wrong: tuple[str, str] | None = None  # pointer, message

    @property
    def has_links(self) -> bool:
        return self.parent is not None or bool(self.blocked_by)


class FileRefused(Exception):
    """The file as a whole cannot be read: it is not what it was said to be."""


Rows = Iterator[Row]
