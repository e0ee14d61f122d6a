"""Tasks over HTTP: parse, call, return."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.conditional import NONE
from shared.dependencies import CurrentUser, Id, PreconditionsDep, SessionDep
from shared.pagination import Page, page_response
from shared.responses import changed, created, json_response, no_content, resource
from shared.routing import Route
from tasks_service.counts import service as counts
from tasks_service.dependencies import ListAnswersDep, RenderedTasksDep, SettingsDep, UsersDep
from tasks_service.tasks import additions, lists, service
from tasks_service.tasks.list_schemas import ListedTask, ReadQuery, ReadTask, TaskFilter, TaskStats
from tasks_service.tasks.schemas import DeleteQuery, TaskCreate, TaskRead, TaskReplace, TaskUpdate

router = APIRouter(prefix="/api/tasks", tags=["tasks"], route_class=Route)


@router.get("", response_model=Page[ListedTask], summary="List the tasks you may see")
async def list_tasks(
    request: Request,
    principal: CurrentUser,
    session: SessionDep,
    rendered: RenderedTasksDep,
    answers: ListAnswersDep,
    query: Annotated[TaskFilter, Query()],
) -> Response:
    """A page of what you created or are assigned to (administrators: of everything), newest first. Walk on with
    `cursor`; each task that is there throughout comes exactly once, whatever others change meanwhile."""

    async def page() -> Response:
        return page_response(request, *await lists.list_tasks(session, principal, rendered, query))

    if lists.follows_the_clock(query):
        return await page()
    key = (principal.id, principal.is_admin, request.scope["path"], request.scope["query_string"])
    return await answers.answer(session, key, page)


@router.post("", status_code=201, response_model=TaskRead, summary="Create a task")
async def create_task(
    principal: CurrentUser, session: SessionDep, settings: SettingsDep, users: UsersDep, body: TaskCreate
) -> Response:
    """Status and priority are taken in any case; assignees must exist and be active. A subtask (`parent_id`) is in the
    project of its parent unless another one or null is named. What it waits for (`blocked_by`) you must be able to see.
    `recurrence` is an RRULE over days (DAILY to YEARLY). With a `client_id` that you used before, the answer is the
    task that was made then, as it is now."""
    task = await service.create_task(session, principal, settings, users, body)
    return created(task, f"/api/tasks/{task['id']}")


@router.get("/stats", response_model=TaskStats, summary="Count the tasks you may see")
async def get_task_stats(principal: CurrentUser, session: SessionDep, settings: SettingsDep) -> Response:
    """Totals by status and priority, and how many are overdue or due soon (`DUE_SOON_HOURS`)."""
    return json_response(await counts.get_task_stats(session, principal, settings))


@router.get("/{task_id}", response_model=ReadTask, summary="Read a task")
async def get_task(
    principal: CurrentUser,
    session: SessionDep,
    task_id: Id,
    preconditions: PreconditionsDep,
    query: Annotated[ReadQuery, Query()],
) -> Response:
    """The task with its version as ETag. `blocked_by` names all that it waits for until those end for good, also what
    is in the trash or what you do not see. `include` adds what changes without the version, so then it is never 304."""
    task = await service.get_task(session, principal, task_id)
    if not query.include and not query.render:
        return resource(task, preconditions)
    shown = await additions.extended(session, principal, task, query)
    return resource(shown, NONE if query.include else preconditions)


@router.put("/{task_id}", response_model=TaskRead, summary="Replace a task")
async def replace_task(
    principal: CurrentUser,
    session: SessionDep,
    users: UsersDep,
    preconditions: PreconditionsDep,
    task_id: Id,
    body: TaskReplace,
) -> Response:
    """All fields at once: what the body leaves out goes back to its default, but for `project_id` and `parent_id`,
    which stay. Otherwise as PATCH."""
    return changed(await service.replace_task(session, principal, users, task_id, body, preconditions))


@router.patch("/{task_id}", response_model=TaskRead, summary="Change a task")
async def update_task(
    principal: CurrentUser,
    session: SessionDep,
    users: UsersDep,
    preconditions: PreconditionsDep,
    task_id: Id,
    body: TaskUpdate,
) -> Response:
    """A merge patch (RFC 7396): only the fields that the body names change; `null` clears. With a task that goes to
    another project goes what is below it and in the same project, as far as you may take it out (1,000 tasks at most).
    Completing a task that recurs makes the next one, due on the rule's next day after its due date, with its labels,
    assignees, custom fields, estimate and watchers. Its subtasks come along as new ones to do, their due dates moved as
    far; what is left of the former ones stays below the completed task."""
    return changed(await service.update_task(session, principal, users, task_id, body, preconditions))


@router.delete("/{task_id}", status_code=204, summary="Move a task to the trash")
async def delete_task(
    principal: CurrentUser,
    session: SessionDep,
    preconditions: PreconditionsDep,
    task_id: Id,
    query: Annotated[DeleteQuery, Query()],
) -> Response:
    """For its creator, the owners and maintainers of its project and administrators. Its subtasks go with it, and all
    come back with `restore` until the trash is emptied. With `permanent=true` a task that is in the trash already ends
    at once, with what went there with it."""
    delete = service.purge_task if query.permanent else service.delete_task
    await delete(session, principal, task_id, preconditions)
    return no_content()


@router.post("/{task_id}/restore", response_model=TaskRead, summary="Bring a task back from the trash")
async def restore_task(principal: CurrentUser, session: SessionDep, task_id: Id) -> Response:
    """For those who may delete it. Subtasks that went to the trash with it come back with it; a task whose parent is in
    the trash comes back without a parent. What is in the trash: `GET /api/tasks?trashed=true`."""
    return changed(await service.restore_task(session, principal, task_id))
