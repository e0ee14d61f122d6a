"""What a mail says beside the sentence: kept with it, so that it says what was so then."""

from typing import Any

from shared.consumer import Event

SHOWN = ("id", "key", "title", "status", "priority", "due_date")
EXCERPT = 1000  # characters of a comment


def details_of(event: Event) -> dict[str, Any]:
    task, comment = getattr(event.data, "task", None), getattr(event.data, "comment", None)
    details: dict[str, Any] = {}
    if task:
        details["task"] = {name: getattr(task, name) for name in SHOWN}
    if comment:
        details["comment"] = comment.body if len(comment.body) <= EXCERPT else comment.body[:EXCERPT] + "…"
    return details
