"""The rules of taking changes back. It is a change like any other, with a version and an event of its own, and by the
same rights; what happened stays in the activity."""

from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError

from shared.auth import Principal
from shared.conditional import NONE, Preconditions
from shared.database import Record, Session
from shared.http import PeerClient
from shared.responses import encode
from tasks_service.history import queries
from tasks_service.history.errors import ActivityNotFound, ChangeOvertaken, NothingToRevert
from tasks_service.tasks.schemas import TaskUpdate
from tasks_service.tasks.service import change_task, get_task


async def revert_change(
    session: Session,
    principal: Principal,
    users: PeerClient,
    task_id: int,
    event_id: UUID,
    preconditions: Preconditions = NONE,
) -> Record:
    """Gives the fields that the entry changed their former values, if they still are as it left them."""
    task = await get_task(session, principal, task_id)
    recorded = await session.fetchval(queries.CHANGES, event_id, task_id)
    if recorded is None:
        raise ActivityNotFound
    changes: dict[str, Any] = orjson.loads(recorded)
    if not changes:
        raise NothingToRevert
    now = orjson.loads(encode(task))
    overtaken = sorted(name for name, change in changes.items() if now.get(name) != change["to"])
    if overtaken:
        raise ChangeOvertaken(fields=overtaken)
    former = {name: change["from"] for name, change in changes.items()}
    if preconditions.if_match is None:
        preconditions = Preconditions(if_match=(str(task["version"]),))
    return await change_task(session, principal, users, task_id, _values(former), preconditions)


def _values(former: dict[str, Any]) -> dict[str, Any]:
    """The values as a change takes them: a rule that has become stricter since refuses them as it does any other."""
    position = {name: former.pop(name) for name in ("position",) if name in former}
    try:
        return {**TaskUpdate.model_validate_json(orjson.dumps(former)).given(), **position}
    except ValidationError:
        raise NothingToRevert("The values before this change are not allowed any more.") from None
