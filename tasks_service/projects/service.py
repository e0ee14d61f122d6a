"""The rules of projects, and the only code that writes them. Changes are made under the project's row lock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session, again_when_deadlocked
from shared.errors import Unprocessable
from shared.pagination import Cursor, Listed, cut
from tasks_service import policies
from tasks_service.errors import ProjectNotFound
from tasks_service.projects import copying, keys, queries
from tasks_service.projects.errors import ProjectKeyInUse, ProjectKeyTaken, ProjectMoving, ProjectNotTrashed
from tasks_service.projects.recording import record
from tasks_service.projects.schemas import (
    ProjectCreate,
    ProjectDuplicate,
    ProjectFilter,
    ProjectReplace,
    ProjectUpdate,
)
from tasks_service.settings import Settings
from tasks_service.tasks import queries as tasks
from tasks_service.tasks.recording import event_of_many

FIELDS = ("key", "name", "description", "archived", "is_template")
BATCH = 1000  # tasks that a statement takes to the trash and back
AT_ONCE = 10  # such statements in a request; the worker does the rest
KEY_BATCH = 50


async def get_project(session: Session, principal: Principal, project_id: int) -> Record:
    project = await session.fetchrow(queries.GET, project_id, principal.id, principal.is_admin)
    if project is None:
        raise ProjectNotFound
    return project


async def lock_project(session: Session, principal: Principal, project_id: int) -> Record:
    """The project as the caller sees it, which nobody else changes before this transaction ends."""
    project = await session.fetchrow(queries.LOCK, project_id, principal.id, principal.is_admin)
    if project is None:
        raise ProjectNotFound
    return project


async def list_projects(session: Session, principal: Principal, query: ProjectFilter) -> Listed:
    pattern = _beginning(query.q) if query.q else None
    chosen = (query.archived, query.trashed, query.is_template, query.role, pattern)
    args = (principal.id, principal.is_admin, *chosen)
    total = await session.fetchval(queries.COUNT, *args) if query.count else None
    scope = f"projects {query.sort} {args}"
    after: tuple[Any, ...] = ()
    if query.cursor is not None:
        parse = datetime.fromisoformat if query.sort.endswith("created_at") else str
        cursor = Cursor.decode(query.cursor, scope, parse)
        after = (cursor.value, cursor.id)
    sql = queries.list_page(query.sort, first=not after)
    rows = await session.fetch(sql, *args, query.limit + 1, *after)
    page, next_cursor = cut(rows, query, scope, key="sort_key")
    return [{k: v for k, v in row.items() if k != "sort_key"} for row in page], next_cursor, total


async def create_project(session: Session, principal: Principal, settings: Settings, body: ProjectCreate) -> Record:
    """Anybody may; who does is its owner. A template's statuses, fields and tasks are copied into it."""
    if body.template_id is None:
        return await _create(session, principal, body, None, frozenset())
    template = await session.fetchrow(queries.GET, body.template_id, principal.id, principal.is_admin)
    if template is None or not template["is_template"]:
        raise Unprocessable.at("/template_id", "there is no such template, or you may not see it")
    include = copying.EVERYTHING - {"members"}
    policies.require_creation(principal, settings)
    return await _create(session, principal, body, template["id"], include)


async def duplicate_project(
    session: Session, principal: Principal, settings: Settings, project_id: int, body: ProjectDuplicate
) -> Record:
    """A new project of the caller's with what is included of this one, which the caller sees."""
    source = await get_project(session, principal, project_id)
    include = frozenset(body.include)
    if "tasks" in include:
        policies.require_creation(principal, settings)
    name = body.name or f"Copy of {source['name']}"[:100]
    copy = ProjectCreate(key=body.key, name=name, description=source["description"])
    return await _create(session, principal, copy, project_id, include)


async def _create(
    session: Session, principal: Principal, body: ProjectCreate, source_id: int | None, include: frozenset[str]
) -> Record:
    async with session.begin():
        project_id = await _insert(session, principal, body)
        if project_id is None:
            raise ProjectKeyTaken
        await session.execute(queries.ADD_OWNER, project_id, principal.id)
        project = await get_project(session, principal, project_id)
        await record(session, "project.created", principal, project)
        if source_id is not None:
            await copying.copy(session, principal, source_id, project, include)
    return project


async def replace_project(
    session: Session,
    principal: Principal,
    project_id: int,
    body: ProjectReplace,
    preconditions: Preconditions = NONE,
) -> Record:
    """PUT: what the body leaves out goes back to its default, but for the key."""
    values = {name: getattr(body, name) for name in FIELDS}
    if body.key is None:
        del values["key"]
    return await _change(session, principal, project_id, values, preconditions)


async def update_project(
    session: Session, principal: Principal, project_id: int, body: ProjectUpdate, preconditions: Preconditions = NONE
) -> Record:
    """PATCH: what the body leaves out stays as it is."""
    return await _change(session, principal, project_id, body.given(), preconditions)


