"""Who is told what."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from notifications_service.inbox.recipients import recipients_of
from shared import events
from tests.notifications_service.events import change, comment_event, due_event, member_event, task_event

ANN, BOB, CYD, DAN = 1, 2, 3, 4


def told(event: dict[str, Any]) -> dict[int, str]:
    return {user_id: what.kind for user_id, what in recipients_of(read(event)).items()}


def sentence(event: dict[str, Any], user_id: int) -> str:
    return "ann" + recipients_of(read(event))[user_id].deed


def read(event: dict[str, Any]) -> events.Known:
    return events.read(orjson.dumps(event))


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
    "pushed within its column": (updated(position=change("a", "b")), {}),
    "pushed and handed over": (
        updated(position=change("a", "b"), assignee_ids=change([], [BOB])),
        {BOB: "task_assigned"},
    ),
    "watched": (
        task_event("updated", creator=ANN, actor=ANN, watchers=[CYD], audience=[ANN, CYD]),
        {CYD: "task_updated"},
    ),
    "watched by one who may not see it": (task_event("updated", creator=ANN, actor=ANN, watchers=[CYD]), {}),
    "made and watched": (task_event(creator=ANN, actor=ANN, watchers=[CYD], audience=[ANN, CYD]), {}),
    "seen and not taken part in": (task_event("updated", creator=ANN, actor=ANN, audience=[ANN, CYD]), {}),
    "commented": (
        comment_event(creator=ANN, actor=BOB, assignees=[BOB, CYD], watchers=[DAN], audience=[ANN, BOB, CYD, DAN]),
        {ANN: "comment_added", CYD: "comment_added", DAN: "comment_added"},
    ),
    "commented with a mention": (
        comment_event(creator=ANN, actor=ANN, assignees=[BOB, CYD], mentioned=[BOB, ANN]),
        {BOB: "mentioned", CYD: "comment_added"},
    ),
    "mention of one who may not see it": (comment_event(creator=ANN, actor=ANN, mentioned=[DAN]), {}),
    "comment reworded": (comment_event("updated", creator=ANN, actor=BOB, assignees=[BOB]), {}),
    "mention added later": (
        comment_event("updated", creator=ANN, actor=BOB, assignees=[BOB, CYD], mentioned=[CYD]),
        {CYD: "mentioned"},
    ),
    "comment deleted": (comment_event("deleted", creator=ANN, actor=BOB, assignees=[BOB]), {}),
    "due soon": (due_event("due_soon", BOB, creator=ANN, assignees=[BOB, CYD]), {BOB: "task_due_soon"}),
    "overdue": (due_event("overdue", ANN, creator=ANN), {ANN: "task_overdue"}),
    "own reminder": (due_event("due_soon", CYD, lead_minutes=30, creator=ANN), {CYD: "task_due_soon"}),
    "due for one who may not see it": (due_event("due_soon", DAN, creator=ANN, audience=[ANN]), {}),
    "added to a project": (member_event("added", BOB, actor=ANN), {BOB: "project_added"}),
    "joined by oneself": (member_event("added", ANN, actor=ANN), {}),
    "other role": (member_event("updated", BOB, actor=ANN), {}),
    "left a project": (member_event("removed", BOB, actor=ANN), {}),
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
        moved = updated(position=change("a", "b"), status=change("todo", "in_progress"), status_id=change(1, 2))
        assert sentence(moved, BOB) == "ann changed status of “Write the plan”"
        many: dict[str, Any] = {name: change("a", "b") for name in ("title", "description", "priority", "labels")}
        one = updated(status=change("todo", "in_progress"), status_id=change(1, 2))
        assert sentence(one, BOB) == "ann changed status of “Write the plan”"
        assert sentence(updated(**many), BOB) == "ann changed “Write the plan”"
        assert sentence(updated(), BOB) == "ann changed “Write the plan”"

    def test_of_comments_projects_and_due_dates(self) -> None:
        remark = comment_event(creator=BOB, actor=ANN, assignees=[CYD], mentioned=[CYD])
        assert sentence(remark, BOB) == "ann commented on “Write the plan”"
        assert sentence(remark, CYD) == "ann mentioned you in “Write the plan”"
        assert sentence(member_event("added", BOB), BOB) == "ann added you to the project “Website”"

        def due(kind: str, **given: Any) -> str:
            return recipients_of(read(due_event(kind, BOB, **given)))[BOB].deed

        assert due("due_soon", due_date="2031-03-31") == "“Write the plan” is due 2031-03-31"
        assert due("overdue", due_date="2031-03-31") == "“Write the plan” was due 2031-03-31"
        own = due("due_soon", due_date="2031-03-31", lead_minutes=90)
        assert own == "Reminder: “Write the plan” is due 2031-03-31"
        assert due("due_soon", lead_minutes=0) == "Reminder: “Write the plan”"
