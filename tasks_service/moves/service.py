"""The rules of moves. A move is a change of the task's `position`, and of its column when that is another one: one
version, one event. Where keys have become long, the tasks around get new ones, each a version of its own."""

from typing import Any

from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session, again_when_deadlocked
from shared.errors import Unprocessable
from shared.http import PeerClient
from tasks_service.errors import TaskNotFound
from tasks_service.moves import queries
from tasks_service.moves.schemas import TaskMove
from tasks_service.tasks import ordering
from tasks_service.tasks.queries import GET_TO_CHANGE
from tasks_service.tasks.recording import event_of_many
from tasks_service.tasks.service import change_task

WINDOW = 32  # tasks on each side that get new keys when there is no room
WIDEST = 4096
Gap = tuple[Record | None, Record | None]


@again_when_deadlocked
async def move_task(
    session: Session,
    principal: Principal,
    users: PeerClient,
    task_id: int,
    body: TaskMove,
    preconditions: Preconditions = NONE,
) -> Record:
    async with session.begin():
        await session.execute(queries.LOCK_ORDER)
        task = await session.fetchrow(GET_TO_CHANGE, task_id, principal.id, principal.is_admin)
        if task is None:
            raise TaskNotFound
        values = {**body.given(), "position": await _position(session, principal, task, body)}
        return await change_task(session, principal, users, task_id, values, preconditions)


async def _position(session: Session, principal: Principal, task: Record, body: TaskMove) -> str:
    gap = await _gap(session, principal, task, body)
    if gap is None:
        return await _last(session, task["id"])
    key = _key(gap)
    if key is None:
        await _respace(session, principal, task["id"], gap[0] or gap[1])
        again = await _gap(session, principal, task, body)
        key = _key(again) if again else None
    if key is None:
        raise Unprocessable("There is no room left at this place.")
    return key


async def _last(session: Session, task_id: int) -> str:
    last = await session.fetchval(queries.LAST, task_id)
    now = ordering.at_end()
    return now if last is None or now > last else ordering.between(last, None) or now


def _key(gap: Gap) -> str | None:
    low, high = gap
    if high is None:
        now = ordering.at_end()
        if low is None or now > low["position"]:
            return now
    key = ordering.between(_at(low), _at(high))
    return key if key is not None and len(key) <= ordering.LONGEST else None


def _at(edge: Record | None) -> str | None:
    return None if edge is None else str(edge["position"])


async def _gap(session: Session, principal: Principal, task: Record, body: TaskMove) -> Gap | None:
    """Between which two tasks (None: the edge) the place is; None for the place after all others."""
    before, after = [await _anchor(session, principal, task, body, name) for name in ("before", "after")]
    if after is not None:
        if before is not None and (before["position"], before["id"]) <= (after["position"], after["id"]):
            raise Unprocessable.at("/before", "does not stand below the task in `after`")
        return after, await _next(session, queries.ABOVE, after, task["id"])
    if before is not None:
        return await _next(session, queries.BELOW, before, task["id"]), before
    return None


async def _next(session: Session, sql: str, anchor: Record, task_id: int) -> Record | None:
    return await session.fetchrow(sql, anchor["position"], anchor["id"], task_id, 1)


async def _anchor(session: Session, principal: Principal, task: Record, body: TaskMove, name: str) -> Record | None:
    """The task that `before` or `after` names, which must be where the task goes."""
    anchor_id: int | None = getattr(body, name)
    if anchor_id is None:
        return None
    if anchor_id == task["id"]:
        raise Unprocessable.at(f"/{name}", "is the task itself")
    anchor = await session.fetchrow(queries.ANCHORS, [anchor_id], principal.id, principal.is_admin)
    if anchor is None:
        raise Unprocessable.at(f"/{name}", f"there is no task {anchor_id}")
    wanted: dict[str, Any] = {"project_id": task["project_id"], **body.given()}
    if wanted["project_id"] != anchor["project_id"]:
        raise Unprocessable.at(f"/{name}", "is in another project")
    if any(wanted.get(column, anchor[column]) != anchor[column] for column in ("status", "status_id")):
        raise Unprocessable.at(f"/{name}", "is in another column")
    return anchor


async def _respace(session: Session, principal: Principal, task_id: int, around: Record | None) -> None:
    """Gives the tasks around a place new keys, of as many as it takes for the keys to be short."""
    assert around is not None
    width = WINDOW
    while True:
        place = (around["position"], around["id"], task_id, width + 1)
        below, above = await session.fetch(queries.BELOW, *place), await session.fetch(queries.ABOVE, *place)
        low = below.pop() if len(below) > width else None
        high = above.pop() if len(above) > width else None
        rows = [*reversed(below), around, *above]
        keys = ordering.spread(_at(low), _at(high), len(rows))
        if keys is not None and (width >= WIDEST or max(map(len, keys)) <= ordering.LONGEST // 2):
            break
        width *= 2
    moved = [(row["id"], key) for row, key in zip(rows, keys, strict=True) if row["position"] != key]
    if moved:
        ids, positions = zip(*moved, strict=True)
        await session.execute(queries.RESPACE, list(ids), list(positions), *event_of_many(principal.id))
        session.event_recorded()
