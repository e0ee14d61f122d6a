"""The rules of tasks, and the only code that writes them.

A change of plain fields of a version that the client names is one statement, which does nothing where a rule stands
against it. Any other, and what that left, is computed from the version at hand and written on the condition that this
is still the version: two round trips, no lock held between them. Who loses that race reads again, now under the row's
lock, so it is lost once at most.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from uuid import UUID

from shared import people
from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session, again_when_deadlocked
from shared.http import PeerClient
from tasks_service import policies
from tasks_service.errors import ClientIdInTrash, ProjectTrashed, TaskNotFound
from tasks_service.projects import rules
from tasks_service.recurrence import succession
from tasks_service.relations import following, trees
from tasks_service.relations import service as relations
from tasks_service.settings import Settings
from tasks_service.tasks import ordering, queries
from tasks_service.tasks.errors import TaskNotTrashed
from tasks_service.tasks.queries import FIELDS
from tasks_service.tasks.recording import event_of, event_of_many
from tasks_service.tasks.schemas import TaskCreate, TaskReplace, TaskUpdate

CHANGEABLE = (*FIELDS, "position")
Lock = Callable[[Session, int], Awaitable[None]]
Write = Callable[[Record], Awaitable[Record | None]]


async def get_task(session: Session, principal: Principal, task_id: int) -> Record:
    task = await session.fetchrow(queries.GET, task_id, principal.id, principal.is_admin)
    if task is None:
        raise TaskNotFound
    return task


@again_when_deadlocked
async def create_task(
    session: Session, principal: Principal, settings: Settings, users: PeerClient, body: TaskCreate
) -> Record:
    """With a `client_id` that the caller has used before, it is the task that was made then, as it is now."""
    policies.require_creation(principal, settings)
    if body.client_id is not None and (made := await _made_before(session, principal, body.client_id)):
        return made
    await _require_people(session, users, body.assignee_ids)
    given = body.given()
    if body.parent_id is not None or body.blocked_by:
        parent = await relations.require_new(session, principal, body.parent_id, body.blocked_by)
        if parent is not None:
            given.setdefault("project_id", parent["project_id"])
    values = await rules.settled(session, principal, users, None, given)
    if body.client_id is None:
        return await _insert(session, principal, values)
    async with session.begin():
        await session.execute(queries.LOCK_CLIENT_ID, principal.id, body.client_id)
        made = await _made_before(session, principal, body.client_id)
        return made or await _insert(session, principal, values)


async def _made_before(session: Session, principal: Principal, client_id: UUID) -> Record | None:
    made = await session.fetchrow(queries.GET_BY_CLIENT_ID, principal.id, client_id)
    if made is not None and made["is_trashed"]:
        raise ClientIdInTrash
    return made and {name: value for name, value in made.items() if name != "is_trashed"}


async def _insert(session: Session, principal: Principal, values: dict[str, Any]) -> Record:
    new = [values.get(name) for name in FIELDS]
    client_id = values.get("client_id")
    event = event_of(principal.id)
    task = await session.fetchrow(queries.CREATE, *new, ordering.at_end(), principal.id, client_id, *event)
    if task is None:  # the project went to the trash in this moment
        raise rules.no_such_project()
    session.event_recorded()
    return task


async def replace_task(
    session: Session,
    principal: Principal,
    users: PeerClient,
    task_id: int,
    body: TaskReplace,
    preconditions: Preconditions = NONE,
) -> Record:
    """PUT: what the body leaves out goes back to its default, but for the project: no task is lost to its members."""
    return await change_task(session, principal, users, task_id, body.given(), preconditions)


async def update_task(
    session: Session,
    principal: Principal,
    users: PeerClient,
    task_id: int,
    body: TaskUpdate,
    preconditions: Preconditions = NONE,
) -> Record:
    """PATCH: what the body leaves out stays as it is."""
    merges = body.custom_fields is not None
    return await change_task(session, principal, users, task_id, body.given(), preconditions, merges=merges)


@again_when_deadlocked
async def change_task(
    session: Session,
    principal: Principal,
    users: PeerClient,
    task_id: int,
    values: dict[str, Any],
    preconditions: Preconditions,
    *,
    merges: bool = False,
) -> Record:
    """Gives these fields of the task these values. `merges` says that custom fields which are not named stay."""
    versions = preconditions.versions() or ()
    if len(versions) == 1 and values and values.keys() <= queries.PLAIN:
        changed = await _change_plainly(session, principal, task_id, versions[0], values)
        if changed is not None:
            return changed

    async def write(task: Record) -> Record | None:
        policies.require_change(principal, task)
        preconditions.require(task["version"])
        given = {**values, "custom_fields": task["custom_fields"] | values["custom_fields"]} if merges else values
        given = await rules.settled(session, principal, users, task, given)
        after: dict[str, Any] = {name: given.get(name, task[name]) for name in CHANGEABLE}
        await _require_people(session, users, _added(task["assignee_ids"], after["assignee_ids"]))
        changes = {name: {"from": task[name], "to": after[name]} for name in CHANGEABLE if task[name] != after[name]}
        new = [after[name] for name in changes]
        event = event_of(principal.id, changes)
        statement = (queries.update(tuple(changes)), task_id, task["version"], *new, *event)
        is_last = not succession.follows(task, after)
        takes_along = "project_id" in changes and task["subtasks"]["total"] > 0
        if is_last and not takes_along and not relations.FIELDS & changes.keys():
            return await session.fetchrow(*statement)
        async with session.begin():
            await relations.require_changed(session, principal, task, after)
            if takes_along:
                below = following.follow(session, principal, [task_id], after["project_id"])
                changed = await trees.together(session, below, statement)
            else:
                changed = await session.fetchrow(*statement)
            if changed is not None and not is_last:
                await succession.make_next(session, principal, changed)
        return changed

    return await _compare_and_swap(session, principal, task_id, queries.GET_TO_CHANGE, write)


async def _change_plainly(
    session: Session, principal: Principal, task_id: int, version: int, values: dict[str, Any]
) -> Record | None:
    """None when it is not that simple, or refused: why, says the long way."""
    fields = tuple(name for name in FIELDS if name in values)
    asked = (task_id, principal.id, principal.is_admin, version)
    given = (*(values[name] for name in fields), *event_of_many(principal.id))
    changed = await session.fetchrow(queries.update_plainly(fields), *asked, *given)
    if changed is not None:
        session.event_recorded()
    return changed


@again_when_deadlocked
async def delete_task(
    session: Session, principal: Principal, task_id: int, preconditions: Preconditions = NONE
) -> None:
    """To the trash with what is below it, from where `restore_task` brings it back."""

    async def write(task: Record) -> Record | None:
        policies.require_deletion(principal, task)
        preconditions.require(task["version"])
        statement = (queries.DELETE, task_id, task["version"], *event_of(principal.id))
        if not task["subtasks"]["total"]:
            return await session.fetchrow(*statement)
        return await trees.together(session, trees.trash_below(session, principal, [task_id]), statement)

    await _compare_and_swap(session, principal, task_id, queries.GET_TO_CHANGE, write, trees.lock)


@again_when_deadlocked
async def restore_task(session: Session, principal: Principal, task_id: int) -> Record:
    """Back from the trash with what went there with it; below its parent if that is there, by itself otherwise."""
    async with session.begin():
        task = await _lock_trashed(session, principal, task_id)
        if task["project_trashed"]:
            raise ProjectTrashed
        (restored,) = await trees.restore(session, principal, [task_id])
    return restored


@again_when_deadlocked
async def purge_task(session: Session, principal: Principal, task_id: int, preconditions: Preconditions = NONE) -> None:
    """Ends a task that is in the trash, at once and for good."""
    async with session.begin():
        task = await _lock_trashed(session, principal, task_id)
        preconditions.require(task["version"])
        await trees.purge_with(session, principal, task_id)


async def _lock_trashed(session: Session, principal: Principal, task_id: int) -> Record:
    """A task in the trash, of somebody who may delete it."""
    await session.execute(queries.LOCK, task_id)
    task = await session.fetchrow(queries.GET_TO_RESTORE, task_id, principal.id, principal.is_admin)
    if task is None:
        await get_task(session, principal, task_id)
        raise TaskNotTrashed
    policies.require_deletion(principal, task)
    return task


async def _lock(session: Session, task_id: int) -> None:
    await session.execute(queries.LOCK, task_id)


async def _compare_and_swap(
    session: Session, principal: Principal, task_id: int, read: str, write: Write, lock: Lock = _lock
) -> Record:
    """Reads the task, and writes on the condition that it is still the same."""
    task = await session.fetchrow(read, task_id, principal.id, principal.is_admin)
    changed = await write(task) if task is not None else None
    if task is not None and changed is None:
        async with session.begin():
            await lock(session, task_id)
            task = await session.fetchrow(read, task_id, principal.id, principal.is_admin)
            changed = await write(task) if task is not None else None
    if changed is None:
        raise TaskNotFound
    session.event_recorded()
    return changed


async def purge_trash(session: Session, settings: Settings) -> bool:
    """Ends what was in the trash for long enough; whether there may be more."""
    return await trees.purge_expired(session, settings.trash_retention_days)


def _added(before: list[int], after: list[int]) -> list[int]:
    return [i for i in after if i not in before]


async def _require_people(session: Session, users: PeerClient, ids: Iterable[int]) -> None:
    """Refuses assignees that do not exist or are not active."""
    await people.require_active(session, users, (("/assignee_ids", i) for i in ids))
