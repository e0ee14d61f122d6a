"""The rules of reminders that people set for themselves: everybody sees their own only."""

from shared.auth import Principal
from shared.database import Record, Session
from shared.pagination import Listed, PageQuery, cut, start_id
from tasks_service.reminders import queries
from tasks_service.reminders.errors import ReminderNotFound, ReminderRefused, TooManyReminders
from tasks_service.reminders.schemas import ReminderCreate
from tasks_service.tasks.service import get_task

MAX_REMINDERS = 20  # of one person on a task


async def list_reminders(session: Session, principal: Principal, task_id: int, query: PageQuery) -> Listed:
    """Oldest first."""
    await get_task(session, principal, task_id)
    scope = f"reminders {task_id} {principal.id}"
    start = start_id(query, scope, 0)
    rows = await session.fetch(queries.LIST, task_id, principal.id, start, query.limit + 1)
    total = await session.fetchval(queries.COUNT, task_id, principal.id) if query.count else None
    return *cut(rows, query, scope), total


async def get_reminder(session: Session, principal: Principal, task_id: int, reminder_id: int) -> Record:
    await get_task(session, principal, task_id)
    reminder = await session.fetchrow(queries.GET, task_id, principal.id, reminder_id)
    if reminder is None:
        raise ReminderNotFound
    return reminder


async def create_reminder(session: Session, principal: Principal, task_id: int, body: ReminderCreate) -> Record:
    """Raises ReminderRefused for administrators who see the task only because they are that."""
    values = (body.lead_minutes, body.at)
    reminder = await session.fetchrow(queries.CREATE, task_id, principal.id, *values, MAX_REMINDERS)
    if reminder is None:
        await get_task(session, principal, task_id)
        has_part = await session.fetchval(queries.HAS_PART, task_id, principal.id)
        raise TooManyReminders if has_part else ReminderRefused
    return reminder


async def delete_reminder(session: Session, principal: Principal, task_id: int, reminder_id: int) -> None:
    await get_task(session, principal, task_id)
    if not await session.execute(queries.DELETE, task_id, principal.id, reminder_id):
        raise ReminderNotFound
