"""Projects over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.errors import Unprocessable
from shared.pagination import Page, page_response
from shared.responses import changed, created, no_content, resource
from shared.routing import Route
from tasks_service.dependencies import RenderedTasksDep, SettingsDep, UsersDep
from tasks_service.projects import service
from tasks_service.projects.schemas import (
    ProjectCreate,
    ProjectDuplicate,
    ProjectFilter,
    ProjectRead,
    ProjectReplace,
    ProjectUpdate,
)
from tasks_service.tasks import lists
from tasks_service.tasks import service as tasks
from tasks_service.tasks.list_schemas import ListedTask, TaskFilter
from tasks_service.tasks.schemas import TaskCreate, TaskRead

router = APIRouter(prefix="/api/projects", tags=["projects"], route_class=Route)
tasks_router = APIRouter(prefix="/api/projects", tags=["tasks"], route_class=Route)


@router.get("", response_model=Page[ProjectRead], summary="List your projects")
async def list_projects(
    request: Request, principal: CurrentUser, session: SessionDep, query: Annotated[ProjectFilter, Query()]
) -> Response:
    """A page of the projects that you are a member of (administrators: of all), newest first, without those that are
    archived or in the trash."""
    return page_response(request, *await service.list_projects(session, principal, query))


@router.post("", status_code=201, response_model=ProjectRead, summary="Create a project")
async def create_project(
    principal: CurrentUser, session: SessionDep, settings: SettingsDep, body: ProjectCreate
) -> Response:
    """You become its owner. Without a key it gets one that is made of its name. With a template it begins with that
    one's statuses, fields and tasks."""
    project = await service.create_project(session, principal, settings, body)
    return created(project, f"/api/projects/{project['id']}")


@router.get("/{project_id}", response_model=ProjectRead, summary="Read a project")
async def get_project(
    principal: CurrentUser, session: SessionDep, project_id: Id, preconditions: PreconditionsDep
) -> Response:
    """The project with its version as ETag. Only its members and administrators see it."""
    return resource(await service.get_project(session, principal, project_id), preconditions)


@router.put("/{project_id}", response_model=ProjectRead, summary="Replace a project")
async def replace_project(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, project_id: Id, body: ProjectReplace
) -> Response:
    """For owners and maintainers. What the body leaves out goes back to its default; a key that is left out stays."""
    return changed(await service.replace_project(session, principal, project_id, body, preconditions))


@router.patch("/{project_id}", response_model=ProjectRead, summary="Change a project")
async def update_project(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, project_id: Id, body: ProjectUpdate
) -> Response:
    """For owners and maintainers. `archived` makes its tasks unchangeable (409) and hides it from the list. The key can
    change until the project had a task."""
    return changed(await service.update_project(session, principal, project_id, body, preconditions))


@router.delete("/{project_id}", status_code=204, summary="Move a project to the trash")
async def delete_project(
    principal: CurrentUser, session: SessionDep, preconditions: PreconditionsDep, project_id: Id
) -> Response:
    """For owners. Its tasks go with it and come back with it (`restore`) until the trash is emptied. Of more than
    10,000 tasks the rest follows within seconds."""
    await service.delete_project(session, principal, project_id, preconditions)
    return no_content()


@router.post("/{project_id}/restore", response_model=ProjectRead, summary="Bring a project back from the trash")
async def restore_project(principal: CurrentUser, session: SessionDep, project_id: Id) -> Response:
    """For owners, with the tasks that went there with it. What is in the trash: `GET /api/projects?trashed=true`."""
    return changed(await service.restore_project(session, principal, project_id))


@router.post("/{project_id}/duplicate", status_code=201, response_model=ProjectRead, summary="Copy a project")
async def duplicate_project(
    principal: CurrentUser, session: SessionDep, settings: SettingsDep, project_id: Id, body: ProjectDuplicate
) -> Response:
    """A new project of yours with what you include of one that you see; at most 5,000 tasks."""
    project = await service.duplicate_project(session, principal, settings, project_id, body)
    return created(project, f"/api/projects/{project['id']}")


@tasks_router.get("/{project_id}/tasks", response_model=Page[ListedTask], summary="List the tasks of a project")
async def list_project_tasks(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    rendered: RenderedTasksDep,
    project_id: Id,
    query: Annotated[TaskFilter, Query()],
) -> Response:
    """The same list as `GET /api/tasks?project_id=`, with the same filters; 404 for a project that you do not see."""
    await service.get_project(session, principal, project_id)
    chosen = query.model_copy(update={"project_id": project_id})
    return page_response(request, *await lists.list_tasks(session, principal, rendered, chosen))


@tasks_router.post(
    "/{project_id}/tasks", status_code=201, response_model=TaskRead, summary="Create a task in a project"
)
async def create_project_task(
    principal: CurrentUser,
    session: SessionDep,
    settings: SettingsDep,
    users: UsersDep,
    project_id: Id,
    body: TaskCreate,
) -> Response:
    """The same as `POST /api/tasks` with this `project_id`. For members, not for viewers."""
    await service.get_project(session, principal, project_id)
    if body.project_id not in (None, project_id):
        raise Unprocessable.at("/project_id", "is another project than the one in the address")
    chosen = body.model_copy(update={"project_id": project_id})
    task = await tasks.create_task(session, principal, settings, users, chosen)
    return created(task, f"/api/tasks/{task['id']}")
