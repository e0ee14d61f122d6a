"""Exports of other systems, made here in the form that they document."""

from __future__ import annotations

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks
from tests.tasks_service.transfer import everything, imported

TODOIST = """TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE
meta,view_style=list,,,,,,,,
section,Garden,,,,,,,,
task,Water the plants @home @daily,Use the can,1,1,ann (1),,2031-03-31,en,UTC
note,The can is in the shed,,,,ann (1),,,,
task,Fill the can,,4,2,ann (1),,every day,en,UTC
task,Mow,,4,1,ann (1),,,,
"""
TRELLO: Json = {
    "name": "Board",
    "lists": [{"id": "l1", "name": "To do"}, {"id": "l2", "name": "Doing"}, {"id": "l3", "name": "Done"}],
    "members": [{"id": "m1", "username": "nobody"}],
    "cards": [
        {"id": "c1", "name": "One", "desc": "words", "due": "2031-03-31T10:00:00.000Z", "idList": "l1",
         "labels": [{"name": "bug", "color": "red"}, {"name": "", "color": "blue"}], "closed": False},
        {"id": "c2", "name": "Two", "idList": "l2", "closed": False},
        {"id": "c3", "name": "Three", "idList": "l3", "closed": False},
        {"id": "c4", "name": "Four", "idList": "l1", "closed": True},
    ],
    "checklists": [{"idCard": "c1", "checkItems": [{"id": "i1", "name": "first step", "state": "complete"}]}],
}  # fmt: skip
VIKUNJA: list[Json] = [
    {
        "title": "Inbox",
        "tasks": [
            {"id": 7, "title": "Seven", "description": "<p>a &amp; b</p><p>c</p>", "done": False, "percent_done": 0.5,
             "due_date": "2031-03-31T00:00:00Z", "priority": 5, "labels": [{"title": "x"}]},
            {"id": 8, "title": "Eight", "done": True, "due_date": "0001-01-01T00:00:00Z",
             "related_tasks": {"parenttask": [{"id": 7}]}},
        ],
    }
]  # fmt: skip


class TestTodoist:
    async def test_indents_are_subtasks_and_notes_are_kept(self, tasks: Tasks, ann: Person) -> None:
        for created, updated in ((3, 0), (0, 3)):
            job = await imported(tasks, ann, TODOIST, source="todoist")
            assert (job["errors"], job["created"], job["updated"]) == ([], created, updated)
        plants, can, mow = await everything(tasks, ann)
        assert (plants["title"], plants["labels"], plants["priority"]) == (
            "Water the plants",
            ["home", "daily"],
            "urgent",
        )
        assert plants["description"] == "Use the can\n\nThe can is in the shed"
        assert (plants["due_date"], can["parent_id"], mow["parent_id"]) == ("2031-03-31", plants["id"], None)
        assert can["description"] == "Date: every day"


class TestTrello:
    async def test_lists_are_statuses_and_checklists_subtasks(self, tasks: Tasks, ann: Person) -> None:
        job = await imported(tasks, ann, TRELLO, "json", source="trello")
        assert job["errors"] == []
        one, step, two, three, four = await everything(tasks, ann)
        assert (one["labels"], one["due_date"]) == (["bug", "blue", "To do"], "2031-03-31")
        assert (step["parent_id"], step["status"]) == (one["id"], "completed")
        assert [two["status"], three["status"], four["status"]] == ["in_progress", "completed", "archived"]

    async def test_something_else_is_refused(self, tasks: Tasks, ann: Person) -> None:
        assert (await imported(tasks, ann, [], "json", source="trello"))["status"] == "failed"


class TestVikunja:
    async def test_descriptions_become_text(self, tasks: Tasks, ann: Person) -> None:
        job = await imported(tasks, ann, VIKUNJA, "json", source="vikunja")
        assert job["errors"] == []
        seven, eight = await everything(tasks, ann)
        assert (seven["description"], seven["status"], seven["priority"]) == ("a & b\nc", "in_progress", "urgent")
        assert (eight["status"], eight["due_date"], eight["parent_id"]) == ("completed", None, seven["id"])
