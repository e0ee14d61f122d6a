"""What is below a task follows it to another project."""

from collections.abc import Collection, Sequence

from shared.auth import Principal
from shared.database import Record, Session
from tasks_service import policies
from tasks_service.projects import rules
from tasks_service.relations import queries
from tasks_service.relations.errors import TooManySubtasks
from tasks_service.tasks.queries import LOCK_TO_CHANGE
from tasks_service.tasks.writing import change_of, write_many

MOST = 1000


async def follow(
    session: Session,
    principal: Principal,
    task_ids: Sequence[int],
    project_id: int | None,
    besides: Collection[int] = (),
) -> None:
    """Brings what is below these tasks to the project that they are about to go to, but for those `besides`, who go by
    themselves. What is in another project than its parent is there on purpose and stays, and so does what the caller
    may not take along. Custom fields and statuses are settled as those of any task that moves."""
    rows = await session.fetch(queries.IN_THE_SAME_PROJECT, task_ids, MOST + 1)
    if len(rows) > MOST:
        raise TooManySubtasks
    ids = [row["id"] for row in rows]
    found = {task["id"]: task for task in await session.fetch(LOCK_TO_CHANGE, ids, principal.id, principal.is_admin)}
    known = await rules.load(session, principal, [project_id]) if project_id is not None else {}
    going, changes = {*task_ids, *besides}, []
    for task_id in ids:  # each after its parent
        task = found.get(task_id)
        if task is None or task["parent_id"] not in going or not _may_go(principal, task):
            continue
        going.add(task_id)
        if task_id not in besides:
            changes.append(change_of(task, rules.settle(principal, task, {"project_id": project_id}, known)))
    if changes:
        await write_many(session, principal, changes)


def _may_go(principal: Principal, task: Record) -> bool:
    free = task["project_id"] is None or policies.may_take_out(principal, task)
    return free and policies.may_change(principal, task) and not task["project_archived"]
