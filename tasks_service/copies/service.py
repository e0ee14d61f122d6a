"""The rules of copies: each is a new task, made by the caller under the rules of any new task."""

from collections.abc import Collection
from typing import Any

from shared import people
from shared.auth import Principal
from shared.database import Record, Session, again_when_deadlocked
from shared.http import PeerClient
from tasks_service.copies import queries
from tasks_service.copies.schemas import TaskDuplicate
from tasks_service.errors import TooManyTasks
from tasks_service.projects import rules
from tasks_service.relations import service as relations
from tasks_service.settings import Settings
from tasks_service.tasks.schemas import TaskCreate
from tasks_service.tasks.service import create_task, get_task

ALWAYS = ("description", "priority", "estimate_minutes", "project_id", "parent_id")
FIELDS = {"assignees": "assignee_ids", "labels": "labels", "due_date": "due_date", "custom_fields": "custom_fields"}
MOST = 200  # tasks of one copy


@again_when_deadlocked
async def duplicate_task(
    session: Session, principal: Principal, settings: Settings, users: PeerClient, task_id: int, body: TaskDuplicate
) -> Record:
    task = await get_task(session, principal, task_id)
    tree = await _tree(session, principal, task) if "subtasks" in body.include else [task]
    active = await _active(session, users, tree) if "assignees" in body.include else set()
    strange = await _strange(session, principal, tree)
    parent_id = task["parent_id"]
    if parent_id is not None:
        parent = (await relations.look_up(session, principal, [parent_id])).get(parent_id)
        parent_id = parent_id if parent is not None and parent["editable"] else None
    copies: dict[int | None, int | None] = {task["parent_id"]: parent_id}
    async with session.begin():
        for one in tree:
            values = {**_values(one, body.include, active), "parent_id": copies[one["parent_id"]]}
            if one["project_id"] in strange:
                values |= {"project_id": None, "custom_fields": {}}
            if one is task and body.title is not None:
                values["title"] = body.title
            copy = await create_task(session, principal, settings, users, TaskCreate(**values))
            copies[one["id"]] = copy["id"]
        copied = copies[task_id]
        assert copied is not None
        return await get_task(session, principal, copied)


def _values(task: Record, include: Collection[str], active: Collection[int]) -> dict[str, Any]:
    names = [*ALWAYS, *(FIELDS.get(part, part) for part in include if part != "subtasks")]
    values = {"title": task["title"], **{name: task[name] for name in names}}
    if "assignee_ids" in values:
        values["assignee_ids"] = [i for i in values["assignee_ids"] if i in active]
    return values


async def _tree(session: Session, principal: Principal, task: Record) -> list[Record]:
    """The task and what the caller sees below it, each after its parent."""
    tree = [task]
    for one in tree:
        if one["subtasks"]["total"]:
            tree += await session.fetch(queries.CHILDREN, one["id"], principal.id, principal.is_admin, MOST)
        if len(tree) > MOST:
            raise TooManyTasks(f"A copy has {MOST} tasks at most.")
    return tree


async def _strange(session: Session, principal: Principal, tasks: list[Record]) -> set[int]:
    """The projects that the caller does not see, of tasks that they only created or are assigned to."""
    projects = {task["project_id"] for task in tasks} - {None}
    known = await rules.load(session, principal, projects) if projects and not principal.is_admin else {}
    return {i for i in projects if not principal.is_admin and (i not in known or known[i].role is None)}


async def _active(session: Session, users: PeerClient, tasks: list[Record]) -> set[int]:
    """Who of the assignees can still be assigned."""
    found = await people.find(session, users, {i for task in tasks for i in task["assignee_ids"]})
    return {i for i, person in found.items() if person["is_active"]}
