"""The rules of watchers, and the only code that writes them.

Everybody who sees a task may watch it; who may change it adds and removes others, who must see it as well. Who loses
sight of the task stays in the list and is not told of anything until they see it again.
"""

from shared.auth import Principal
from shared.database import Record, Session
from shared.errors import Unprocessable
from shared.pagination import Listed, PageQuery, cut, start_id
from tasks_service import policies
from tasks_service.errors import TaskNotFound
from tasks_service.tasks.queries import GET_TO_CHANGE
from tasks_service.tasks.service import get_task
from tasks_service.watchers import queries
from tasks_service.watchers.errors import TooManyWatchers, WatcherNotFound

MOST = 200  # of one task


async def list_task_watchers(session: Session, principal: Principal, task_id: int, query: PageQuery) -> Listed:
    await get_task(session, principal, task_id)
    scope = f"watchers of {task_id}"
    total = await session.fetchval(queries.COUNT, task_id) if query.count else None
    rows = await session.fetch(queries.LIST, task_id, start_id(query, scope, 0), query.limit + 1)
    return *cut(rows, query, scope, by="user_id"), total


async def add_watcher(session: Session, principal: Principal, task_id: int, user_id: int) -> Record:
    await _require_right(session, principal, task_id, user_id)
    themselves = user_id == principal.id
    watcher = await session.fetchrow(queries.ADD, task_id, user_id, themselves, MOST)
    if watcher is not None:
        return watcher
    if not themselves and not await session.fetchval(queries.SEES, task_id, user_id):
        raise Unprocessable.at("/user_id", f"user {user_id} does not see this task")
    raise TooManyWatchers


async def remove_watcher(session: Session, principal: Principal, task_id: int, user_id: int) -> None:
    await _require_right(session, principal, task_id, user_id)
    if not await session.execute(queries.REMOVE, task_id, user_id):
        raise WatcherNotFound


async def _require_right(session: Session, principal: Principal, task_id: int, user_id: int) -> None:
    task = await session.fetchrow(GET_TO_CHANGE, task_id, principal.id, principal.is_admin)
    if task is None:
        raise TaskNotFound
    if user_id != principal.id:
        policies.require_change(principal, task)
