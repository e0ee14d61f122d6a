"""How tests speak of comments."""

from __future__ import annotations

from typing import Any

from shared import events
from shared.outbox import message_of
from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, path_of


async def comment_on(tasks: Tasks, task: Json, person: Person, body: str = "Well.") -> Json:
    answer = await tasks.post(f"{path_of(task)}/comments", person, json={"body": body})
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def at(comment: Json, more: str = "") -> str:
    return f"/api/comments/{comment['id']}{more}"


async def events_about(tasks: Tasks, thing: str, row: Json) -> list[Any]:
    """What was recorded about a comment or an attachment, in order, as consumers read it."""
    sql = f"SELECT * FROM events WHERE subject_id = $1 AND type LIKE '{thing}.%' ORDER BY id"
    return [events.read(message_of(one, "/tasks").body) for one in await tasks.session().fetch(sql, row["id"])]
