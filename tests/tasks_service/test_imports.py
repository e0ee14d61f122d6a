from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.database import Session
from tasks_service.imports import jobs
from tasks_service.imports.applying import Importer
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import FULL, Json, Tasks
from tests.tasks_service.transfer import everything, exported, imported, sent, work

ROWS = int(os.environ.get("IMPORT_ROWS", "3000"))
CARRIED = ("title", "description", "status", "priority", "due_date", "labels", "estimate_minutes", "recurrence")


def carried(task: Json, *without: str) -> Json:
    return {name: task[name] for name in CARRIED if name not in without}


class TestWho:
    async def test_anonymous_is_refused(self, tasks: Tasks) -> None:
        assert (await sent(tasks, None, "title\nx\n")).status_code == 401

    async def test_others_do_not_see_it(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        answer = await sent(tasks, ann, "title\nx\n")
        for path in (answer.headers["location"], f"{answer.headers['location']}/errors"):
            assert (await tasks.get(path, bob)).status_code == 404
        assert (await tasks.post(f"{answer.headers['location']}/cancel", bob)).status_code == 404
        await work(tasks)

    async def test_nobody_imports_into_a_project_that_they_do_not_see(
        self, tasks: Tasks, ann: Person, bob: Person
    ) -> None:
        project = (await tasks.post("/api/projects", ann, json={"name": "Mine"})).json()
        job = await imported(tasks, bob, f"title,project\nx,{project['key']}\n")
        assert (job["created"], job["errors"][0]["pointer"]) == (0, "/project")
        job = await imported(tasks, bob, "title\nx\n", project_id=project["id"])
        assert (job["created"], job["error_count"]) == (0, 1)


class TestRows:
    async def test_each_becomes_a_task(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        table = (
            "Title,Priority,Due,Tags,Assigned to,Status,Color\n"
            f'Water the plants,HIGH,2031-03-31,"home, garden",{bob.username},In Progress,red\n'
            "'=SUM(A1),,,,,,\n"
        )
        await tasks.post("/api/tasks", ann, json={"title": "x", "assignee_ids": [bob.id]})  # so bob is known here
        job = await imported(tasks, ann, table)
        assert (job["status"], job["created"], job["errors"]) == ("done", 2, [])
        assert job["progress"] == {"done": 2, "total": 2}
        assert job["ignored_columns"] == ["color"]
        _, first, second = await everything(tasks, ann)
        assert (first["title"], first["priority"], first["due_date"]) == ("Water the plants", "high", "2031-03-31")
        assert (first["labels"], first["assignee_ids"]) == (["home", "garden"], [bob.id])
        assert (first["status"], second["title"]) == ("in_progress", "=SUM(A1)")

    async def test_what_is_wrong_is_said_of_the_row(self, tasks: Tasks, ann: Person) -> None:
        header = "title,priority,due_date,assignees\n"
        table = header + "ok,,,\n,,,\nx,very,31.3.2031,\ny,,,nobody-here\nz,,,,extra\nfine,low,,\n"
        job = await imported(tasks, ann, table)
        assert (job["status"], job["created"]) == ("done", 2)
        assert [(error["row"], error["pointer"]) for error in job["errors"]] == [
            (2, "/title"),
            (3, "/priority"),
            (3, "/due_date"),
            (4, "/assignees"),
            (5, ""),
        ]

    @pytest.mark.parametrize(
        ("content", "file_format"),
        [
            (b"", "csv"),
            (b"\xff\xfe\x00", "csv"),
            (b'title\n"' + b"x" * 200_000, "csv"),
            (b"{", "json"),
            (b'{"a": 1}', "json"),
            (b"[" * 100_000, "json"),
            (b'[{"title": NaN}]', "json"),
            (b"BEGIN:NOTHING", "ics"),
        ],
    )
    async def test_a_file_that_is_none_fails_as_a_whole(
        self, tasks: Tasks, ann: Person, content: bytes, file_format: str
    ) -> None:
        job = await imported(tasks, ann, content, file_format)
        assert (job["status"], job["created"], job["errors"][0]["row"]) == ("failed", 0, 0)

    async def test_hostile_values_are_errors_of_their_rows(self, tasks: Tasks, ann: Person) -> None:
        rows: list[Any] = [{"title": "a\x00b"}, {"title": "x", "estimate_minutes": 2**63}, {"title": "x", "nope": 1}, 7]
        job = await imported(tasks, ann, [*rows, {"title": "fine"}], "json")
        assert (job["created"], {error["row"] for error in job["errors"]}) == (1, {1, 2, 3, 4})

    async def test_a_form_is_taken_as_well(self, tasks: Tasks, ann: Person) -> None:
        answer = await tasks.post("/api/tasks/import", ann, files={"file": ("list.csv", b"title\nx\n", "text/plain")})
        assert (answer.status_code, answer.json()["filename"]) == (202, "list.csv")
        await work(tasks)
        assert len(await everything(tasks, ann)) == 1

    async def test_another_type_is_refused(self, tasks: Tasks, ann: Person) -> None:
        headers = {"Content-Type": "application/xml"}
        assert (await tasks.post("/api/tasks/import", ann, content=b"<a/>", headers=headers)).status_code == 415

    async def test_parents_and_blockers_may_come_later_in_the_file(self, tasks: Tasks, ann: Person) -> None:
        table = "id,title,parent,blocked_by\n1,child,3,2\n2,blocker,,\n3,parent,,\n4,lost,99,\n"
        job = await imported(tasks, ann, table)
        assert [(error["row"], error["pointer"]) for error in job["errors"]] == [(4, "/parent")]
        child, blocker, parent, _ = await everything(tasks, ann)
        assert (child["parent_id"], child["blocked_by"]) == (parent["id"], [blocker["id"]])
        assert parent["subtasks"] == {"total": 1, "completed": 0}

    @pytest.mark.parametrize("sign", [",", ";", "\t"])
    async def test_whatever_parts_the_cells(self, tasks: Tasks, ann: Person, sign: str) -> None:
        lines = (("Title", "Priority", "Labels"), ("One", "high", '"a,b;c"'))
        job = await imported(tasks, ann, "\n".join(sign.join(line) for line in lines))
        (task,) = await everything(tasks, ann)
        assert (job["created"], job["error_count"], job["ignored_columns"]) == (1, 0, [])
        assert (task["title"], task["priority"], task["labels"]) == ("One", "high", ["a", "b", "c"])


class TestOnce:
    async def test_a_second_import_brings_up_to_date(self, tasks: Tasks, ann: Person) -> None:
        await imported(tasks, ann, "external_id,title,priority\na,One,low\nb,Two,low\n")
        job = await imported(tasks, ann, "external_id,title,priority\na,One,low\nb,Two!,high\nc,Three,\n")
        assert (job["created"], job["updated"]) == (1, 2)
        found = await everything(tasks, ann)
        assert [(t["title"], t["priority"], t["version"]) for t in found] == [
            ("One", "low", 1),
            ("Two!", "high", 2),
            ("Three", "medium", 1),
        ]

    async def test_another_person_s_ids_are_others(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        for person in (ann, bob):
            assert (await imported(tasks, person, "id,title\n1,x\n"))["created"] == 1

    async def test_a_key_starts_one_job(self, tasks: Tasks, ann: Person) -> None:
        headers = {"Content-Type": "text/csv", "Idempotency-Key": "once"}
        answers = [await tasks.post("/api/tasks/import", ann, content="title\nx\n", headers=headers) for _ in range(2)]
        assert answers[0].content == answers[1].content
        assert len((await tasks.get("/api/imports", ann)).json()["items"]) == 1
        await work(tasks)

    async def test_an_atomic_one_is_all_or_nothing(self, tasks: Tasks, ann: Person) -> None:
        rows = "".join(f"row {n},\n" for n in range(jobs.CHUNK + 10))
        job = await imported(tasks, ann, f"title,priority\n{rows}bad,very\n", atomic="true")
        assert (job["status"], job["created"], len(job["errors"])) == ("failed", 0, 1)
        assert await everything(tasks, ann) == []
        job = await imported(tasks, ann, f"title,priority\n{rows}", atomic="true")
        assert (job["status"], job["created"]) == ("done", jobs.CHUNK + 10)

    async def test_a_worker_that_dies_leaves_whole_chunks(
        self, tasks: Tasks, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        applied = Importer.apply

        async def dying(self: Importer, session: Session, rows: Any) -> Any:
            outcome = await applied(self, session, rows)
            if rows[0].number > jobs.CHUNK:
                raise asyncio.CancelledError
            return outcome

        rows = "".join(f"{n},row {n}\n" for n in range(2 * jobs.CHUNK + 100))
        answer = await sent(tasks, ann, f"id,title\n{rows}")
        monkeypatch.setattr(Importer, "apply", dying)
        with pytest.raises(asyncio.CancelledError):
            await work(tasks)
        monkeypatch.undo()
        await work(tasks)
        job = (await tasks.get(answer.headers["location"], ann)).json()
        assert (job["status"], job["progress"]["done"]) == ("running", jobs.CHUNK)  # somebody may still have it
        monkeypatch.setattr(jobs, "LEFT_AFTER", 0.0)
        await work(tasks)
        job = (await tasks.get(answer.headers["location"], ann)).json()
        assert (job["status"], job["created"], job["error_count"]) == ("done", 2 * jobs.CHUNK + 100, 0)
        assert len({task["title"] for task in await everything(tasks, ann)}) == 2 * jobs.CHUNK + 100

    async def test_a_cancelled_one_stops(self, tasks: Tasks, ann: Person) -> None:
        answer = await sent(tasks, ann, "title\nx\n")
        cancelled = await tasks.post(f"{answer.headers['location']}/cancel", ann)
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
        await work(tasks)
        assert await everything(tasks, ann) == []
        assert (await tasks.post(f"{answer.headers['location']}/cancel", ann)).status_code == 409


async def test_exactly_the_bad_rows_of_many_are_reported(tasks: Tasks, ann: Person) -> None:
    bad = set(range(7, ROWS, 100))
    rows = "".join(f"{'' if n in bad else f'Task {n}'},{n}\n" for n in range(1, ROWS + 1))
    job = await imported(tasks, ann, f"title,external_id\n{rows}")
    assert (job["created"], job["error_count"]) == (ROWS - len(bad), len(bad))
    assert {error["row"] for error in job["errors"]} == bad
    path = f"/api/imports/{job['id']}/errors?limit=100&count=true"
    listed: list[Json] = []
    while path:
        answer = await tasks.get(path, ann)
        listed += answer.json()["items"]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert listed == job["errors"]


class TestRoundTrip:
    @pytest.mark.parametrize("file_format", ["csv", "json", "ics"])
    async def test_another_account_gets_equal_tasks(
        self, tasks: Tasks, ann: Person, bob: Person, file_format: str
    ) -> None:
        bodies: list[Json] = [
            FULL,
            {"title": "'=1", "labels": ["[x]", "a,b", " c" * 2], "priority": "urgent", "status": "completed"},
            {"title": "Ünïcode 🎉 ‮RTL", "description": '-- "x",\r\n\ty', "due_date": "2031-02-28", "priority": "low"},
            {"title": "each week", "due_date": "2031-02-28", "recurrence": "FREQ=WEEKLY;BYDAY=FR"},
        ]
        for body in bodies:
            answer = await tasks.post("/api/tasks", ann, json=body)
            assert answer.status_code == 201, answer.text
        job = await imported(tasks, bob, await exported(tasks, ann, file_format), file_format)
        assert job["errors"] == []
        lost = ("estimate_minutes",) if file_format == "ics" else ()
        before, after = await everything(tasks, ann), await everything(tasks, bob)
        if file_format == "ics":  # which knows no carriage returns
            before[2]["description"] = before[2]["description"].replace("\r\n", "\n")
        assert [carried(t, *lost) for t in after] == [carried(t, *lost) for t in before]

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(title=st.text(min_size=1, max_size=40), labels=st.lists(st.text(min_size=1, max_size=10), max_size=3))
    async def test_of_any_words(self, tasks: Tasks, fake_users: FakeUsers, title: str, labels: list[str]) -> None:
        ann, bob = fake_users.register(), fake_users.register()
        made = await tasks.post("/api/tasks", ann, json={"title": title, "labels": labels, "description": title})
        if made.status_code != 201:
            return  # it is not a title that a task can have
        for file_format in ("csv", "json"):
            job = await imported(tasks, bob, await exported(tasks, ann, file_format), file_format)
            assert job["errors"] == []
            (after,) = await everything(tasks, bob)
            assert carried(after) == carried(made.json())
            assert json.loads(await exported(tasks, bob, "json"))[0]["title"] == made.json()["title"]
