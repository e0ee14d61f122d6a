"""The rules of views. A view is seen by whoever made it and, when it is shared, by the members of its project; it is
changed by whoever made it and, when it is shared, by those who maintain the project. It shows nobody more tasks than
the list would."""

from typing import Any

from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session
from shared.errors import PreconditionFailed, Unprocessable
from shared.pagination import Listed, PageQuery, cut, start_id
from shared.text import ID_MAX
from tasks_service import policies
from tasks_service.projects import queries as projects
from tasks_service.projects.rules import no_such_project
from tasks_service.tasks import filters, lists, sorting
from tasks_service.tasks.list_schemas import Conditions, TaskFilter
from tasks_service.tasks.rendering import RenderedTasks
from tasks_service.views import queries
from tasks_service.views.errors import TooManyViews, ViewChangeRefused, ViewNotFound
from tasks_service.views.schemas import ViewCreate, ViewFilter, ViewPage, ViewUpdate

MAX_VIEWS = 500  # of one user
FIELDS = ("name", "query", "filter", "sort", "project_id", "shared")
SCOPE = "views"

View = dict[str, Any]


async def list_views(session: Session, principal: Principal, query: ViewFilter) -> Listed:
    scope = f"{SCOPE} {query.project_id}"
    before = start_id(query, scope, ID_MAX)
    of_caller = principal.id, principal.is_admin
    rows = await session.fetch(queries.LIST, *of_caller, before, query.limit + 1, query.project_id)
    total = await session.fetchval(queries.COUNT, *of_caller, query.project_id) if query.count else None
    return *cut(rows, query, scope), total


async def get_view(session: Session, principal: Principal, view_id: int) -> View:
    return _shown(await _find(session, principal, view_id))


async def create_view(session: Session, principal: Principal, body: ViewCreate) -> Record:
    values = {**dict(body), "query": _stored(body.query)}
    await _require_sense(session, principal, values)
    view = await session.fetchrow(queries.CREATE, principal.id, MAX_VIEWS, *(values[name] for name in FIELDS))
    if view is None:
        raise TooManyViews
    return view


async def replace_view(
    session: Session, principal: Principal, view_id: int, body: ViewCreate, preconditions: Preconditions = NONE
) -> Record:
    values = {**dict(body), "query": _stored(body.query)}
    return await _update(session, principal, view_id, values, preconditions)


async def update_view(
    session: Session, principal: Principal, view_id: int, body: ViewUpdate, preconditions: Preconditions = NONE
) -> Record:
    values = {name: getattr(body, name) for name in body.model_fields_set}
    if "query" in values:
        values["query"] = _stored(body.query)
    return await _update(session, principal, view_id, values, preconditions)


async def _update(
    session: Session, principal: Principal, view_id: int, values: dict[str, Any], preconditions: Preconditions
) -> Record:
    view = await _find_to_change(session, principal, view_id, preconditions)
    after = {name: values.get(name, view[name]) for name in FIELDS}
    if after["shared"] and after["project_id"] is None:
        raise Unprocessable.at("/shared", "a view is shared with a project: give its project_id")
    await _require_sense(session, principal, after)
    changed = await session.fetchrow(queries.UPDATE, view_id, view["version"], *(after[name] for name in FIELDS))
    if changed is None:
        raise PreconditionFailed((await _find(session, principal, view_id))["version"])
    return changed


async def delete_view(
    session: Session, principal: Principal, view_id: int, preconditions: Preconditions = NONE
) -> None:
    view = await _find_to_change(session, principal, view_id, preconditions)
    if not await session.execute(queries.DELETE, view_id, view["version"]):
        raise PreconditionFailed((await _find(session, principal, view_id))["version"])


async def list_view_tasks(
    session: Session, principal: Principal, rendered: RenderedTasks, view_id: int, page: ViewPage
) -> Listed:
    query = _as_filter(await _find(session, principal, view_id), dict(page))
    return await lists.list_tasks(session, principal, rendered, query)


async def view_and_filter(session: Session, principal: Principal, view_id: int) -> tuple[Record, TaskFilter]:
    """The view, and the list's parameters that it stands for."""
    view = await _find(session, principal, view_id)
    return view, _as_filter(view, PageQuery().model_dump())


async def _find(session: Session, principal: Principal, view_id: int) -> Record:
    view = await session.fetchrow(queries.GET, view_id, principal.id, principal.is_admin)
    if view is None:
        raise ViewNotFound
    return view


async def _find_to_change(session: Session, principal: Principal, view_id: int, preconditions: Preconditions) -> Record:
    view = await _find(session, principal, view_id)
    if not (view["created_by"] == principal.id or principal.is_admin or view["role"] in policies.MAINTAINERS):
        raise ViewChangeRefused
    preconditions.require(view["version"])
    return view


async def _require_sense(session: Session, principal: Principal, view: dict[str, Any]) -> None:
    """Refuses a view that could not be shown, of a project that the caller does not see, or shared where the caller
    only reads."""
    query = _as_filter(view, PageQuery().model_dump())
    where = filters.conditions(query, principal, await lists.reader_of(session, principal))
    sorting.order_of(query, where)
    if view["project_id"] is None:
        return
    project = await session.fetchrow(projects.GET, view["project_id"], principal.id, principal.is_admin)
    if project is None:
        raise no_such_project()
    if view["shared"]:
        policies.require_place(principal, project)


def _as_filter(view: Record, page: dict[str, Any]) -> TaskFilter:
    within = {} if view["project_id"] is None else {"project_id": view["project_id"]}
    return TaskFilter.model_validate(
        {**view["query"], **within, **page, "filter": view["filter"], "sort": view["sort"]}
    )


def _stored(query: Conditions) -> dict[str, Any]:
    return query.model_dump(mode="json", exclude_unset=True)


def _shown(view: Record) -> View:
    return {name: value for name, value in view.items() if name != "role"}
