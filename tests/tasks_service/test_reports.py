"""Reports that the worker makes: who may, what is in them, and what happens when a worker dies."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from tasks_service.report_jobs import making, queries, service
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of, problem


async def asked(tasks: Tasks, person: Person, kind: str = "tasks", file_format: str = "json", **given: Any) -> Json:
    answer = await tasks.post("/api/reports", person, json={"kind": kind, "format": file_format, "filter": given})
    assert answer.status_code == 202, answer.text
    report: Json = answer.json()
    assert answer.headers["location"] == of(report)
    assert (report["status"], report["progress"], report["size"]) == ("queued", {"done": 0, "total": 0}, None)
    return report


def of(report: Json) -> str:
    return f"/api/reports/{report['id']}"


async def work(tasks: Tasks) -> None:
    state = tasks.running.app.state
    while await making.make_next(state.database, tasks.running.settings, state.peers["users"]):  # type: ignore[arg-type]
        pass


async def made(tasks: Tasks, person: Person, kind: str = "tasks", file_format: str = "json", **given: Any) -> Any:
    """The content of a report: of CSV and XLSX as rows by their heading."""
    report = await asked(tasks, person, kind, file_format, **given)
    await work(tasks)
    ended = (await tasks.get(of(report), person)).json()
    assert (ended["status"], ended["error"]) == ("done", None)
    answer = await tasks.get(f"{of(report)}/download", person)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == ended["size"]
    assert f'filename="{kind}-' in answer.headers["content-disposition"]
    return parsed(answer.content, file_format)


def parsed(content: bytes, file_format: str) -> Any:
    if file_format == "csv":
        return list(csv.DictReader(io.StringIO(content.decode())))
    if file_format == "xlsx":
        heading, *rows = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        return [dict(zip(heading, row, strict=True)) for row in rows]
    import orjson

    return orjson.loads(content)


class TestWho:
    async def test_anonymous_is_refused(self, tasks: Tasks) -> None:
        assert (await tasks.post("/api/reports", None, json={"kind": "tasks"})).status_code == 401
        assert (await tasks.get("/api/reports", None)).status_code == 401

    async def test_only_its_owner_sees_it(self, tasks: Tasks, ann: Person, bob: Person, admin: Person) -> None:
        report = await asked(tasks, ann)
        await work(tasks)
        for person in (bob, admin):
            for method, path in (("GET", ""), ("GET", "/download"), ("POST", "/cancel"), ("DELETE", "")):
                problem(await tasks.call(method, of(report) + path, person), 404, "report_not_found")
            assert report["id"] not in [one["id"] for one in await tasks.items("/api/reports", person)]
        assert [one["id"] for one in await tasks.items("/api/reports", ann)] == [report["id"]]
        assert (await tasks.get("/api/reports?count=true&limit=1", ann)).json()["total"] == 1

    async def test_shows_what_its_owner_sees_when_it_is_made(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(bob, assignee_ids=[ann.id])
        await tasks.create(bob, "foreign")
        report = await asked(tasks, ann)
        await tasks.patch(task, bob, {"assignee_ids": []})
        await work(tasks)
        assert (await tasks.get(f"{of(report)}/download", ann)).json() == []

    async def test_an_administrator_who_asked_with_less_gets_less(
        self, tasks: Tasks, fake_users: FakeUsers, ann: Person, admin: Person
    ) -> None:
        task = await tasks.create(ann)
        assert task["id"] in [row["id"] for row in await made(tasks, admin)]
        assert await made(tasks, fake_users.sign_in(admin.id, "tasks:*")) == []


class TestKinds:
    async def test_tasks_in_all_formats(self, tasks: Tasks, ann: Person) -> None:
        danger = "=cmd|'/C calc'!A0"
        await tasks.create(ann, danger, labels=["a", "b"], assignee_ids=[ann.id], estimate_minutes=5)
        await tasks.create(ann, "done", status="completed")
        [row] = await made(tasks, ann, status=["todo"])
        assert (row["title"], row["labels"], row["assignees"]) == (danger, ["a", "b"], [ann.username])
        [row] = await made(tasks, ann, file_format="csv", status=["todo"])
        assert (row["title"], row["labels"], row["estimate_minutes"]) == (f"'{danger}", "a, b", "5")
        [row] = await made(tasks, ann, file_format="xlsx", filter="status = todo")
        assert (row["title"], row["estimate_minutes"], row["created_by"]) == (danger, 5, ann.username)

    async def test_time(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        body = {"started_at": "2026-01-05T09:00:00Z", "minutes": 90, "note": "+1"}
        assert (await tasks.post(f"{path_of(task)}/time-entries", ann, json=body)).status_code == 201
        [row] = await made(tasks, ann, "time", "csv", **{"from": "2026-01-01T00:00:00Z"})
        assert (row["minutes"], row["note"], row["task_id"]) == ("90", "'+1", str(task["id"]))
        assert await made(tasks, ann, "time", to="2026-01-01T00:00:00Z") == []

    async def test_activity(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        await tasks.patch(task, ann, {"title": "Other"})
        found = await made(tasks, ann, "activity", type=["task_updated"])
        assert [(row["action"], row["task_id"]) for row in found] == [("task_updated", task["id"])]
        assert len(await made(tasks, ann, "activity", "xlsx")) == 2

    async def test_insights_and_workload(self, tasks: Tasks, ann: Person) -> None:
        await tasks.create(ann, assignee_ids=[ann.id])
        found = await made(tasks, ann, "insights")
        assert found == (await tasks.get("/api/reports/insights", ann)).json()
        rows = await made(tasks, ann, "insights", "csv")
        assert {"figure": "tasks_by_status", "name": "todo", "value": "1"} in rows
        [row] = await made(tasks, ann, "workload", "xlsx")
        assert (row["username"], row["open"]) == (ann.username, 1)

    async def test_project_summary(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann)
        await tasks.create(ann, project_id=project["id"])
        found = await made(tasks, ann, "project_summary", project_id=project["id"])
        assert found["totals"]["total"] == 1
        rows = await made(tasks, ann, "project_summary", "csv", project_id=project["id"])
        assert (len(rows), rows[-1]["todo"], rows[-1]["created_that_day"]) == (30, "1", "1")
        report = await asked(tasks, bob, "project_summary", project_id=project["id"])
        await work(tasks)
        failed = (await tasks.get(of(report), bob)).json()
        assert (failed["status"], failed["size"]) == ("failed", None)
        assert "no such project" in failed["error"]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/kind"),
            ({"kind": "secrets"}, "/kind"),
            ({"kind": "tasks", "format": "pdf"}, "/format"),
            ({"kind": "tasks", "filter": {"status": ["no"]}}, "/filter/status/0"),
            ({"kind": "tasks", "filter": {"filter": "priority>>high"}}, "/filter"),
            ({"kind": "tasks", "filter": {"q": "\x00"}}, "/filter/q"),
            ({"kind": "time", "filter": {"task_id": 2**63}}, "/filter/task_id"),
            ({"kind": "insights", "filter": {"status": "todo"}}, "/filter/status"),
            ({"kind": "project_summary"}, "/filter/project_id"),
            ({"kind": "tasks", "filter": 5}, "/filter"),
        ],
    )
    async def test_what_a_kind_does_not_take_is_refused(
        self, tasks: Tasks, ann: Person, body: Json, pointer: str
    ) -> None:
        found = problem(await tasks.post("/api/reports", ann, json=body), 422, "validation_failed")
        assert [error["pointer"] for error in found["errors"]] == [pointer]


class TestJobs:
    async def test_there_is_no_file_before_it_is_done(self, tasks: Tasks, ann: Person) -> None:
        report = await asked(tasks, ann)
        problem(await tasks.get(f"{of(report)}/download", ann), 409, "report_not_ready")
        await work(tasks)

    async def test_is_cancelled_once(self, tasks: Tasks, ann: Person) -> None:
        report = await asked(tasks, ann)
        assert (await tasks.post(f"{of(report)}/cancel", ann)).json()["status"] == "cancelled"
        await work(tasks)
        problem(await tasks.post(f"{of(report)}/cancel", ann), 409, "report_ended")
        problem(await tasks.get(f"{of(report)}/download", ann), 409, "report_not_ready")
        assert (await tasks.call("DELETE", of(report), ann)).status_code == 204
        problem(await tasks.get(of(report), ann), 404, "report_not_found")

    async def test_one_person_does_not_ask_for_too_many(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        answers = await asyncio.gather(
            *(tasks.post("/api/reports", ann, json={"kind": "insights"}) for _ in range(service.MAX_WAITING + 2))
        )
        assert sorted(answer.status_code for answer in answers)[-2:] == [409, 409]
        assert sum(answer.status_code == 202 for answer in answers) == service.MAX_WAITING
        await asked(tasks, bob)
        await work(tasks)
        await asked(tasks, ann)
        await work(tasks)

    async def test_a_key_sent_again_makes_no_second_report(self, tasks: Tasks, ann: Person) -> None:
        body, headers = {"kind": "insights"}, {"Idempotency-Key": "again"}
        one, two = [await tasks.post("/api/reports", ann, json=body, headers=headers) for _ in range(2)]
        assert (one.status_code, one.json(), one.headers["location"]) == (202, two.json(), two.headers["location"])
        await work(tasks)

    async def test_one_left_by_a_dead_worker_is_made_by_another(self, tasks: Tasks, ann: Person) -> None:
        await tasks.create(ann)
        report, session = await asked(tasks, ann), tasks.session()
        job = await session.fetchrow(queries.CLAIM, 60.0)
        assert job is not None
        await work(tasks)
        assert (await tasks.get(of(report), ann)).json()["status"] == "running"
        await session.execute("UPDATE reports SET beat_at = now() - interval '2 minutes' WHERE id = $1", report["id"])
        await work(tasks)
        ended = (await tasks.get(of(report), ann)).json()
        assert (ended["status"], ended["progress"]) == ("done", {"done": 1, "total": 1})
        assert not await session.execute(queries.ADVANCE, job["id"], job["attempt"], 5, 5), "the first one is too late"

    async def test_each_is_made_once_by_two_workers(self, tasks: Tasks, ann: Person) -> None:
        for _ in range(6):
            await asked(tasks, ann, "insights")
        await asyncio.gather(work(tasks), work(tasks))
        rows = await tasks.items("/api/reports", ann)
        assert [row["status"] for row in rows] == ["done"] * 6
        assert (
            await tasks.session().fetchval(
                "SELECT max(attempt) FROM reports WHERE id = ANY($1::bigint[])", [row["id"] for row in rows]
            )
            == 1
        )

    async def test_one_that_always_fails_ends(self, tasks: Tasks, ann: Person) -> None:
        report = await asked(tasks, ann)
        await tasks.session().execute("UPDATE reports SET attempt = $2 WHERE id = $1", report["id"], making.TRIES)
        await work(tasks)
        assert (await tasks.get(of(report), ann)).json()["status"] == "failed"

    async def test_one_that_is_too_big_fails(self, tasks: Tasks, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(making, "LARGEST", 100)
        await tasks.create(ann)
        report = await asked(tasks, ann)
        await work(tasks)
        found = (await tasks.get(of(report), ann)).json()
        assert found["status"] == "failed"
        assert "larger" in found["error"]

    async def test_of_somebody_who_left_none_is_made(self, tasks: Tasks, ann: Person) -> None:
        report = await asked(tasks, ann)
        await tasks.session().execute("UPDATE people SET is_active = false WHERE id = $1", ann.id)
        await work(tasks)
        assert (await tasks.get(of(report), ann)).json()["status"] == "failed"

    async def test_are_purged_after_30_days(self, tasks: Tasks, ann: Person) -> None:
        old, new = await asked(tasks, ann), await asked(tasks, ann)
        await work(tasks)
        sql = "UPDATE reports SET finished_at = now() - interval '31 days' WHERE id = $1"
        await tasks.session().execute(sql, old["id"])
        while await service.purge(tasks.session()):
            pass
        problem(await tasks.get(of(old), ann), 404, "report_not_found")
        assert (await tasks.get(f"{of(new)}/download", ann)).status_code == 200
        left = "SELECT count(*) FROM report_parts WHERE report_id = $1"
        assert await tasks.session().fetchval(left, old["id"]) == 0
