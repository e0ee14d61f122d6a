"""How tests speak of projects."""

from __future__ import annotations

from shared import events
from shared.outbox import message_of
from tests.tasks_service.client import Json, Tasks


def at(project: Json, rest: str = "") -> str:
    return f"/api/projects/{project['id']}{rest}"


async def events_of(tasks: Tasks, project: Json) -> list[events.ProjectEvent | events.MemberEvent]:
    sql = "SELECT * FROM events WHERE subject_id = $1 AND type LIKE 'project.%' ORDER BY id"
    rows = await tasks.session().fetch(sql, project["id"])
    return [events.read(message_of(row, "/tasks").body) for row in rows]  # type: ignore[misc]
