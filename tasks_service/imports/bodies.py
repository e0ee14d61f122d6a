"""From rows to the bodies of `POST /api/tasks`, under the same rules: who and what is named is looked up, and what is
wrong is said of the row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from shared.auth import Principal
from shared.database import Session
from shared.errors import FieldError
from shared.findings import pointers
from tasks_service.imports import queries
from tasks_service.imports.rows import Row
from tasks_service.tasks.schemas import TaskCreate


@dataclass(slots=True, frozen=True)
class Named:
    """Who and what the rows of a chunk name: ids by username or address, and by project key."""

    people: Mapping[str, int]
    projects: Mapping[str, int]
    project_id: int | None  # where everything goes, whatever the rows say


@dataclass(slots=True)
class Refusal(Exception):
    """Why a row does not become a task."""

    errors: Sequence[FieldError]


async def look_up(session: Session, principal: Principal, project_id: int | None, rows: Sequence[Row]) -> Named:
    people = {name for row in rows for name in row.people}
    keys = {row.project for row in rows if row.project}
    found = await session.fetch(queries.PEOPLE, list(people)) if people else []
    visible = await session.fetch(queries.PROJECTS, list(keys), principal.id, principal.is_admin) if keys else []
    return Named({row["name"]: row["id"] for row in found}, {row["key"]: row["id"] for row in visible}, project_id)


def body_of(row: Row, named: Named) -> TaskCreate:
    """Raises Refusal with everything that is wrong with the row."""
    if row.wrong is not None:
        raise Refusal([FieldError(*row.wrong)])
    errors = [
        FieldError("/assignees", f"there is nobody called {name}") for name in row.people if name not in named.people
    ]
    values = dict(row.values)
    if row.people:
        values["assignee_ids"] = [named.people[name] for name in row.people if name in named.people]
    if named.project_id is not None:
        values["project_id"] = named.project_id
    elif row.project is not None:
        if row.project in named.projects:
            values["project_id"] = named.projects[row.project]
        else:
            errors.append(FieldError("/project", f"there is no project {row.project}, or you are not in it"))
    try:
        body = TaskCreate.model_validate(values)
    except ValidationError as error:
        found = [{**e, "loc": ("row", *e["loc"])} for e in error.errors(include_url=False, include_input=False)]
        raise Refusal([*errors, *pointers(found)]) from None
    if errors:
        raise Refusal(errors)
    return body
