"""Time entries."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, path_of, problem

MORNING = "2026-01-05T09:00:00Z"


def times(task: Json) -> str:
    return f"{path_of(task)}/time-entries"


async def enter(tasks: Tasks, person: Person, task: Json, **body: Any) -> Json:
    answer = await tasks.post(times(task), person, json=body)
    assert answer.status_code == 201, answer.text
    entry: Json = answer.json()
    assert answer.headers["location"] == of(entry)
    return entry


async def start(tasks: Tasks, person: Person, task: Json) -> Json:
    answer = await tasks.post(f"{times(task)}/start", person, json={"note": "now"})
    assert answer.status_code == 201, answer.text
    entry: Json = answer.json()
    return entry


def of(entry: Json) -> str:
    return f"/api/time-entries/{entry['id']}"


class TestTimeEntries:
    async def test_by_end_or_by_minutes(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        one = await enter(tasks, ann, task, started_at=MORNING, minutes=90, note="Review")
        assert (one["minutes"], one["ended_at"], one["user_id"]) == (90, "2026-01-05T10:30:00Z", ann.id)
        two = await enter(tasks, ann, task, started_at="2026-01-05T10:30:00Z", ended_at="2026-01-05T11:00:00Z")
        assert two["minutes"] == 30
        three = await enter(tasks, ann, task, minutes=5)
        found = await tasks.items(times(task), ann, limit=1)
        assert [entry["id"] for entry in found] == [three["id"], two["id"], one["id"]]
        assert found == await tasks.items("/api/time-entries", ann)
        answer = await tasks.get(of(one), ann)
        assert (answer.json(), answer.headers["etag"]) == (one, '"1"')
        assert (await tasks.get(of(one), ann, headers={"If-None-Match": '"1"'})).status_code == 304

    async def test_are_changed_and_deleted(self, tasks: Tasks, ann: Person) -> None:
        entry = await enter(tasks, ann, await tasks.create(ann), started_at=MORNING, minutes=90, note="Review")
        changed = (await tasks.call("PATCH", of(entry), ann, json={"minutes": 30})).json()
        assert (changed["minutes"], changed["note"], changed["version"]) == (30, "Review", 2)
        assert (await tasks.call("PATCH", of(entry), ann, json={"note": None})).json()["note"] == ""
        for name in ("started_at", "ended_at", "minutes"):
            body = problem(await tasks.call("PATCH", of(entry), ann, json={name: None}), 422, "validation_failed")
            assert body["errors"][0]["pointer"] == f"/{name}"
        stale = await tasks.call("PATCH", of(entry), ann, json={"minutes": 1}, headers={"If-Match": '"1"'})
        problem(stale, 412, "version_conflict")
        body = {"started_at": "2026-01-06T09:00:00Z", "ended_at": "2026-01-06T10:00:00Z"}
        replaced = (await tasks.call("PUT", of(entry), ann, json=body)).json()
        assert (replaced["minutes"], replaced["note"], replaced["version"]) == (60, "", 4)
        assert (await tasks.call("DELETE", of(entry), ann)).status_code == 204
        problem(await tasks.get(of(entry), ann), 404, "time_entry_not_found")

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"started_at": MORNING},
            {"started_at": MORNING, "minutes": 0},
            {"started_at": MORNING, "minutes": -5},
            {"started_at": MORNING, "minutes": 20_000},
            {"started_at": MORNING, "minutes": 5, "ended_at": MORNING},
            {"started_at": MORNING, "ended_at": MORNING},
            {"started_at": MORNING, "ended_at": "2026-01-05T08:00:00Z"},
            {"started_at": "2999-01-01T00:00:00Z", "minutes": 5},
            {"started_at": "0001-01-01T00:00:00Z", "minutes": 5},
            {"started_at": "9999-12-31T23:59:59Z", "minutes": 10_080},
            {"started_at": MORNING, "ended_at": "2026-02-05T08:00:00Z"},
            {"ended_at": MORNING},
            {"started_at": "x", "minutes": 5},
            {"minutes": 5, "note": "a\x00"},
            {"minutes": 5, "user_id": 1},
        ],
    )
    async def test_that_cannot_be_are_refused(self, tasks: Tasks, ann: Person, body: Json) -> None:
        task = await tasks.create(ann)
        problem(await tasks.post(times(task), ann, json=body), 422, "validation_failed")
        assert await tasks.items(times(task), ann) == []

    async def test_never_overlap(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task, other = await tasks.create(ann, assignee_ids=[bob.id]), await tasks.create(ann)
        answers = await asyncio.gather(
            *(tasks.post(times(t), ann, json={"started_at": MORNING, "minutes": 60}) for t in (task, other) * 4)
        )
        assert sorted(answer.status_code for answer in answers) == [201, *[422] * 7]
        await enter(tasks, bob, task, started_at=MORNING, minutes=60)
        later = await enter(tasks, ann, task, started_at="2026-01-05T10:00:00Z", minutes=60)
        problem(await tasks.call("PATCH", of(later), ann, json={"started_at": MORNING}), 422, "validation_failed")
        assert (await tasks.get(of(later), ann)).json() == later

    async def test_one_is_running(self, tasks: Tasks, ann: Person) -> None:
        task, other = await tasks.create(ann), await tasks.create(ann)
        first = await start(tasks, ann, task)
        assert (first["ended_at"], first["minutes"], first["note"]) == (None, None, "now")
        second = await start(tasks, ann, other)
        stopped = (await tasks.get(of(first), ann)).json()
        assert stopped["ended_at"] is not None
        assert stopped["version"] == 2
        assert [e["id"] for e in await tasks.items("/api/time-entries", ann, running=True)] == [second["id"]]
        problem(await tasks.post(times(task), ann, json={"minutes": 1, "started_at": now()}), 422, "validation_failed")
        assert (await tasks.post(f"{of(second)}/stop", ann)).json()["ended_at"] is not None
        problem(await tasks.post(f"{of(second)}/stop", ann), 409, "time_entry_not_running")
        await asyncio.gather(*(start(tasks, ann, task) for _ in range(6)))
        assert len(await tasks.items("/api/time-entries", ann, running=True)) == 1

    async def test_who_may(self, tasks: Tasks, ann: Person, bob: Person, admin: Person) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        task = await tasks.create(ann, project_id=project["id"])
        entry = await enter(tasks, ann, task, started_at=MORNING, minutes=60)
        for path in (times(task), f"{times(task)}/start"):
            body: Any = {} if path.endswith("start") else {"minutes": 5}
            problem(await tasks.post(path, bob, json=body), 403, "time_entry_refused")
        assert (await tasks.get(of(entry), bob)).json() == entry
        assert await tasks.items(times(task), bob) == [entry]
        for method, path, body in (
            ("PATCH", of(entry), {"note": "x"}),
            ("PUT", of(entry), {"minutes": 5}),
            ("DELETE", of(entry), None),
            ("POST", f"{of(entry)}/stop", None),
        ):
            problem(await tasks.call(method, path, bob, json=body), 403, "time_entry_change_refused")
        assert (await tasks.call("PATCH", of(entry), admin, json={"note": "x"})).status_code == 200
        foreign = await enter(tasks, ann, await tasks.create(ann), started_at="2026-01-07T09:00:00Z", minutes=60)
        refusals = [await tasks.get(of(one), bob) for one in (foreign, {"id": 10**15})]
        for refused in refusals:
            problem(refused, 404, "time_entry_not_found")
        problem(await tasks.get("/api/time-entries", bob, params={"user_id": ann.id}), 403, "forbidden")
        assert await tasks.items("/api/time-entries", bob) == []
        found = await tasks.items("/api/time-entries", admin, user_id=ann.id)
        assert {e["id"] for e in found} == {entry["id"], foreign["id"]}

    async def test_totals(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"member": bob})
        task, own = await tasks.create(ann, project_id=project["id"]), await tasks.create(ann)
        await enter(tasks, ann, task, started_at=MORNING, minutes=60)
        await enter(tasks, bob, task, started_at=MORNING, minutes=15)
        await enter(tasks, ann, own, started_at="2026-01-06T09:00:00Z", minutes=30)

        async def totals(person: Person, **params: Any) -> list[tuple[int | None, int, int]]:
            rows = await tasks.items("/api/time-entries/totals", person, limit=1, **params)
            return [(row["id"], row["minutes"], row["entries"]) for row in rows]

        assert await totals(ann, by="task") == [(task["id"], 60, 1), (own["id"], 30, 1)]
        assert await totals(ann, by="task", project_id=project["id"]) == [(task["id"], 75, 2)]
        assert await totals(ann, by="user", task_id=task["id"]) == [(ann.id, 60, 1), (bob.id, 15, 1)]
        assert await totals(ann, by="project") == [(None, 30, 1), (project["id"], 60, 1)]
        assert await totals(ann, **{"from": "2026-01-06T00:00:00Z"}) == [(own["id"], 30, 1)]
        assert await totals(ann, to="2026-01-06T00:00:00Z") == [(task["id"], 60, 1)]


def now() -> str:
    return (datetime.now(UTC) - timedelta(seconds=50)).isoformat()
