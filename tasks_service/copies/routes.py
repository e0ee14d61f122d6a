"""Copies of tasks over HTTP."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, SessionDep
from shared.responses import created
from shared.routing import Route
from tasks_service.copies import service
from tasks_service.copies.schemas import TaskDuplicate
from tasks_service.dependencies import SettingsDep, UsersDep
from tasks_service.tasks.schemas import TaskRead

router = APIRouter(prefix="/api/tasks", tags=["tasks"], route_class=Route)


@router.post("/{task_id}/duplicate", status_code=201, response_model=TaskRead, summary="Copy a task")
async def duplicate_task(
    principal: CurrentUser,
    session: SessionDep,
    settings: SettingsDep,
    users: UsersDep,
    task_id: Id,
    body: TaskDuplicate,
) -> Response:
    """A new task of yours in the same place, to do (outside of projects, when you do not see that of the original;
    viewers copy nothing). Comments, files, time and blockers stay with the original; with
    `subtasks` those that you see below it are copied too, all or none."""
    task = await service.duplicate_task(session, principal, settings, users, task_id, body)
    return created(task, f"/api/tasks/{task['id']}")
