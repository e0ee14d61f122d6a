"""What a project asks of the tasks in it."""

from shared.auth import Principal
from shared.database import Session
from shared.errors import Unprocessable
from tasks_service import policies
from tasks_service.projects import queries


def no_such_project() -> Unprocessable:
    return Unprocessable.at("/project_id", "there is no such project, or you may not see it")


async def require_place(session: Session, principal: Principal, project_id: int) -> None:
    """Refuses who may not put a task into this project."""
    project = await session.fetchrow(queries.GET, project_id, principal.id, principal.is_admin)
    if project is None:
        raise no_such_project()
    policies.require_place(principal, project)
