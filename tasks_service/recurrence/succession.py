"""A task that recurs is followed by the next one when it is completed, with what is below it as new tasks to do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session
from shared.responses import encode
from tasks_service.projects import rules as projects
from tasks_service.recurrence import queries, rules
from tasks_service.tasks import ordering
from tasks_service.tasks.queries import FIELDS, MANY
from tasks_service.tasks.recording import event_of

MOST = 500  # subtasks at any level that come along
LEVELS = 10

Values = dict[str, Any]


def follows(task: Record, after: Mapping[str, Any]) -> bool:
    """Whether a change from `task` to `after` completes a task that recurs."""
    return after["recurrence"] is not None and after["status"] == "completed" != task["status"]


async def make_next(session: Session, principal: Principal, task: Record) -> Record | None:
    """Makes the task that follows, in the transaction that completed this one. It is due on the rule's next day after
    this one's due date, or after today when there is none. A task that was reopened and is completed once more has
    been followed already."""
    today = datetime.now(UTC).date()
    coming = rules.following(task["recurrence"], task["due_date"] or today)
    if coming is None:
        return None
    recurrence, due_date = coming
    below = await _below(session, task)
    gone = await _gone(session, [task, *below])
    values = {**_afresh(task, gone), "blocked_by": [], "recurrence": recurrence, "due_date": due_date}
    made = await session.fetchrow(
        queries.CREATE_NEXT,
        *values.values(),
        ordering.at_end(),
        task["created_by"],
        task["id"],
        *event_of(principal.id),
    )
    if made is None:
        return None
    session.event_recorded()
    ids = {task["id"]: made["id"]}
    if below:
        ids |= await _copy(session, principal, below, ids, gone, due_date - (task["due_date"] or today))
    await session.execute(queries.WATCH, [*ids], [*ids.values()])
    return made


async def _below(session: Session, task: Record) -> list[Record]:
    return await session.fetch(queries.BELOW, task["id"], LEVELS, MOST) if task["subtasks"]["total"] else []


async def _gone(session: Session, tasks: Sequence[Record]) -> set[int]:
    """Who of the assignees is not active any more."""
    assigned = {i for task in tasks for i in task["assignee_ids"]}
    return {row["id"] for row in await session.fetch(queries.GONE, list(assigned))} if assigned else set()


def _afresh(task: Record, gone: set[int]) -> Values:
    """What a client sets, as of a new task."""
    assignees = [i for i in task["assignee_ids"] if i not in gone]
    same = {name: task[name] for name in FIELDS}
    return {**same, "status": "todo", "status_id": None, "assignee_ids": assignees}


async def _copy(
    session: Session,
    principal: Principal,
    below: Sequence[Record],
    ids: Mapping[int, int],
    gone: set[int],
    later: timedelta,
) -> dict[int, int]:
    """Makes what is below the next task, due so much later; by the id of each its copy's."""
    new = await session.fetch(queries.NEW_IDS, len(below))
    copies = {task["id"]: row["id"] for task, row in zip(below, new, strict=True)}
    keys = await projects.draw_keys(session, Counter(task["project_id"] for task in below))
    rows = [
        {
            **_afresh(task, gone),
            "id": copies[task["id"]],
            "parent_id": copies.get(task["parent_id"]) or ids[task["parent_id"]],
            "blocked_by": [copies[i] for i in task["blocked_by"] if i in copies],
            "due_date": _moved(task["due_date"], later),
            "key": next(keys[task["project_id"]]),
            "position": ordering.at_end(place),
            "created_by": task["created_by"],
        }
        for place, task in enumerate(below)
    ]
    await session.execute(MANY)
    await session.execute(queries.COPY, encode(rows).decode(), *event_of(principal.id)[1:])
    return copies


def _moved(day: date | None, later: timedelta) -> date | None:
    try:
        return day and min(day + later, date.max - timedelta(1))
    except OverflowError:
        return None
