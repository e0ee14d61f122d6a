"""Events of what hangs on a task (comments, attachments): beside its own state each carries the task's, and whoever may
see the task is the audience. The task's version stays as it is."""

from tasks_service.policies import AUDIENCE
from tasks_service.tasks.queries import COLUMNS as TASK_COLUMNS


def recorded(
    change: str, thing: str, columns: str, event_type: str, first: int, *, more: str = "", also: str = ""
) -> str:
    """The statement that makes `change` to a `thing` and records its event.

    `change` returns the thing's row as `thing.*`, with `task_id`, `version` and an `actor`; `columns` are those of
    its API. `more` are further members of the event's data, as arguments of json_build_object; `also` is
    another part of the WITH. Its own parameters begin at `first`: event id, request id, traceparent."""
    event_id, request_id, traceparent = (f"${first + i}" for i in range(3))
    return f"""
    WITH {thing} AS ({change}), {also} event AS (
        INSERT INTO events
            (event_id, type, subject_id, version, actor_id, audience, data, request_id, traceparent)
        SELECT {event_id}::uuid, '{event_type}', {thing}.id, {thing}.version, {thing}.actor, {AUDIENCE},
            json_build_object('{thing}', (SELECT to_json(shown) FROM (SELECT {columns}) shown),
                'task', (SELECT to_json(shown) FROM (SELECT {TASK_COLUMNS}) shown){more}),
            {request_id}::text, {traceparent}::text
        FROM {thing} JOIN tasks t ON t.id = {thing}.task_id
    )
    SELECT {columns} FROM {thing}"""  # noqa: S608  # made of constants of the queries modules
