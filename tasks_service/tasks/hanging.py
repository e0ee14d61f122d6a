"""Events of what hangs on a task (comments, attachments): beside its own state each carries the task's, and whoever may
see the task is the audience. The task's version stays as it is."""

from typing import NoReturn

from shared.auth import Principal
from shared.database import Session
from shared.errors import Problem
from tasks_service.errors import ProjectArchived, TaskNotFound
from tasks_service.policies import AUDIENCE, LIVELY, WATCHERS, visible
from tasks_service.tasks.queries import COLUMNS as TASK_COLUMNS

ARCHIVED = f"NOT ({LIVELY})"
# $1 task, $2 user, $3 whether that is an administrator
WHY = f"""
SELECT {ARCHIVED} AS archived FROM tasks t WHERE t.id = $1 AND t.deleted_at IS NULL AND {visible("$2", "$3")}
"""  # noqa: S608  # made of constants, as all of this module


def recorded(
    change: str,
    thing: str,
    columns: str,
    event_type: str,
    first: int,
    *,
    audience: str = AUDIENCE,
    more: str = "",
    before: str = "",
    also: str = "",
) -> str:
    """The statement that makes `change` to a `thing` and records its event.

    `change` returns the thing's row as `thing.*`, with `task_id`, `version` and an `actor`; `columns` are those of
    its API. `more` are further members of the event's data, as arguments of json_build_object; `before` and
    `also` are other parts of the WITH. Its own parameters begin at `first`: event id, request id, traceparent."""
    event_id, request_id, traceparent = (f"${first + i}" for i in range(3))
    return f"""
    WITH {before} {thing} AS ({change}), {also} event AS (
        INSERT INTO events
            (event_id, type, subject_id, version, actor_id, audience, data, request_id, traceparent, task_id,
                project_id)
        SELECT {event_id}::uuid, '{event_type}', {thing}.id, {thing}.version, {thing}.actor, {audience},
            json_build_object('{thing}', (SELECT to_json(shown) FROM (SELECT {columns}) shown),
                'task', (SELECT to_json(shown) FROM (SELECT {TASK_COLUMNS}) shown),
                'watchers', {WATCHERS}{more}),
            {request_id}::text, {traceparent}::text, t.id, t.project_id
        FROM {thing} JOIN tasks t ON t.id = {thing}.task_id
    )
    SELECT {columns} FROM {thing}"""  # noqa: S608


async def refuse(session: Session, principal: Principal, task_id: int, refusal: type[Problem]) -> NoReturn:
    """Says why nothing could be hung on the task: it cannot be seen, its project is archived, or else `refusal`."""
    found = await session.fetchrow(WHY, task_id, principal.id, principal.is_admin)
    if found is None:
        raise TaskNotFound
    raise ProjectArchived if found["archived"] else refusal
