"""From the bytes of a file to its rows: our own CSV and JSON, and iCalendar."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from tasks_service.imports.rows import FileRefused, Row, Rows

MAX_CELL = 100_000  # characters
DEFUSED = re.compile(r"'+[=+@\t\r-]")
COLUMNS = {
    **{name: name for name in ("title", "description", "status", "priority", "due_date", "recurrence")},
    **{name: name for name in ("labels", "estimate_minutes", "custom_fields", "client_id", "blocked_by")},
    **dict.fromkeys(("name", "summary", "content"), "title"),
    **dict.fromkeys(("notes", "body"), "description"),
    **dict.fromkeys(("due", "deadline"), "due_date"),
    **dict.fromkeys(("tags", "label", "categories"), "labels"),
    **dict.fromkeys(("assignees", "assignee", "assigned_to", "assigned_user", "assignee_ids"), "assignees"),
    **dict.fromkeys(("project", "project_key"), "project"),
    **dict.fromkeys(("external_id", "id"), "external_id"),
    **dict.fromkeys(("parent", "parent_id"), "parent"),
    "project_id": "project_id",
}
# What our own exports say as well, and what is made anew here.
OURS = {
    *("key", "version", "position", "created_by", "created_at", "updated_at", "completed_at", "status_id", "subtasks"),
}


def text_of(parts: Iterable[bytes]) -> Iterator[str]:
    """The lines of a file, with or without a byte order mark. Raises FileRefused for what is not UTF-8."""
    reader = io.TextIOWrapper(io.BufferedReader(_Parts(iter(parts))), encoding="utf-8-sig", newline="")
    try:
        yield from reader
    except UnicodeDecodeError:
        raise FileRefused("the file is not UTF-8") from None


class _Parts(io.RawIOBase):
    """The parts of a file as one stream."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._rest = parts, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = part
        taken = self._rest[: len(buffer)]
        self._rest = self._rest[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def table(parts: Iterable[bytes], ignored: set[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file by its header's names, in lower case; a number is negative when the row has more cells
    than the header."""
    csv.field_size_limit(MAX_CELL)
    try:
        text = text_of(parts)
        first = next(text, "")
        # Spreadsheets part cells by semicolons where the comma is in numbers.
        lines = csv.reader(chain([first], text), delimiter=max(",;\t", key=first.count))
        header = [name.strip().lower().replace(" ", "_") for name in next(lines, [])]
        if not header:
            raise FileRefused("the file is empty")
        ignored |= {name for name in header if name}
        for number, cells in enumerate((cells for cells in lines if cells), 1):
            yield (-number if len(cells) > len(header) else number), dict(zip(header, cells, strict=False))
    except csv.Error as error:
        raise FileRefused(f"the file is no CSV: {error}") from None


def from_csv(parts: Iterable[bytes], ignored: set[str]) -> Rows:
    found: set[str] = set()
    for number, cells in table(parts, found):
        ignored |= {name for name in found if name not in COLUMNS and name not in OURS}
        if number < 0:
            yield Row(-number, wrong=("", "has more cells than the header"))
            continue
        yield _row(number, {COLUMNS[name]: _plain(cell) for name, cell in cells.items() if name in COLUMNS and cell})
    ignored |= {name for name in found if name not in COLUMNS and name not in OURS}


def _plain(cell: str) -> str:
    """The text of a cell, without the mark that keeps a spreadsheet from running it."""
    return cell[1:] if DEFUSED.match(cell) else cell


def _row(number: int, cells: dict[str, str]) -> Row:
    row = Row(number)
    for name, cell in cells.items():
        match name:
            case "external_id":
                row.external_id = cell.strip()
            case "parent":
                row.parent = cell.strip()
            case "project":
                row.project = cell.strip().upper()
            case "assignees":
                row.people = tuple(words(cell))
            case "blocked_by":
                row.blocked_by = tuple(words(cell))
            case "labels":
                row.values["labels"] = words(cell)
            case "estimate_minutes" | "project_id":
                row.values[name] = int(cell) if cell.strip().isdecimal() else cell
            case "custom_fields":
                row.values[name] = _json(cell)
            case _:
                row.values[name] = cell
    return row


def words(cell: str) -> list[str]:
    """`bug, ui` or `["bug", "ui"]`."""
    if cell.startswith("["):
        found = _json(cell)
        if isinstance(found, list) and all(isinstance(word, str) for word in found):
            return found
    return [word.strip() for word in re.split(r"[,;|]", cell) if word.strip()]


def _json(cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def from_json(parts: Iterable[bytes], ignored: set[str]) -> Rows:
    """An array of tasks, or an object that holds one as `tasks` or `items`."""
    document = document_of(parts)
    if isinstance(document, dict):
        document = next((document[name] for name in ("tasks", "items") if name in document), None)
    if not isinstance(document, list):
        raise FileRefused("the file holds no array of tasks")
    for number, item in enumerate(document, 1):
        yield _of_object(number, item) if isinstance(item, dict) else Row(number, wrong=("", "is no object"))


def document_of(parts: Iterable[bytes]) -> Any:
    try:
        return json.loads(b"".join(parts).decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FileRefused(f"the file is no JSON: {error}") from None


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number in JSON")


def _of_object(number: int, item: dict[str, Any]) -> Row:
    row = Row(number)
    for name, value in item.items():
        if value is None or name in OURS or (name == "assigned_user" and "assignee_ids" in item):
            continue
        if name in ("external_id", "id"):
            row.external_id = str(value)
        elif name in ("parent", "parent_id"):
            row.parent = str(value)
        elif name == "blocked_by" and isinstance(value, list):
            row.blocked_by = tuple(str(one) for one in value)
        elif name in ("project", "project_key"):
            row.project = str(value).upper()
        elif name == "assignees" and isinstance(value, list):
            row.people = tuple(str(one) for one in value)
        else:
            row.values[name] = value
    return row


def from_ics(parts: Iterable[bytes], ignored: set[str]) -> Rows:
    """A row for each VTODO."""
    from icalendar import Calendar

    try:
        todos = Calendar.from_ical(b"".join(parts).decode("utf-8-sig")).walk("VTODO")
    except (ValueError, IndexError, KeyError) as error:
        raise FileRefused(f"the file is no iCalendar: {error}") from None
    for number, todo in enumerate(todos, 1):
        yield _of_todo(number, todo)


def _of_todo(number: int, todo: Any) -> Row:
    status = {"COMPLETED": "completed", "IN-PROCESS": "in_progress", "CANCELLED": "archived"}
    priority = int(todo.get("priority", 0) or 0)
    values: dict[str, Any] = {
        "title": str(todo.get("summary", "")),
        "description": str(todo.get("description", "")),
        "status": status.get(str(todo.get("status", "")), "todo"),
        "priority": "medium" if priority in (0, 5) else ["urgent", "high", "low"][(priority > 1) + (priority > 5)],
    }
    if due := todo.get("due"):
        values["due_date"] = str(due.dt)[:10]
    if rule := todo.get("rrule"):
        values["recurrence"] = rule.to_ical().decode()
    if labels := todo.get("categories"):
        several = labels if isinstance(labels, list) else [labels]
        values["labels"] = [str(label) for one in several for label in one.cats]
    parent = todo.get("related-to")
    return Row(number, values, str(todo["uid"]) if "uid" in todo else None, str(parent) if parent else None)