async def _change(
    session: Session, principal: Principal, project_id: int, values: Mapping[str, Any], preconditions: Preconditions
) -> Record:
    async with session.begin():
        before = await lock_project(session, principal, project_id)
        policies.require_maintenance(principal, before)
        preconditions.require(before["version"])
        after = {name: values.get(name, before[name]) for name in FIELDS}
        if after["key"] != before["key"]:
            await _require_free_key(session, project_id, after["key"])
        await session.execute(queries.UPDATE, project_id, *after.values())
        project = await get_project(session, principal, project_id)
        changes = {name: {"from": before[name], "to": after[name]} for name in FIELDS if before[name] != after[name]}
        await record(session, "project.updated", principal, project, changes)
    return project


@again_when_deadlocked
async def delete_project(
    session: Session, principal: Principal, project_id: int, preconditions: Preconditions = NONE
) -> None:
    """To the trash with its tasks, in one transaction; those of a very big project follow within seconds."""
    async with session.begin():
        project = await lock_project(session, principal, project_id)
        policies.require_ownership(principal, project)
        preconditions.require(project["version"])
        await _require_rest(session, project_id)
        await session.execute(tasks.LOOSEN_FROM_PROJECT, project_id, *event_of_many(principal.id))
        moment = await session.fetchval(queries.TRASH, project_id, principal.id)
        await _move_tasks(session, project_id, principal.id, tasks.TRASH_OF_PROJECT, moment, AT_ONCE)
        await record(session, "project.deleted", principal, {**project, "version": project["version"] + 1})


@again_when_deadlocked
async def restore_project(session: Session, principal: Principal, project_id: int) -> Record:
    """Out of the trash with the tasks that went there with it."""
    async with session.begin():
        trashed = await session.fetchrow(queries.LOCK_TRASHED, project_id, principal.id, principal.is_admin)
        if trashed is None:
            await get_project(session, principal, project_id)
            raise ProjectNotTrashed
        policies.require_ownership(principal, trashed)
        await _require_rest(session, project_id)
        moment = await session.fetchval(queries.RESTORE, project_id, principal.id)
        await _move_tasks(session, project_id, principal.id, tasks.RESTORE_OF_PROJECT, moment, AT_ONCE)
        project = await get_project(session, principal, project_id)
        await record(session, "project.updated", principal, project)
    return project


async def move_next_tasks(session: Session) -> bool:
    """Lets the next tasks follow their project into the trash or out of it; whether there may be more."""
    async with session.begin():
        project = await session.fetchrow(queries.NEXT_MOVING)
        if project is None:
            return False
        sql = tasks.TRASH_OF_PROJECT if project["is_trashed"] else tasks.RESTORE_OF_PROJECT
        await _move_tasks(session, project["id"], project["tasks_moved_by"], sql, project["tasks_follow"], 1)
    return True


async def purge_trash(session: Session, settings: Settings) -> bool:
    """Ends what was in the trash for long enough; whether there may be more."""
    return await session.execute(queries.PURGE_TRASH, settings.trash_retention_days) > 0


async def _insert(session: Session, principal: Principal, body: ProjectCreate) -> int | None:
    """The id of the new project; None when its key is taken. A key that was not given is made of the name."""
    rest = (body.name, body.description, body.archived, body.is_template, principal.id)
    if body.key is not None:
        chosen: int | None = await session.fetchval(queries.CREATE, body.key, *rest)
        return chosen
    possible = list(keys.candidates(body.name))
    for first in range(0, len(possible), KEY_BATCH):
        batch = possible[first : first + KEY_BATCH]
        taken = {row["key"] for row in await session.fetch(queries.TAKEN_KEYS, batch)}
        for key in (key for key in batch if key not in taken):
            made: int | None = await session.fetchval(queries.CREATE, key, *rest)
            if made is not None:
                return made
    return None


async def _require_free_key(session: Session, project_id: int, key: str) -> None:
    if await session.fetchval(queries.HAS_NUMBERS, project_id):
        raise ProjectKeyInUse
    if await session.fetchval(queries.KEY_IS_TAKEN, project_id, key):
        raise ProjectKeyTaken


async def _require_rest(session: Session, project_id: int) -> None:
    if await session.fetchval(queries.MOVING, project_id):
        raise ProjectMoving


async def _move_tasks(
    session: Session, project_id: int, actor_id: int, sql: str, moment: datetime, batches: int
) -> None:
    """Runs the statement so many times, and says that all have followed as soon as none is left."""
    await session.execute(tasks.MANY)
    for _ in range(batches):
        moved = await session.execute(sql, project_id, BATCH, moment, *event_of_many(actor_id))
        session.event_recorded()
        if moved < BATCH:
            await session.execute(queries.MOVED, project_id)
            return


def _beginning(text: str) -> str:
    return text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
