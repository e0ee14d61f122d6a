"""What a project holds, copied into a new one."""

from shared import context
from shared.auth import Principal
from shared.database import Record, Session
from tasks_service.errors import TooManyTasks
from tasks_service.projects import queries
from tasks_service.projects.copy_queries import FIELDS, LABELS, MEMBERS, STATUSES, TASKS, TRANSITIONS
from tasks_service.projects.recording import record_member
from tasks_service.tasks.queries import MANY

EVERYTHING = frozenset(("statuses", "fields", "tasks", "labels", "members"))
MOST_TASKS = 5_000


async def copy(session: Session, principal: Principal, source_id: int, target: Record, include: frozenset[str]) -> None:
    """Copies what is included, in the transaction that makes the new project.

    Tasks keep of their labels, fields, statuses and assignees what is included as well: without the members nobody is
    assigned. Raises TooManyTasks.
    """
    if "statuses" in include:
        await session.execute(STATUSES, source_id, target["id"])
        await session.execute(TRANSITIONS, source_id, target["id"])
    if "fields" in include:
        await session.execute(FIELDS, source_id, target["id"])
    if "labels" in include:
        await session.execute(LABELS, source_id, target["id"])
    if "members" in include:
        for member in await session.fetch(MEMBERS, source_id, target["id"]):
            await record_member(session, "project.member_added", principal, target, member)
    if "tasks" in include:
        await _copy_tasks(session, principal, source_id, target, include)


async def _copy_tasks(
    session: Session, principal: Principal, source_id: int, target: Record, include: frozenset[str]
) -> None:
    if await session.fetchval(queries.COUNT_TASKS, source_id) > MOST_TASKS:
        raise TooManyTasks(f"A project of more than {MOST_TASKS:,} tasks is not copied with its tasks.")
    now = context.get()
    kept = ("labels" in include, "fields" in include, "members" in include)
    event = (principal.id, "{}", now.request_id, now.traceparent)
    await session.execute(MANY)
    made = await session.fetch(TASKS, source_id, target["id"], principal.id, *kept, target["key"], *event)
    await session.execute(queries.TAKE_NUMBERS, target["id"], len(made))
    session.event_recorded()
