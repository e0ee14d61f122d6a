"""Taking changes back, over HTTP."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.responses import changed
from shared.routing import Route
from tasks_service.dependencies import UsersDep
from tasks_service.history import service
from tasks_service.tasks.schemas import TaskRead

router = APIRouter(tags=["activity"], route_class=Route)


@router.post(
    "/api/tasks/{task_id}/activity/{event_id}/revert", response_model=TaskRead, summary="Take back a change of a task"
)
async def revert_change(
    principal: CurrentUser,
    session: SessionDep,
    users: UsersDep,
    preconditions: PreconditionsDep,
    task_id: Id,
    event_id: UUID,
) -> Response:
    """For those who may change the task. What the entry changed gets its former values in a new version; the entry
    stays. 409 when one of those fields was changed again since, or the entry changed none (deleted: `restore`)."""
    return changed(await service.revert_change(session, principal, users, task_id, event_id, preconditions))
