"""Tasks as iCalendar to-dos (RFC 5545)."""

from datetime import date, datetime
from typing import Any

import orjson

BEGIN = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Taskwire//Export//EN\r\n"
END = b"END:VCALENDAR\r\n"
STATUS = {"todo": "NEEDS-ACTION", "in_progress": "IN-PROCESS", "completed": "COMPLETED", "archived": "CANCELLED"}
PRIORITY = {"urgent": 1, "high": 3, "medium": 5, "low": 9}


def todos(lines: bytes) -> bytes:
    """The components of some tasks, each given as a line of JSON."""
    return b"".join(_todo(orjson.loads(line)) for line in lines.splitlines())


def _todo(task: dict[str, Any]) -> bytes:
    from icalendar import Todo, vRecur

    todo = Todo()
    todo.add("uid", f"task-{task['id']}@taskwire")
    todo.add("dtstamp", datetime.fromisoformat(task["updated_at"]))
    todo.add("created", datetime.fromisoformat(task["created_at"]))
    todo.add("last-modified", datetime.fromisoformat(task["updated_at"]))
    todo.add("summary", task["title"])
    todo.add("status", STATUS[task["status"]])
    todo.add("priority", PRIORITY[task["priority"]])
    if task["description"]:
        todo.add("description", task["description"])
    if task["labels"]:
        todo.add("categories", task["labels"])
    if task["due_date"]:
        todo.add("due", date.fromisoformat(task["due_date"]))
    if task["recurrence"]:
        todo.add("rrule", vRecur.from_ical(task["recurrence"]))
    if task["completed_at"]:
        todo.add("completed", datetime.fromisoformat(task["completed_at"]))
    if task["parent_id"]:
        todo.add("related-to", f"task-{task['parent_id']}@taskwire")
    return bytes(todo.to_ical())
