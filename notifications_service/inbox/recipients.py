"""Who is told what of an event: each person once, of the most specific thing, and nobody of their own act.

Told are those who take part in a task: who made it, its assignees, and its watchers. Who may not see it (is not in the
event's audience) is told nothing, except that they are not assigned any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from notifications_service.inbox.kinds import PERSONAL, Kind
from shared import events
from shared.events import CommentEvent, ReminderEvent, TaskCreated, TaskDeleted, TaskEvent, TaskRestored

FIELDS_NAMED = 3


@dataclass(slots=True, frozen=True)
class Told:
    """`deed` follows the actor's name when it begins with a space: together they are the sentence. Otherwise it is one
    by itself. `personal` is what muting does not silence."""

    kind: Kind
    deed: str
    reminder: bool = False

    @property
    def personal(self) -> bool:
        return self.reminder or self.kind in PERSONAL


def recipients_of(event: events.Known) -> dict[int, Told]:
    """By user id. Events that are not listed below tell nobody."""
    tell = TELLERS.get(event.type)
    told: dict[int, Told] = tell(event) if tell else {}
    return {user_id: what for user_id, what in told.items() if user_id != event.actor}


def _of_task(event: TaskEvent) -> dict[int, Told]:
    """The specific kinds come last, because they replace the general one."""
    title = f"“{event.data.task.title}”"
    told: dict[int, Told] = {}
    if not (isinstance(event, TaskCreated) or event.data.changes.keys() == {"position"}):  # a card that was pushed
        told = dict.fromkeys(_taking_part(event), _general(event, title))
    added, removed = _assignments(event)
    told |= dict.fromkeys(removed, Told("task_unassigned", f" took you off {title}"))
    told |= dict.fromkeys(added, Told("task_assigned", f" assigned you {title}"))
    return told


def _of_comment(event: CommentEvent) -> dict[int, Told]:
    """Everybody of a new comment; of a changed one only those it names for the first time."""
    title = f"“{event.data.task.title}”"
    told: dict[int, Told] = {}
    if isinstance(event, events.CommentAdded):
        told = dict.fromkeys(_taking_part(event), Told("comment_added", f" commented on {title}"))
    mentioned = set(event.data.mentioned) & set(event.audience)
    return told | dict.fromkeys(mentioned, Told("mentioned", f" mentioned you in {title}"))


def _of_reminder(event: ReminderEvent) -> dict[int, Told]:
    task, own = event.data.task, event.data.lead_minutes is not None
    title = f"“{task.title}”"
    if own:
        told = Told("task_due_soon", f"Reminder: {title}{f' is due {task.due_date}' if task.due_date else ''}", True)
    elif isinstance(event, events.TaskDueSoon):
        told = Told("task_due_soon", f"{title} is due {task.due_date}")
    else:
        told = Told("task_overdue", f"{title} was due {task.due_date}")
    return {event.data.recipient: told} if event.data.recipient in event.audience else {}


def _of_member(event: events.ProjectMemberAdded) -> dict[int, Told]:
    return {event.data.member.user_id: Told("project_added", f" added you to the project “{event.data.project.name}”")}


TELLERS: dict[str, Callable[[Any], dict[int, Told]]] = {
    "task.created": _of_task,
    "task.updated": _of_task,
    "task.deleted": _of_task,
    "task.restored": _of_task,
    "task.due_soon": _of_reminder,
    "task.overdue": _of_reminder,
    "comment.added": _of_comment,
    "comment.updated": _of_comment,
    "project.member_added": _of_member,
}


def _taking_part(event: TaskEvent | CommentEvent) -> set[int]:
    task = event.data.task
    return {task.created_by, *task.assignee_ids, *event.data.watchers} & set(event.audience)


def _assignments(event: TaskEvent) -> tuple[set[int], set[int]]:
    """Who is newly assigned, and who no longer is."""
    if isinstance(event, TaskCreated):
        return set(event.data.task.assignee_ids), set()
    change = event.data.changes.get("assignee_ids")
    if change is None:
        return set(), set()
    before, after = set(change.before or ()), set(change.after or ())
    return after - before, before - after


def _general(event: TaskEvent, title: str) -> Told:
    changes = event.data.changes
    if isinstance(event, TaskDeleted):
        return Told("task_deleted", f" deleted {title}")
    if isinstance(event, TaskRestored):
        return Told("task_updated", f" restored {title}")
    if "status" in changes and changes["status"].after == "completed":
        return Told("task_completed", f" completed {title}")
    return Told("task_updated", f" changed {_fields(list(changes))}{title}")


def _fields(names: list[str]) -> str:
    """`due date and priority of `; nothing when there are too many to say. Where a card stands goes without saying."""
    words = [name.removesuffix("_ids").removesuffix("_id").replace("_", " ") for name in names if name != "position"]
    words = list(dict.fromkeys(words))
    if not 0 < len(words) <= FIELDS_NAMED:
        return ""
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"{listed} of "
