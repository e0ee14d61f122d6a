"""What statuses and fields have in common: owners and maintainers define them for a project, under its row lock, and
each change is a new version of the project with an event that says from what to what."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from shared.auth import Principal
from shared.database import Record, Session
from shared.pagination import Cursor, Listed, PageQuery, cut
from tasks_service import policies
from tasks_service.projects import queries
from tasks_service.projects.errors import TooManyDefinitions
from tasks_service.projects.recording import record
from tasks_service.projects.service import get_project, lock_project

MOST = 50  # of each kind in a project
SILENT = ("id", "project_id", "created_at", "updated_at", "version")  # what an event does not tell about a definition


@asynccontextmanager
async def defining(session: Session, principal: Principal, project_id: int) -> AsyncIterator[Record]:
    """A transaction in which the caller may define; the project as it was before."""
    async with session.begin():
        project = await lock_project(session, principal, project_id)
        policies.require_maintenance(principal, project)
        yield project


async def list_definitions(
    session: Session, principal: Principal, project_id: int, query: PageQuery, kind: str, rows_of: str, count: str
) -> Listed:
    """In the order of their positions. `rows_of` and `count` are the statements of the kind."""
    await get_project(session, principal, project_id)
    scope = f"{kind} of {project_id}"
    after = Cursor(-1, 0) if query.cursor is None else Cursor.decode(query.cursor, scope, _position)
    rows = await session.fetch(rows_of, project_id, after.value, after.id, query.limit + 1)
    total = await session.fetchval(count, project_id) if query.count else None
    return *cut(rows, query, scope, key="position"), total


def _position(value: Any) -> int:
    if type(value) is not int or not -1 <= value < 2**31:
        raise ValueError(value)
    return value


async def require_room(session: Session, count: str, project_id: int) -> None:
    if await session.fetchval(count, project_id) >= MOST:
        raise TooManyDefinitions


async def record_definition(
    session: Session, principal: Principal, project_id: int, kind: str, before: Any, after: Any
) -> None:
    """`kind` is the member of the event's `changes`: statuses, transitions or fields."""
    await session.execute(queries.NEW_VERSION, project_id)
    project = await get_project(session, principal, project_id)
    changes = {kind: {"from": told(before), "to": told(after)}}
    await record(session, "project.updated", principal, project, changes)


def told(definition: Any) -> Any:
    if isinstance(definition, Mapping) or hasattr(definition, "items"):
        return {name: value for name, value in definition.items() if name not in SILENT}
    return definition
