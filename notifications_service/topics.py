"""What an event can be asked for by: its type, and what stands in its changes.

`task.assigned`, `task.unassigned` and `task.completed` are no events of their own: wherever events are filtered they
mean a change of a task by which somebody was assigned, or is no longer, or by which it was completed.
"""

from typing import Literal

from shared.events import AttachmentEvent, CommentEvent, MemberEvent, ProjectEvent, ReminderEvent, TaskEvent

Visible = TaskEvent | ReminderEvent | CommentEvent | AttachmentEvent | ProjectEvent | MemberEvent
"""The events that people see: those with an audience."""

Topic = Literal[
    "task.created",
    "task.updated",
    "task.deleted",
    "task.restored",
    "task.due_soon",
    "task.overdue",
    "comment.added",
    "comment.updated",
    "comment.deleted",
    "attachment.added",
    "attachment.deleted",
    "project.created",
    "project.updated",
    "project.deleted",
    "project.member_added",
    "project.member_updated",
    "project.member_removed",
    "task.assigned",
    "task.unassigned",
    "task.completed",
]


def topics_of(event: Visible) -> list[str]:
    """Its type first."""
    if event.type == "task.created":
        return [event.type, *_changed([], event.data.task.assignee_ids, event.data.task.status == "completed")]
    if event.type != "task.updated":
        return [event.type]
    assignees, status = event.data.changes.get("assignee_ids"), event.data.changes.get("status")
    before, after = (assignees.before, assignees.after) if assignees else ([], [])
    return [event.type, *_changed(before or [], after or [], status is not None and status.after == "completed")]


def _changed(before: list[int], after: list[int], completed: bool) -> list[str]:
    found = {
        "task.assigned": set(after) - set(before),
        "task.unassigned": set(before) - set(after),
        "task.completed": completed,
    }
    return [topic for topic, happened in found.items() if happened]
