"""Who is told what of a task's event: each person once, of the most specific thing, and nobody of their own act."""

from dataclasses import dataclass

from notifications_service.inbox.schemas import Kind
from shared.events import TaskCreated, TaskDeleted, TaskEvent, TaskRestored

FIELDS_NAMED = 3


@dataclass(slots=True, frozen=True)
class Told:
    """`deed` follows the actor's name: together they are the sentence."""

    kind: Kind
    deed: str


def recipients_of(event: TaskEvent) -> dict[int, Told]:
    """By user id. The specific kinds come last, because they replace the general one."""
    task = event.data.task
    concerned = {task.created_by, *task.assignee_ids}
    title = f"“{task.title}”"
    told: dict[int, Told] = {}
    if not isinstance(event, TaskCreated):
        told = dict.fromkeys(concerned, _general(event, title))
    added, removed = _assignments(event)
    told |= dict.fromkeys(removed, Told("task_unassigned", f" took you off {title}"))
    told |= dict.fromkeys(added, Told("task_assigned", f" assigned you {title}"))
    return {user_id: what for user_id, what in told.items() if user_id != event.actor}


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
    """`due date and priority of `; nothing when there are too many to say."""
    if not 0 < len(names) <= FIELDS_NAMED:
        return ""
    words = [name.removesuffix("_ids").removesuffix("_id").replace("_", " ") for name in names]
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"{listed} of "
