"""Series for charts, over what somebody sees and over a project."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, problem

TODAY = datetime.now(UTC).date()
QUICK = "/api/reports/quick/dashboard"


def ago(days: int) -> str:
    return str(TODAY - timedelta(days=days))


async def amend(tasks: Tasks, task: Json, days: float, *statements: str) -> None:
    """Puts what happened to a task so far back ($2). In the trash it is in no number, so all that is counted is what
    it has become."""
    session = tasks.session()
    async with session.begin():
        await session.execute("UPDATE tasks SET deleted_at = now() WHERE id = $1", task["id"])
        for statement in statements:
            await session.execute(statement, task["id"], timedelta(days=days))
        await session.execute("UPDATE tasks SET deleted_at = NULL WHERE id = $1", task["id"])


async def at(tasks: Tasks, task: Json, days: float) -> None:
    """Makes a task so many days ago."""
    await amend(tasks, task, days, "UPDATE tasks SET created_at = created_at - $2::interval WHERE id = $1")


async def turn(tasks: Tasks, person: Person, task: Json, status: str, days: float) -> None:
    """Changes a task's status so many days ago."""
    assert (await tasks.patch(task, person, {"status": status})).status_code == 200
    noted = "SELECT max(id) FROM task_status_changes WHERE task_id = $1"
    await amend(
        tasks,
        task,
        days,
        f"UPDATE task_status_changes SET changed_at = changed_at - $2::interval WHERE id = ({noted})",
        "UPDATE tasks SET completed_at = completed_at - $2::interval WHERE id = $1",
    )


async def read(tasks: Tasks, person: Person, path: str = QUICK, **params: Any) -> Json:
    answer = await tasks.get(path, person, params=params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def history(tasks: Tasks, person: Person, **fields: Any) -> None:
    """Three tasks: one done in four days (two of work), one under way since yesterday, one made today."""
    one = await tasks.create(person, "one", **fields)
    await at(tasks, one, 6)
    await turn(tasks, person, one, "in_progress", 4)
    await turn(tasks, person, one, "completed", 2)
    two = await tasks.create(person, "two", estimate_minutes=30, due_date=ago(1), assignee_ids=[person.id], **fields)
    await at(tasks, two, 5)
    await turn(tasks, person, two, "in_progress", 1)
    await tasks.create(person, "three", assignee_ids=[person.id], **fields)


class TestQuickDashboard:
    async def test_anonymous_is_refused(self, tasks: Tasks) -> None:
        assert (await tasks.get(QUICK, None)).status_code == 401

    async def test_series(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        await history(tasks, ann)
        await history(tasks, bob)
        trashed = await tasks.create(ann, "trashed")
        await tasks.delete(trashed, ann)
        found = await read(tasks, ann, **{"from": ago(6)})
        assert (found["from"], found["to"]) == (ago(6), str(TODAY))
        assert found["totals"] == (await tasks.get("/api/tasks/stats", ann)).json()
        by_day = {day["day"]: (day["created"], day["completed"]) for day in found["throughput"]["days"]}
        assert by_day == {
            **{ago(n): (0, 0) for n in range(7)},
            ago(6): (1, 0),
            ago(5): (1, 0),
            ago(2): (0, 1),
            ago(0): (1, 0),
        }
        assert sum(week["created"] for week in found["throughput"]["weeks"]) == 3
        assert all(date.fromisoformat(week["week"]).weekday() == 0 for week in found["throughput"]["weeks"])
        assert found["lead_time"] == {"count": 1, "median": pytest.approx(96, abs=1), "p90": pytest.approx(96, abs=1)}
        assert found["cycle_time"] == {"count": 1, "median": pytest.approx(48, abs=1), "p90": pytest.approx(48, abs=1)}
        flow = [(day["todo"], day["in_progress"], day["completed"]) for day in found["cumulative_flow"]]
        assert flow == [(1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]
        assert [day["remaining"] for day in found["burndown"]] == [1, 2, 2, 2, 1, 1, 2]
        assert [found["burndown"][n]["ideal"] for n in (0, -1)] == [1, 0]
        load = {"user_id": ann.id, "username": ann.username, "open": 2, "overdue": 1, "estimate_minutes": 30}
        assert found["load"] == [load]

    async def test_a_later_range_begins_with_what_was_there(self, tasks: Tasks, ann: Person) -> None:
        await history(tasks, ann)
        found = await read(tasks, ann, **{"from": ago(3), "to": ago(1)})
        flow = [(day["day"], day["todo"], day["in_progress"], day["completed"]) for day in found["cumulative_flow"]]
        assert flow == [(ago(3), 1, 1, 0), (ago(2), 1, 0, 1), (ago(1), 0, 1, 1)]

    async def test_a_range_may_end_after_today(self, tasks: Tasks, ann: Person) -> None:
        await history(tasks, ann)
        end = str(TODAY + timedelta(days=4))
        found = await read(tasks, ann, **{"from": ago(0), "to": end})
        assert found["to"] == end
        assert [day["day"] for day in found["burndown"]] == [ago(0)]
        future = await read(tasks, ann, **{"from": end, "to": end})
        assert (future["burndown"], future["cumulative_flow"], future["throughput"]["days"]) == ([], [], [])

    @pytest.mark.parametrize(
        "params",
        [
            {"from": "2026-02-02", "to": "2026-02-01"},
            {"from": "2024-01-01", "to": "2026-01-01"},
            {"from": "yesterday"},
            {"to": "0001-01-01"},
            {"from": "9999-12-31"},
            {"from": "\x00"},
            {"since": "2026-01-01"},
        ],
    )
    async def test_wrong_ranges_are_refused(self, tasks: Tasks, ann: Person, params: Json) -> None:
        problem(await tasks.get(QUICK, ann, params=params), 422, "validation_failed")

    @pytest.mark.parametrize("params", [{"to": "1970-01-01"}, {"from": "1970-01-01"}, {"from": "8999-12-31"}])
    async def test_days_long_ago_and_far_ahead_are_days(self, tasks: Tasks, ann: Person, params: Json) -> None:
        await read(tasks, ann, **params)


class TestProjectSummary:
    async def test_all_members_see_all_tasks(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(bob, members={"viewer": ann})
        await history(tasks, bob, project_id=project["id"])
        await tasks.create(bob, "elsewhere")
        path = f"/api/reports/quick/project-summary/{project['id']}"
        found = await read(tasks, ann, path)
        assert found == await read(tasks, bob, path)
        assert found["project"] == {name: project[name] for name in ("id", "key", "name")}
        assert found["totals"]["total"] == 3
        assert sum(day["created"] for day in found["throughput"]["days"]) == 3
        assert len(found["cumulative_flow"]) == 30

    async def test_is_not_there_for_others(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(bob)
        for missing in (project["id"], 987654321):
            answer = await tasks.get(f"/api/reports/quick/project-summary/{missing}", ann)
            problem(answer, 404, "project_not_found")
