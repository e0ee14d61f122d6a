"""When a schedule is due: `daily`, `weekly on Monday`, `monthly on 15`, each with `at 07:00` if it is not 8 o'clock."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
USUAL_HOUR = 8
SPOKEN = re.compile(
    r"(?:(?P<daily>daily)|weekly on (?P<weekday>[a-z]+)|monthly on (?P<day>\d{1,2}))(?: at (?P<hour>\d{1,2}):00)?",
    re.IGNORECASE | re.ASCII,
)
LAST_DAY = 28  # that every month has


def normalised(text: str) -> str:
    """The one way to write it. Raises ValueError for what it is not."""
    found = SPOKEN.fullmatch(" ".join(text.split()))
    if found is None:
        raise ValueError("must be like `daily`, `weekly on Monday` or `monthly on 15`, with `at 07:00` if you like")
    hour = int(found["hour"] or USUAL_HOUR)
    if hour > 23:
        raise ValueError("an hour is one of 00:00 to 23:00")
    return f"{_which(found)} at {hour:02}:00"


def _which(found: re.Match[str]) -> str:
    if found["daily"]:
        return "daily"
    if found["day"]:
        if not 1 <= int(found["day"]) <= LAST_DAY:
            raise ValueError(f"a day of the month is one of 1 to {LAST_DAY}")
        return f"monthly on {int(found['day'])}"
    weekday = found["weekday"].capitalize()
    if weekday not in WEEKDAYS:
        raise ValueError(f"a day of the week is one of {', '.join(WEEKDAYS)}")
    return f"weekly on {weekday}"


def following(every: str, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after that one, of what `normalised` gave, where the clocks show `zone`. An hour that a day does
    not have, because the clocks go forward, is the one after it."""
    which, _, at = every.rpartition(" at ")
    hour, day = time(int(at[:2])), after.astimezone(zone).date()
    while True:
        moment = datetime.combine(day, hour, zone).astimezone(UTC)
        if moment > after and _is_on(which, day.weekday(), day.day):
            return moment
        day += timedelta(days=1)


def _is_on(which: str, weekday: int, day: int) -> bool:
    kind, _, on = which.partition(" on ")
    return kind == "daily" or on in (WEEKDAYS[weekday], str(day))
