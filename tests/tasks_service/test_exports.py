from __future__ import annotations

import csv
import io
import json

import pytest
from icalendar import Calendar

from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Tasks
from tests.tasks_service.transfer import exported


@pytest.fixture
async def made(tasks: Tasks, ann: Person) -> list[int]:
    bodies = [
        {"title": "=1+1", "labels": ["a, b", "c"], "priority": "high"},
        {"title": "A “quoted” one, with a comma", "description": "two\nlines", "due_date": "2031-03-31"},
        {"title": "@all", "status": "completed", "assignee_ids": [ann.id], "recurrence": None},
    ]
    return [(await tasks.post("/api/tasks", ann, json=body)).json()["id"] for body in bodies]


class TestWho:
    async def test_anonymous_is_refused(self, tasks: Tasks) -> None:
        assert (await tasks.get("/api/tasks/export", None)).status_code == 401

    async def test_what_others_have_is_not_in_it(self, tasks: Tasks, made: list[int], bob: Person) -> None:
        assert json.loads(await exported(tasks, bob, "json")) == []
        assert len((await exported(tasks, bob, "csv")).splitlines()) == 1
        assert b"VTODO" not in await exported(tasks, bob, "ics")


class TestFormats:
    async def test_json_is_what_the_list_says(self, tasks: Tasks, ann: Person, made: list[int]) -> None:
        found = json.loads(await exported(tasks, ann, "json"))
        assert [task["id"] for task in found] == made
        listed = (await tasks.get("/api/tasks", ann, params={"sort": "created_at"})).json()["items"]
        assert [{**task, "created_at": 0, "updated_at": 0, "completed_at": 0} for task in found] == [
            {**task, "created_at": 0, "updated_at": 0, "completed_at": 0} for task in listed
        ]

    async def test_csv_runs_in_no_spreadsheet(self, tasks: Tasks, ann: Person, made: list[int]) -> None:
        rows = list(csv.DictReader(io.StringIO((await exported(tasks, ann, "csv")).decode())))
        assert [row["title"] for row in rows] == ["'=1+1", "A “quoted” one, with a comma", "'@all"]
        assert json.loads(rows[0]["labels"]) == ["a, b", "c"]
        assert rows[2]["assignees"] == ann.username
        assert rows[1]["description"] == "two\nlines"

    async def test_calendar_has_a_todo_for_each(self, tasks: Tasks, ann: Person, made: list[int]) -> None:
        todos = Calendar.from_ical((await exported(tasks, ann, "ics")).decode()).walk("VTODO")
        assert [str(todo["summary"]) for todo in todos] == ["=1+1", "A “quoted” one, with a comma", "@all"]
        assert [str(todo["status"]) for todo in todos] == ["NEEDS-ACTION", "NEEDS-ACTION", "COMPLETED"]

    @pytest.mark.parametrize(("file_format", "kind"), [("csv", "text/csv"), ("json", "application/json")])
    async def test_it_is_a_file_to_save(self, tasks: Tasks, ann: Person, file_format: str, kind: str) -> None:
        answer = await tasks.get("/api/tasks/export", ann, params={"format": file_format})
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["content-disposition"].startswith('attachment; filename="tasks-')


class TestFilters:
    async def test_they_are_those_of_the_list(self, tasks: Tasks, ann: Person, made: list[int]) -> None:
        found = json.loads(await exported(tasks, ann, "json", filter="priority>=high or status=completed"))
        assert [task["id"] for task in found] == [made[0], made[2]]
        assert len(json.loads(await exported(tasks, ann, "json", status="todo", due_date_gte="2031-01-01"))) == 1

    @pytest.mark.parametrize("query", [{"format": "xml"}, {"filter": "priority>="}, {"cursor": "x"}, {"sort": "id"}])
    async def test_a_wrong_one_is_refused(self, tasks: Tasks, ann: Person, query: dict[str, str]) -> None:
        assert (await tasks.get("/api/tasks/export", ann, params=query)).status_code == 422

    async def test_a_quotation_mark_in_a_value_ends_nothing(self, tasks: Tasks, ann: Person) -> None:
        assert json.loads(await exported(tasks, ann, "json", label="'; DROP TABLE tasks; --", q="it's")) == []


async def test_many_parts_are_one_document(tasks: Tasks, fake_users: FakeUsers) -> None:
    person = fake_users.register()
    for _ in range(3):
        body = {"create": [{"title": f'{n} \\ "x"', "description": "x" * 2000} for n in range(500)]}
        assert (await tasks.post("/api/tasks/bulk", person, json=body)).status_code == 200
    found = json.loads(await exported(tasks, person, "json"))
    assert len({task["id"] for task in found}) == 1500
    assert len(Calendar.from_ical((await exported(tasks, person, "ics")).decode()).walk("VTODO")) == 1500
