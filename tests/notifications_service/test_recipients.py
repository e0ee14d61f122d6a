"""Who is told what."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from notifications_service.inbox.recipients import recipients_of
from shared import events
from tests.notifications_service.events import change, task_event

ANN, BOB, CYD, DAN = 1, 2, 3, 4


def told(event: dict[str, Any]) -> dict[int, str]:
    return {user_id: what.kind for user_id, what in recipients_of(read(event)).items()}


def sentence(event: dict[str, Any], user_id: int) -> str:
    return "ann" + recipients_of(read(event))[user_id].deed


def read(event: dict[str, Any]) -> events.TaskEvent:
    found = events.read(orjson.dumps(event))
    assert isinstance(found, events.TaskEvent)
    return found


def updated(actor: int | None = ANN, assignees: tuple[int, ...] = (BOB,), **changes: Any) -> dict[str, Any]:
    return task_event("updated", creator=ANN, actor=actor, assignees=assignees, changes=changes)


CASES = {
    "made for others": (task_event(actor=ANN, assignees=[BOB, CYD]), {BOB: "task_assigned", CYD: "task_assigned"}),
    "made for oneself": (task_event(actor=ANN, assignees=[ANN]), {}),
    "made for nobody": (task_event(actor=ANN), {}),
    "made by an administrator": (task_event(creator=DAN, actor=DAN, assignees=[ANN]), {ANN: "task_assigned"}),
    "title changed by its creator": (updated(title=change("a", "b")), {BOB: "task_updated"}),
    "title changed by the assignee": (updated(BOB, title=change("a", "b")), {ANN: "task_updated"}),
    "changed by neither": (updated(DAN, title=change("a", "b")), {ANN: "task_updated", BOB: "task_updated"}),
    "changed by the system": (updated(None, title=change("a", "b")), {ANN: "task_updated", BOB: "task_updated"}),
    "completed by the assignee": (updated(BOB, status=change("todo", "completed")), {ANN: "task_completed"}),
    "reopened": (updated(BOB, status=change("completed", "todo")), {ANN: "task_updated"}),
    "somebody added": (
        updated(ANN, (BOB, CYD), assignee_ids=change([BOB], [BOB, CYD])),
        {BOB: "task_updated", CYD: "task_assigned"},
    ),
    "somebody removed": (
        updated(ANN, (BOB,), assignee_ids=change([BOB, CYD], [BOB])),
        {BOB: "task_updated", CYD: "task_unassigned"},
    ),
    "handed over": (
        updated(ANN, (CYD,), assignee_ids=change([BOB], [CYD])),
        {BOB: "task_unassigned", CYD: "task_assigned"},
    ),
    "handed over and completed": (
        updated(DAN, (CYD,), assignee_ids=change([BOB], [CYD]), status=change("todo", "completed")),
        {ANN: "task_completed", BOB: "task_unassigned", CYD: "task_assigned"},
    ),
    "took it oneself": (updated(BOB, (BOB,), assignee_ids=change([], [BOB])), {ANN: "task_updated"}),
    "left it oneself": (updated(BOB, (), assignee_ids=change([BOB], [])), {ANN: "task_updated"}),
    "creator newly assigned": (
        updated(BOB, (ANN, BOB), assignee_ids=change([BOB], [ANN, BOB])),
        {ANN: "task_assigned"},
    ),
    "assignees from nothing": (updated(ANN, (BOB,), assignee_ids=change(None, [BOB])), {BOB: "task_assigned"}),
    "deleted": (
        task_event("deleted", creator=ANN, actor=DAN, assignees=[BOB]),
        {ANN: "task_deleted", BOB: "task_deleted"},
    ),
    "deleted by its creator": (task_event("deleted", creator=ANN, actor=ANN, assignees=[BOB]), {BOB: "task_deleted"}),
    "restored": (task_event("restored", creator=ANN, actor=ANN, assignees=[BOB]), {BOB: "task_updated"}),
}


@pytest.mark.parametrize("case", CASES)
def test_kinds_and_recipients(case: str) -> None:
    event, expected = CASES[case]
    assert told(event) == expected


class TestSentence:
    def test_names_the_deed_and_the_task(self) -> None:
        assert sentence(task_event(assignees=[BOB]), BOB) == "ann assigned you “Write the plan”"
        removed = updated(ANN, (), assignee_ids=change([BOB], []))
        assert sentence(removed, BOB) == "ann took you off “Write the plan”"
        assert sentence(updated(status=change("todo", "completed")), BOB) == "ann completed “Write the plan”"
        assert sentence(task_event("deleted", assignees=[BOB]), BOB) == "ann deleted “Write the plan”"
        assert sentence(task_event("restored", assignees=[BOB]), BOB) == "ann restored “Write the plan”"

    def test_says_what_changed_while_that_is_short(self) -> None:
        assert sentence(updated(due_date=change(None, "2031-01-01")), BOB) == "ann changed due date of “Write the plan”"
        two = updated(due_date=change(None, "2031-01-01"), title=change("a", "b"))
        assert sentence(two, BOB) == "ann changed due date and title of “Write the plan”"
        many: dict[str, Any] = {name: change("a", "b") for name in ("title", "description", "priority", "labels")}
        assert sentence(updated(**many), BOB) == "ann changed “Write the plan”"
        assert sentence(updated(), BOB) == "ann changed “Write the plan”"
