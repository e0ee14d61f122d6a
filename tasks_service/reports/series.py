"""Series by day, ready for a chart, from what happened on each day."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from math import ceil, floor
from typing import Any, get_args

from shared.database import Record
from tasks_service.tasks.inputs import Status

STATUSES: tuple[str, ...] = get_args(Status)
OPEN = ("todo", "in_progress")

Rows = Iterable[Record]
Series = list[dict[str, Any]]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def throughput(first: date, last: date, made: Rows, completed: Rows) -> dict[str, Series]:
    """How many tasks were made and completed, by day and by week (its Monday); days that are missing are 0."""
    begun, done = _per_day(made), _per_day(completed)
    by_day: Series = [{"day": day, "created": begun[day], "completed": done[day]} for day in days(first, last)]
    by_week: dict[date, dict[str, Any]] = {}
    for one in by_day:
        monday = one["day"] - timedelta(days=one["day"].weekday())
        week = by_week.setdefault(monday, {"week": monday, "created": 0, "completed": 0})
        week["created"] += one["created"]
        week["completed"] += one["completed"]
    return {"days": by_day, "weeks": list(by_week.values())}


def _per_day(rows: Rows) -> Counter[date]:
    return Counter({date.fromisoformat(row["value"]): row["n"] for row in rows})


def cumulative_flow(first: date, last: date, now: Mapping[str, int], changes: Rows) -> Series:
    """How many tasks had each status at the end of each day, walking back from how it is now."""
    undone: dict[date, Counter[str]] = defaultdict(Counter)
    for row in changes:
        day, status = row["value"].split()
        undone[date.fromisoformat(day)][status] -= row["n"]
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


def hours(spans: Rows) -> dict[str, Any]:
    """How many time spans there are, their median and the one that nine of ten do not exceed; of rough seconds."""
    known = sorted((_middle(int(row["value"])), row["n"]) for row in spans)
    count = sum(n for _, n in known)
    median, p90 = (round(_percentile(known, count, part) / 3600, 2) if count else None for part in (0.5, 0.9))
    return {"count": count, "median": median, "p90": p90}


def _middle(seconds: int) -> float:
    """Of all the spans that are kept as these seconds: by their seven highest bits, the others 0."""
    return seconds + ((1 << max(seconds.bit_length() - 7, 0)) - 1) / 2


def _percentile(known: Sequence[tuple[float, int]], count: int, part: float) -> float:
    """Between the two values that are next to this part of all, as PostgreSQL's `percentile_cont`."""
    place = (count - 1) * part
    low, high = (_at(known, floor(place)), _at(known, ceil(place)))
    return low + (high - low) * (place - floor(place))


def _at(known: Sequence[tuple[float, int]], place: int) -> float:
    """The value that many places after the least one."""
    passed = accumulate(n for _, n in known)
    return next(value for (value, _), until in zip(known, passed, strict=True) if until > place)
