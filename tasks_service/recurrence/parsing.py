"""A recurrence rule as text (RFC 5545) and as data."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, cast

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KNOWN = (
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"),
    *("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS"),
)
# What RFC 5545 does not define for a frequency.
UNDEFINED = {
    "DAILY": {"BYWEEKNO", "BYYEARDAY"},
    "WEEKLY": {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY"},
    "MONTHLY": {"BYWEEKNO", "BYYEARDAY"},
    "YEARLY": set[str](),
}
MAX_INTERVAL = 1000
MAX_COUNT = 10_000
NUMBER = re.compile(r"[+-]?[0-9]{1,5}")
WEEKDAY = re.compile(rf"([+-]?[0-9]{{1,2}})?({'|'.join(DAYS)})")
UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T[0-9]{6}Z?)?")
EMPTY: frozenset[int] = frozenset()


@dataclass(slots=True, frozen=True)
class Rule:
    """Weekdays count from Monday, 0. `numbered` are weekdays with their number in the month or year; negative numbers
    count from the end. `parts` is what was written."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: date | None = None
    week_start: int = 0
    months: frozenset[int] = EMPTY
    month_days: frozenset[int] = EMPTY
    year_days: frozenset[int] = EMPTY
    weeks: frozenset[int] = EMPTY
    weekdays: frozenset[int] = EMPTY
    numbered: frozenset[tuple[int, int]] = frozenset()
    positions: frozenset[int] = EMPTY
    parts: dict[str, str] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        count = {"COUNT": str(self.count)} if self.count is not None else {}
        return ";".join(f"{name}={value}" for name, value in {**self.parts, **count}.items())


def parse(text: str) -> Rule:
    """Raises ValueError with the reason for what is no rule over days. Case does not matter, nor `RRULE:` before it."""
    parts = _parts(text.upper().removeprefix("RRULE:").rstrip(";"))
    frequency = parts.get("FREQ")
    if frequency not in FREQUENCIES:
        raise ValueError(f"needs FREQ, one of {', '.join(FREQUENCIES)}: a due date is a day")
    if wrong := sorted(parts.keys() & UNDEFINED[frequency]):
        raise ValueError(f"has {wrong[0]}, which is not defined for FREQ={frequency}")
    if "UNTIL" in parts and "COUNT" in parts:
        raise ValueError("has both COUNT and UNTIL")
    weekdays, numbered = _weekdays(parts, frequency)
    rule = Rule(
        cast(Frequency, frequency),
        interval=_one(parts, "INTERVAL", MAX_INTERVAL) or 1,
        count=_one(parts, "COUNT", MAX_COUNT),
        until=_until(parts),
        week_start=_week_start(parts),
        months=_numbers(parts, "BYMONTH", 1, 12),
        month_days=_numbers(parts, "BYMONTHDAY", -31, 31),
        year_days=_numbers(parts, "BYYEARDAY", -366, 366),
        weeks=_numbers(parts, "BYWEEKNO", -53, 53),
        weekdays=weekdays,
        numbered=numbered,
        positions=_numbers(parts, "BYSETPOS", -366, 366),
        parts=parts,
    )
    if rule.positions and not any(name.startswith("BY") for name in parts.keys() - {"BYSETPOS"}):
        raise ValueError("has BYSETPOS and nothing to choose from")
    return rule


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name not in KNOWN or not value:
            raise ValueError(f"is no recurrence rule (RRULE) over days: {part[:40]!r}")
        if name in parts:
            raise ValueError(f"says {name} twice")
        parts[name] = value
    return parts


def _numbers(parts: dict[str, str], name: str, lowest: int, highest: int) -> frozenset[int]:
    if name not in parts:
        return EMPTY
    values = parts[name].split(",")
    if not all(NUMBER.fullmatch(value) and lowest <= int(value) <= highest and int(value) for value in values):
        raise ValueError(f"has a {name} that is not from {lowest} to {highest}")
    return frozenset(map(int, values))


def _one(parts: dict[str, str], name: str, highest: int) -> int | None:
    numbers = _numbers(parts, name, 1, highest)
    if len(numbers) > 1:
        raise ValueError(f"has more than one {name}")
    return next(iter(numbers), None)


def _weekdays(parts: dict[str, str], frequency: str) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """Those without and those with a number."""
    highest = {"MONTHLY": 5, "YEARLY": 53}.get(frequency, 0) if "BYWEEKNO" not in parts else 0
    plain, numbered = set(), set()
    for text in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        match = WEEKDAY.fullmatch(text)
        if match is None or (match[1] and not 1 <= abs(int(match[1])) <= highest):
            raise ValueError(f"has a BYDAY that FREQ={frequency} does not know: {text[:10]!r}")
        if match[1]:
            numbered.add((int(match[1]), DAYS.index(match[2])))
        else:
            plain.add(DAYS.index(match[2]))
    return frozenset(plain), frozenset(numbered)


def _week_start(parts: dict[str, str]) -> int:
    if parts.get("WKST", "MO") not in DAYS:
        raise ValueError("has a WKST that is no weekday")
    return DAYS.index(parts.get("WKST", "MO"))


def _until(parts: dict[str, str]) -> date | None:
    if "UNTIL" not in parts:
        return None
    match = UNTIL.fullmatch(parts["UNTIL"])
    try:
        return date(*map(int, match.groups())) if match else date(0, 1, 1)
    except ValueError:
        raise ValueError("has an UNTIL that is no date") from None
