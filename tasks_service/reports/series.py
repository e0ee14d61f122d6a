"""Series by day, ready for a chart, from what happened on each day."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, get_args

from shared.database import Record
from tasks_service.tasks.inputs import Status

STATUSES: tuple[str, ...] = get_args(Status)
OPEN = ("todo", "in_progress")

Rows = Iterable[Record]
Series = list[dict[str, Any]]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def throughput(first: date, last: date, arrivals: Rows, completed: Rows) -> dict[str, Series]:
    """How many tasks were made and completed, by day and by week (its Monday); days that are missing are 0."""
    made, done = _per_day(arrivals), _per_day(completed)
    by_day: Series = [{"day": day, "created": made[day], "completed": done[day]} for day in days(first, last)]
    by_week: dict[date, dict[str, Any]] = {}
    for one in by_day:
        monday = one["day"] - timedelta(days=one["day"].weekday())
        week = by_week.setdefault(monday, {"week": monday, "created": 0, "completed": 0})
        week["created"] += one["created"]
        week["completed"] += one["completed"]
    return {"days": by_day, "weeks": list(by_week.values())}


def _per_day(rows: Rows) -> Counter[date]:
    found: Counter[date] = Counter()
    for row in rows:
        found[row["day"]] += row["n"]
    return found


def cumulative_flow(first: date, last: date, now: Mapping[str, int], arrivals: Rows, changes: Rows) -> Series:
    """How many tasks had each status at the end of each day, walking back from how it is now."""
    undone: dict[date, Counter[str]] = defaultdict(Counter)
    for row in arrivals:
        undone[row["day"]][row["status"]] -= row["n"]
    for row in changes:
        undone[row["day"]][row["to_status"]] -= row["n"]
        undone[row["day"]][row["from_status"]] += row["n"]
    counts, flow = Counter(now), list[dict[str, Any]]()
    for day in (day for day in undone if day > last):
        counts.update(undone[day])
    for day in reversed(days(first, last)):
        flow.append({"day": day, **{status: counts[status] for status in STATUSES}})
        counts.update(undone[day])
    return flow[::-1]


def burndown(flow: Series, last: date) -> Series:
    """What was open at the end of each day, and an even way from the first to nothing on the `last` day."""
    if not flow:
        return []
    begin, remaining = flow[0]["day"], [sum(day[status] for status in OPEN) for day in flow]
    span = max(1, (last - begin).days)
    return [
        {"day": day["day"], "remaining": left, "ideal": round(remaining[0] * (1 - (day["day"] - begin).days / span), 2)}
        for day, left in zip(flow, remaining, strict=True)
    ]
