"""Many tasks are made by one statement."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from shared import people
from shared.auth import Principal
from shared.database import Session
from shared.errors import FieldError, Problem, Unprocessable
from shared.http import PeerClient
from tasks_service import policies
from tasks_service.bulk import queries
from tasks_service.bulk.outcomes import Outcomes
from tasks_service.bulk.schemas import Malformed
from tasks_service.errors import ClientIdInTrash
from tasks_service.projects import rules
from tasks_service.relations import service as relations
from tasks_service.settings import Settings
from tasks_service.tasks import ordering
from tasks_service.tasks.queries import CREATE_MANY, FIELDS, MANY
from tasks_service.tasks.recording import event_of
from tasks_service.tasks.schemas import TaskCreate

Values = dict[str, Any]
Result = dict[str, Any]


async def create_tasks(
    session: Session,
    principal: Principal,
    settings: Settings,
    users: PeerClient,
    parts: Sequence[TaskCreate | Malformed],
    *,
    atomic: bool,
    dry_run: bool,
) -> Result:
    policies.require_creation(principal, settings)
    bodies = [part for part in parts if not isinstance(part, Malformed)]
    known_people = await people.find(session, users, _people_in(bodies))
    outcomes = Outcomes("create")
    async with session.begin():
        before = await _made_before(session, principal, bodies)
        projects = await _rules(session, principal, bodies)
        seen = await _relatives(session, principal, bodies)
        rows: list[tuple[Result, Values]] = []
        for body in parts:
            try:
                if isinstance(body, Malformed):
                    raise Unprocessable(errors=body.errors)
                if body.client_id in before:
                    _repeat(before, body.client_id, outcomes)
                    continue
                values = await _values(session, principal, projects, known_people, seen, body)
            except Problem as problem:
                outcomes.refuse(None, problem)
                continue
            result = outcomes.succeed(None, 201)
            rows.append((result, values))
            if body.client_id is not None:
                before[body.client_id] = result
        outcomes.require(atomic)
        if not dry_run:
            await _insert(session, principal, rows)
    for result in outcomes.results:
        if "same" in result:
            result["id"] = result.pop("same")["id"]
    return outcomes.told()


def _people_in(bodies: Sequence[TaskCreate]) -> set[int]:
    """Everybody who is named, and whoever a number in a custom field may mean."""
    assignees = {i for body in bodies for i in body.assignee_ids}
    return assignees | {v for body in bodies for v in body.custom_fields.values() if type(v) is int and v > 0}


async def _made_before(
    session: Session, principal: Principal, bodies: Sequence[TaskCreate]
) -> dict[UUID | None, Mapping[str, Any]]:
    """By client_id, which stay locked so that nobody else makes a task with one of them meanwhile."""
    client_ids = [body.client_id for body in bodies if body.client_id is not None]
    if not client_ids:
        return {}
    await session.execute(queries.LOCK_CLIENT_IDS, principal.id, client_ids)
    rows = await session.fetch(queries.MADE_BEFORE, principal.id, client_ids)
    return {UUID(str(row["client_id"])): row for row in rows}


def _repeat(before: Mapping[UUID | None, Mapping[str, Any]], client_id: UUID | None, outcomes: Outcomes) -> None:
    made = before[client_id]
    if made.get("is_trashed"):
        raise ClientIdInTrash
    outcomes.succeed(made["id"], changed=False)["same"] = made


async def _rules(session: Session, principal: Principal, bodies: Sequence[TaskCreate]) -> dict[int, rules.ProjectRules]:
    ids = {body.project_id for body in bodies if body.project_id is not None}
    return await rules.load(session, principal, ids) if ids else {}


async def _relatives(session: Session, principal: Principal, bodies: Sequence[TaskCreate]) -> relations.Seen:
    ids = {i for body in bodies for i in (body.parent_id, *body.blocked_by) if i is not None}
    return await relations.look_up(session, principal, ids) if ids else {}


async def _values(
    session: Session,
    principal: Principal,
    projects: dict[int, rules.ProjectRules],
    known_people: Mapping[int, Any],
    seen: relations.Seen,
    body: TaskCreate,
) -> Values:
    given = body.given()
    if body.parent_id is not None or body.blocked_by:
        parent = relations.require_fit(seen, body.parent_id, body.blocked_by)
        if parent is not None:
            given.setdefault("project_id", parent["project_id"])
    project_id = given.get("project_id")
    if project_id is not None and project_id not in projects:
        projects |= await rules.load(session, principal, [project_id])
    values = rules.settle(principal, None, given, projects)
    named = [("/assignee_ids", i) for i in body.assignee_ids]
    if project_id is not None:
        named += rules.people_named(projects[project_id], None, values)
    wrong = [(where, i) for where, i in named if i not in known_people or not known_people[i]["is_active"]]
    if wrong:
        raise Unprocessable(errors=[FieldError(where, f"there is no active user {i}") for where, i in wrong])
    return values


async def _insert(session: Session, principal: Principal, rows: Sequence[tuple[Result, Values]]) -> None:
    if not rows:
        return
    columns = (*FIELDS, "client_id")
    places = {ordering.at_end(later): result for later, (result, _) in enumerate(rows)}
    keys = await rules.draw_keys(session, Counter(values.get("project_id") for _, values in rows))
    given = [
        {name: values.get(name) for name in columns}
        | {"position": position, "key": next(keys[values.get("project_id")])}
        for position, (_, values) in zip(places, rows, strict=True)
    ]
    await session.execute(MANY)
    encoded = orjson.dumps(given).decode()
    made = await session.fetch(CREATE_MANY, encoded, principal.id, *event_of(principal.id)[1:])
    for task in made:
        places[task["position"]]["id"] = task["id"]
    session.event_recorded()
