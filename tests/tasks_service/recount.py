"""Quick reports, counted anew from every task that somebody sees and from when it changed its status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks

OPEN = ("todo", "in_progress")
STATUSES = (*OPEN, "completed", "archived")
QUICK = "/api/reports/quick/dashboard"
ROUGH = 0.008  # what is kept of a time span

Changes = list[tuple[datetime, str, str]]


async def quick_report(tasks: Tasks, person: Person, days: int) -> tuple[Json, Json]:
    """Its numbers, as they are answered and as they are counted here."""
    first = datetime.now(UTC).date() - timedelta(days=days - 1)
    answer = await tasks.get(QUICK, person, params={"from": str(first)})
    assert answer.status_code == 200, answer.text
    report: Json = answer.json()
    shown = ("throughput", "lead_time", "cycle_time", "cumulative_flow", "load")
    seen = await tasks.items("/api/tasks", person, limit=100)
    return {name: report[name] for name in shown}, await _recount(tasks, seen, first, days)


async def _recount(tasks: Tasks, seen: list[Json], first: date, days: int) -> Json:
    changes = await _changes(tasks, [task["id"] for task in seen])
    by_day = [first + timedelta(days=n) for n in range(days)]
    made = Counter(_moment(task["created_at"]).date() for task in seen)
    completed = [task for task in seen if task["completed_at"] and _moment(task["completed_at"]).date() >= first]
    done = Counter(_moment(task["completed_at"]).date() for task in completed)
    began = {task["id"]: _began(task, changes.get(task["id"], [])) for task in completed}
    weeks: dict[date, Json] = {}
    for day in by_day:
        monday = day - timedelta(days=day.weekday())
        week = weeks.setdefault(monday, {"week": str(monday), "created": 0, "completed": 0})
        week["created"] += made[day]
        week["completed"] += done[day]
    return {
        "throughput": {
            "days": [{"day": str(day), "created": made[day], "completed": done[day]} for day in by_day],
            "weeks": list(weeks.values()),
        },
        "lead_time": _hours([_span(task["created_at"], task) for task in completed]),
        "cycle_time": _hours([_span(at, task) for task in completed if (at := began[task["id"]])]),
        "cumulative_flow": [_flow(seen, changes, day) for day in by_day],
        "load": await _loads(tasks, seen),
    }


async def _changes(tasks: Tasks, ids: list[int]) -> dict[int, Changes]:
    sql = "SELECT * FROM task_status_changes WHERE task_id = ANY($1::bigint[]) ORDER BY id"
    found: dict[int, Changes] = {}
    for row in await tasks.session().fetch(sql, ids):
        found.setdefault(row["task_id"], []).append((row["changed_at"], row["from_status"], row["to_status"]))
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _began(task: Json, changes: Changes) -> str | None:
    if changes and changes[0][1] == "in_progress":
        return str(task["created_at"])
    return next((at.isoformat() for at, _, status in changes if status == "in_progress"), None)


def _span(began: str, task: Json) -> float:
    """Hours from then to the completion."""
    return (_moment(task["completed_at"]) - _moment(began)).total_seconds() / 3600


def _hours(spans: list[float]) -> Any:
    if not spans:
        return {"count": 0, "median": None, "p90": None}
    found = {name: _percentile(sorted(spans), part) for name, part in (("median", 0.5), ("p90", 0.9))}
    return {"count": len(spans), **{name: pytest.approx(value, ROUGH, 0.01) for name, value in found.items()}}


def _percentile(spans: Sequence[float], part: float) -> float:
    place = (len(spans) - 1) * part
    low, high = spans[int(place)], spans[min(int(place) + 1, len(spans) - 1)]
    return low + (high - low) * (place - int(place))


def _flow(seen: list[Json], changes: dict[int, Changes], day: date) -> Json:
    """How many had which status at the end of the day."""
    count = Counter(
        next((before for at, before, _ in changes.get(task["id"], []) if at.date() > day), task["status"])
        for task in seen
        if _moment(task["created_at"]).date() <= day
    )
    return {"day": str(day), **{status: count[status] for status in STATUSES}}


async def _loads(tasks: Tasks, seen: list[Json]) -> list[Json]:
    today = str(datetime.now(UTC).date())
    names = {row["id"]: row["username"] for row in await tasks.session().fetch("SELECT id, username FROM people")}
    loads: dict[int, Json] = {}
    for task in (task for task in seen if task["status"] in OPEN):
        for one in task["assignee_ids"]:
            zeros = {"user_id": one, "username": names.get(one), "open": 0, "overdue": 0, "estimate_minutes": 0}
            load = loads.setdefault(one, zeros)
            load["open"] += 1
            load["overdue"] += bool(task["due_date"] and task["due_date"] < today)
            load["estimate_minutes"] += task["estimate_minutes"] or 0
    return sorted(loads.values(), key=lambda load: (-load["open"], load["user_id"]))
