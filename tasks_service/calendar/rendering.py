"""A feed as iCalendar (RFC 5545): an all-day event for each due date, since calendars of phones and of the big
providers show no to-dos. The same tasks give the same bytes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

EXCERPT = 1000  # characters of a description
PRIORITIES = {"urgent": 1, "high": 3, "medium": 5, "low": 9}
REFRESH = timedelta(hours=1)


def render(tasks: Sequence[Mapping[str, Any]], name: str, public_url: str) -> bytes:
    """Takes long for many tasks, and a moment at the first call: not for the event loop."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Taskwire//Due tasks//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for task in tasks:
        calendar.add_component(_event(task, public_url))
    rendered: bytes = calendar.to_ical()
    return rendered


def _event(task: Mapping[str, Any], public_url: str) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"task-{task['id']}@taskwire")
    event.add("dtstamp", task["updated_at"])
    event.add("last-modified", task["updated_at"])
    event.add("created", task["created_at"])
    event.add("sequence", task["version"])
    event.add("dtstart", task["due_date"])
    event.add("dtend", task["due_date"] + timedelta(days=1))
    event.add("summary", printable(f"{task['key']} {task['title']}" if task["key"] else task["title"]))
    event.add("priority", PRIORITIES[task["priority"]])
    event.add("transp", "TRANSPARENT")
    event.add("url", f"{public_url}/tasks/{task['id']}")
    if task["description"]:
        event.add("description", printable(task["description"][:EXCERPT]))
    if task["labels"]:
        event.add("categories", [printable(label) for label in task["labels"]])
    return event


def printable(text: str) -> str:
    """Without the control characters that the format has no way to write."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and not 127 <= ord(c) < 160))
