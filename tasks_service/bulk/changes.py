"""Many tasks are given the same values. What follows from them may differ from task to task, so tasks whose rows get
the same are written by one statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from shared import people
from shared.auth import Principal
from shared.database import Record, Session
from shared.errors import FieldError, Problem, Unprocessable
from shared.http import PeerClient
from shared.responses import OPTIONS
from tasks_service import policies
from tasks_service.bulk.outcomes import Outcomes
from tasks_service.bulk.schemas import BulkRequest
from tasks_service.errors import TaskNotFound
from tasks_service.projects import rules
from tasks_service.relations import service as relations
from tasks_service.tasks import ordering, queries, succession
from tasks_service.tasks.queries import FIELDS
from tasks_service.tasks.recording import event_of

Values = dict[str, Any]
Known = Mapping[int, rules.ProjectRules]


@dataclass(slots=True, frozen=True)
class Change:
    before: Record
    after: Values
    changes: Values

    @property
    def new(self) -> Values:
        return {name: self.after[name] for name in self.changes}


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
    after: Values = {name: given.get(name, task[name]) for name in FIELDS}
    if wanted.moves:
        after["position"] = ordering.at_end(place)
    await relations.require_changed(session, principal, task, after)
    changes = {name: {"from": task[name], "to": value} for name, value in after.items() if task[name] != value}
    return Change(task, after, changes)


def _require_people(known: Known, task: Record, given: Values, found: dict[int, Any]) -> None:
    project_id = given.get("project_id", task["project_id"])
    if project_id is None or project_id not in known:
        return
    named = rules.people_named(known[project_id], task, given)
    wrong = [(where, i) for where, i in named if i not in found or not found[i]["is_active"]]
    if wrong:
        raise Unprocessable(errors=[FieldError(where, f"there is no active user {i}") for where, i in wrong])


async def write(session: Session, principal: Principal, changes: Iterable[Change]) -> None:
    """One statement for all tasks that get the same values."""
    alike: dict[bytes, list[Change]] = {}
    for one in changes:
        new = {name: value for name, value in one.new.items() if name != "position"}
        key = orjson.dumps([new, "position" in one.changes], option=OPTIONS | orjson.OPT_SORT_KEYS)
        alike.setdefault(key, []).append(one)
    _, actor, _, *request = event_of(principal.id)
    for group in alike.values():
        fields = tuple(group[0].changes)
        values = [value for name, value in group[0].new.items() if name != "position"]
        ids = [one.before["id"] for one in group]
        told = [orjson.dumps(one.changes, option=OPTIONS).decode() for one in group]
        positions = [one.after.get("position") for one in group]
        written = await session.fetch(queries.update_many(fields), ids, told, positions, *values, actor, *request)
        await _follow(session, principal, group, written)
    session.event_recorded()


async def _follow(session: Session, principal: Principal, group: list[Change], written: list[Record]) -> None:
    recurring = {one.before["id"] for one in group if succession.follows(one.before, one.after)}
    for task in written:
        if task["id"] in recurring:
            await succession.make_next(session, principal, task)
