"""A task that recurs is followed by the next one when it is completed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session
from tasks_service.recurrence import rules
from tasks_service.tasks import ordering, queries
from tasks_service.tasks.recording import event_of


def follows(task: Record, after: Mapping[str, Any]) -> bool:
    """Whether a change from `task` to `after` completes a task that recurs."""
    return after["recurrence"] is not None and after["status"] == "completed" != task["status"]


async def make_next(session: Session, principal: Principal, task: Record) -> Record | None:
    """Makes the task that follows, in the transaction that completed this one. It is due on the rule's next day after
    this one's due date, or after today when there is none. A task that was reopened and is completed once more has
    been followed already."""
    coming = rules.following(task["recurrence"], task["due_date"] or datetime.now(UTC).date())
    if coming is None:
        return None
    recurrence, due_date = coming
    values = {
        **{name: task[name] for name in queries.FIELDS},
        "status": "todo",
        "status_id": None,
        "blocked_by": [],
        "recurrence": recurrence,
        "due_date": due_date,
    }
    made = await session.fetchrow(
        queries.CREATE_NEXT,
        *values.values(),
        ordering.at_end(),
        task["created_by"],
        task["id"],
        *event_of(principal.id),
    )
    session.event_recorded()
    return made
