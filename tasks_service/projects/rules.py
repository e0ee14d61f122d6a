"""What a project asks of the tasks in it: a place for those who may write there, its statuses and the ways between
them, its fields.

`settle` completes the values that are about to be written to a task, whatever writes them: one task or many.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from shared import people
from shared.auth import Principal
from shared.database import Session
from shared.errors import Unprocessable
from shared.http import PeerClient
from tasks_service import policies
from tasks_service.errors import TaskNotFound
from tasks_service.projects import queries, values
from tasks_service.projects.errors import TransitionNotAllowed

Row = Mapping[str, Any]
TOUCHING = {"project_id", "status", "status_id", "custom_fields"}
"""What of a task the rules of its project bear on."""


@dataclass(slots=True, frozen=True)
class ProjectRules:
    """A project as it bears on a caller's tasks in it. `role` is the caller's, None for who is no member."""

    id: int
    role: str | None
    archived: bool
    statuses: list[Row]
    transitions: list[Row]
    fields: list[Row]

    def first_status(self, category: str, of: Iterable[int] | None = None) -> int | None:
        """The first of the project's statuses of this category, and of these if any are named."""
        fitting = (s["id"] for s in self.statuses if s["category"] == category and (of is None or s["id"] in of))
        return next(fitting, None)

    def category(self, status_id: int) -> str | None:
        return next((s["category"] for s in self.statuses if s["id"] == status_id), None)

    def reachable(self, principal: Principal, status_id: int | None) -> set[int] | None:
        """The statuses that the caller may give to a task that has this one; None for all."""
        if principal.is_admin or not self.transitions or status_id is None:
            return None
        ways = (t for t in self.transitions if t["from"] == status_id)
        return {status_id, *(t["to"] for t in ways if not t["roles"] or self.role in t["roles"])}


NOWHERE = ProjectRules(0, None, False, [], [], [])
"""What bears on tasks outside of projects: there are no statuses and no fields to choose from."""


def no_such_project() -> Unprocessable:
    return Unprocessable.at("/project_id", "there is no such project, or you may not see it")


async def load(session: Session, principal: Principal, project_ids: Iterable[int]) -> dict[int, ProjectRules]:
    """The rules of these projects by id, without those that do not exist or are in the trash."""
    rows = await session.fetch(queries.RULES, list(project_ids), principal.id)
    return {row["id"]: ProjectRules(**row) for row in rows}


async def draw_keys(session: Session, wanted: Mapping[int | None, int]) -> dict[int | None, Iterator[str | None]]:
    """So many new keys of each of these projects, in the transaction under way; None where there is no project."""
    keys: dict[int | None, Iterator[str | None]] = {None: repeat(None)}
    for project_id, many in sorted((i, many) for i, many in wanted.items() if i is not None):
        drawn = await session.fetchrow(queries.TAKE_NUMBERS, project_id, many)
        if drawn is None:  # it went to the trash in this moment
            raise no_such_project()
        first = drawn["number"] + 1
        keys[project_id] = iter([f"{drawn['key']}-{number}" for number in range(first, first + many)])
    return keys


def require_place(principal: Principal, project: ProjectRules | None) -> ProjectRules:
    """Refuses who may not put a task into this project."""
    if project is None or not (principal.is_admin or project.role):
        raise no_such_project()
    policies.require_place(principal, {"role": project.role, "archived": project.archived})
    return project


async def settled(
    session: Session, principal: Principal, users: PeerClient, before: Row | None, given: dict[str, Any]
) -> dict[str, Any]:
    """`settle` for one task. The rules of its project are read when the values touch them."""
    was = before["project_id"] if before else None
    project_id = given.get("project_id", was)
    if before is not None and project_id is not None and not TOUCHING & given.keys():
        return given
    known = await load(session, principal, [project_id]) if project_id is not None else {}
    values_to_write = settle(principal, before, given, known)
    if project_id is not None:
        await people.require_active(session, users, people_named(known[project_id], before, values_to_write))
    return values_to_write


def people_named(project: ProjectRules, before: Row | None, given: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Whom the custom fields name anew, with the pointer to where."""
    former = before["custom_fields"] if before else {}
    named = values.people(project.fields, given.get("custom_fields", {}))
    return [(f"/custom_fields/{key}", user_id) for key, user_id in named.items() if former.get(key) != user_id]


def settle(
    principal: Principal, before: Row | None, given: dict[str, Any], known: Mapping[int, ProjectRules]
) -> dict[str, Any]:
    """The values to write: those that were given, and those that follow from them in the task's project.

    `before` is the task as `queries.GET_TO_CHANGE` reads it, None for a new one; `known` are the rules of its projects.
    Raises Unprocessable, TransitionNotAllowed or what `policies` raise about places.
    """
    was = before["project_id"] if before else None
    project_id = given.get("project_id", was)
    moves = before is None or project_id != was
    if before is not None and moves and was is not None:
        policies.require_taking_out(principal, before)
    project = NOWHERE if project_id is None else known.get(project_id)
    if moves and project is not NOWHERE:
        project = require_place(principal, project)
    if project is None:  # it went to the trash in this moment, and the task with it
        raise TaskNotFound
    status = _settle_status(principal, project, None if moves else before, given, before)
    return {**given, **status, **_settle_fields(project, moves, given, before)}


def _settle_status(
    principal: Principal, project: ProjectRules, start: Row | None, given: dict[str, Any], before: Row | None
) -> dict[str, Any]:
    """`status` and `status_id`, whichever was given. `start` is the task whose status moves on; None begins anew."""
    if (chosen := given.get("status_id")) is not None:
        category = project.category(chosen)
        if category is None:
            raise Unprocessable.at("/status_id", "there is no such status in the task's project")
        if given.get("status", category) != category:
            raise Unprocessable.at("/status_id", f"is a status of the category {category}")
        _require_way(principal, project, start, chosen)
        return {"status": category, "status_id": chosen}
    status = given.get("status") or (before["status"] if before else "todo")
    if start is None:
        return {"status": status, "status_id": project.first_status(status)}
    if status == start["status"]:
        return {"status_id": start["status_id"]}
    ways = project.reachable(principal, start["status_id"])
    if project.statuses and ways is not None and project.first_status(status, ways) is None:
        raise TransitionNotAllowed
    return {"status": status, "status_id": project.first_status(status, ways)}


def _require_way(principal: Principal, project: ProjectRules, start: Row | None, chosen: int) -> None:
    ways = None if start is None else project.reachable(principal, start["status_id"])
    if ways is not None and chosen not in ways:
        raise TransitionNotAllowed


def _settle_fields(project: ProjectRules, moves: bool, given: dict[str, Any], before: Row | None) -> dict[str, Any]:
    """Custom fields as the project defines them. A task that moves keeps what the other project has a field for."""
    former = before["custom_fields"] if before else {}
    kept = values.fitting(project.fields, former) if moves else former
    if "custom_fields" in given:
        unchanged = {key for key, value in given["custom_fields"].items() if key in former and former[key] == value}
        new = {key: value for key, value in given["custom_fields"].items() if key in kept or key not in unchanged}
        return {"custom_fields": values.checked(project.fields, new, kept)}
    return {"custom_fields": kept} if moves and before is not None else {}
