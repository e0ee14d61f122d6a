"""Moves over HTTP."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.responses import changed
from shared.routing import Route
from tasks_service.dependencies import UsersDep
from tasks_service.moves import service
from tasks_service.moves.schemas import TaskMove
from tasks_service.tasks.schemas import TaskRead

router = APIRouter(prefix="/api/tasks", tags=["tasks"], route_class=Route)


@router.post("/{task_id}/move", response_model=TaskRead, summary="Move a task to another place or column")
async def move_task(
    principal: CurrentUser,
    session: SessionDep,
    users: UsersDep,
    preconditions: PreconditionsDep,
    task_id: Id,
    body: TaskMove,
) -> Response:
    """One step for what a board does: another column, another project (with what is below it), and the place right
    before or after another task, which must be there. With both, it comes right after `after`, which must stand above
    `before`. With neither it becomes the last one. The order is that of `sort=position`; what else you see there does
    not matter."""
    return changed(await service.move_task(session, principal, users, task_id, body, preconditions))
