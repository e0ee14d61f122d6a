"""Days and moments as people write them in filters: `today+7d`, `now-2h`, `2026-01-31`. The reader's zone counts."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from tasks_service.tasks.language import Token, wrong

RELATIVE = re.compile(r"(today|tomorrow|yesterday|now)(?:([+-])([0-9]{1,5})([hdwmy]))?")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNITS = {"h": "hours", "d": "days", "w": "weeks", "m": "months", "y": "years"}
NAMED_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}


@dataclass(slots=True, frozen=True)
class Reader:
    """Who reads the list, for `me`, and when and where, for `today`."""

    id: int
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def day_of(value: Token, reader: Reader) -> date:
    text = value.text.lower()
    relative = RELATIVE.fullmatch(text)
    try:
        if relative and relative[1] in NAMED_DAYS and relative[4] != "h":
            day = reader.today + timedelta(days=NAMED_DAYS[relative[1]]) + _shift(relative)
        elif ISO_DATE.fullmatch(text):
            day = date.fromisoformat(text)
        else:
            raise ValueError(text)
        if not date.min < day < date.max:
            raise ValueError(text)
    except (ValueError, OverflowError):
        raise wrong(value.at, f"{value.text!r} is no day such as today, today+7d or 2026-01-31") from None
    return day


def midnight(value: Token, reader: Reader, later: int) -> datetime:
    """When the day begins that comes so many days after that of the value."""
    try:
        return datetime.combine(day_of(value, reader) + timedelta(days=later), time(), reader.zone).astimezone(UTC)
    except OverflowError:
        raise wrong(value.at, f"{value.text!r} is out of range") from None


def moment_of(value: Token, reader: Reader) -> datetime | None:
    """None when the value is a whole day."""
    text = value.text.lower()
    relative = RELATIVE.fullmatch(text)
    try:
        if relative and relative[1] == "now":
            return reader.now + _shift(relative)
        if relative or ISO_DATE.fullmatch(text):
            return None
        moment = datetime.fromisoformat(value.text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=reader.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"{value.text!r} is no moment such as now-2h, today or 2026-01-31T12:00:00Z"
        raise wrong(value.at, message) from None


def _shift(found: re.Match[str]) -> relativedelta:
    if found[2] is None:
        return relativedelta()
    return relativedelta(**{UNITS[found[4]]: int(found[2] + found[3])})  # type: ignore[arg-type]
