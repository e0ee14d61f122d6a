"""Many tasks are given the same values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared import people
from shared.auth import Principal
from shared.database import Record, Session
from shared.errors import FieldError, Problem, Unprocessable
from shared.http import PeerClient
from tasks_service import policies
from tasks_service.bulk.outcomes import Outcomes
from tasks_service.bulk.schemas import BulkRequest
from tasks_service.errors import TaskNotFound
from tasks_service.projects import rules
from tasks_service.recurrence import succession
from tasks_service.relations import following
from tasks_service.relations import service as relations
from tasks_service.tasks import ordering, queries
from tasks_service.tasks.writing import Change, change_of, write_many

Values = dict[str, Any]
Known = Mapping[int, rules.ProjectRules]


@dataclass(slots=True)
class Wanted:
    """What a request sets, and the people it may name, who were asked for before anything was locked."""

    values: Values
    merges: bool
    moves: bool
    people: dict[int, Any]


async def prepare(session: Session, users: PeerClient, body: BulkRequest) -> Wanted:
    assert body.set is not None
    values = body.set.given()
    assignees = values.get("assignee_ids", [])
    await people.require_active(session, users, (("/set/assignee_ids", i) for i in assignees))
    fields = values.get("custom_fields", {})
    named = await people.find(session, users, {v for v in fields.values() if type(v) is int}) if fields else {}
    return Wanted(values, body.set.custom_fields is not None, body.action == "move", named)


async def change(
    session: Session, principal: Principal, wanted: Wanted, ids: Iterable[int], outcomes: Outcomes
) -> list[Change]:
    """The changes that are to be written, of tasks that stay locked until the transaction ends."""
    ids = list(ids)
    rows = await session.fetch(queries.LOCK_TO_CHANGE, ids, principal.id, principal.is_admin)
    found = {row["id"]: row for row in rows}
    known = await _rules(session, principal, wanted, rows)
    changes = []
    for place, task_id in enumerate(ids):
        try:
            changes.append(await _changed(session, principal, wanted, known, found.get(task_id), place))
            outcomes.succeed(task_id)
        except Problem as problem:
            outcomes.refuse(task_id, problem)
    return changes


async def _rules(session: Session, principal: Principal, wanted: Wanted, rows: Iterable[Record]) -> Known:
    projects = {row["project_id"] for row in rows} | {wanted.values.get("project_id")}
    ids = [i for i in projects if i is not None]
    return await rules.load(session, principal, ids) if ids else {}


async def _changed(
    session: Session, principal: Principal, wanted: Wanted, known: Known, task: Record | None, place: int
) -> Change:
    if task is None:
        raise TaskNotFound
    policies.require_change(principal, task)
    given = dict(wanted.values)
    if wanted.merges:
        given["custom_fields"] = task["custom_fields"] | given["custom_fields"]
    if rules.TOUCHING & given.keys():
        given = rules.settle(principal, task, given, known)
        _require_people(known, task, given, wanted.people)
    if wanted.moves:
        given["position"] = ordering.at_end(place)
    change = change_of(task, given)
    await relations.require_changed(session, principal, task, change.after)
    return change


def _require_people(known: Known, task: Record, given: Values, found: dict[int, Any]) -> None:
    project_id = given.get("project_id", task["project_id"])
    if project_id is None or project_id not in known:
        return
    named = rules.people_named(known[project_id], task, given)
    wrong = [(where, i) for where, i in named if i not in found or not found[i]["is_active"]]
    if wrong:
        raise Unprocessable(errors=[FieldError(where, f"there is no active user {i}") for where, i in wrong])


async def write(session: Session, principal: Principal, changes: Iterable[Change]) -> None:
    """Takes along what is below those that go to another project, and makes those that follow completed ones."""
    changes = list(changes)
    moving = [one for one in changes if "project_id" in one.changes]
    parents = [one.before["id"] for one in moving if one.before["subtasks"]["total"]]
    if parents:
        besides = {one.before["id"] for one in changes}
        await following.follow(session, principal, parents, moving[0].after["project_id"], besides)
    recurring = {one.before["id"] for one in changes if succession.follows(one.before, one.after)}
    for task in await write_many(session, principal, changes):
        if task["id"] in recurring:
            await succession.make_next(session, principal, task)
