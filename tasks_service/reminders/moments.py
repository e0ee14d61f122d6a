"""When somebody is reminded of a due date, in their own time zone.

Due soon is so many hours before the end of the due date, told at the reminder hour that comes next, or at once when
the date would be over by then. Overdue is told at the reminder hour of the day after. What is seen too late is told
at once: due soon until the date is over, overdue for a week, so that old tasks that are taken over are no flood.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["due_soon", "overdue"]

STALE = timedelta(days=7)
KEPT = timedelta(days=3)  # for which a task is looked at after everything was told, should the clock step back
LAST = date(9000, 1, 1)  # later dates do not fit into all zones
DAY = timedelta(days=1)


def zone_of(name: str) -> tzinfo:
    """The time zone; UTC for a name that this system does not know."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


@dataclass(slots=True, frozen=True)
class Moments:
    """Of one due date in one zone, in UTC: due soon is told from `soon` to `end`, overdue from `overdue`."""

    soon: datetime
    end: datetime
    overdue: datetime

    @classmethod
    def of(cls, due: date, zone: tzinfo, hours: int, hour: int) -> "Moments":
        """`hours` before the end of the date is when it counts as soon, `hour` that of the day for reminders."""
        end = _at(due + DAY, time(0), zone)
        window = end - timedelta(hours=hours)
        soon = _at(window.astimezone(zone).date(), time(hour), zone)
        if soon < window:
            soon = _at(window.astimezone(zone).date() + DAY, time(hour), zone)
        return cls(soon if soon < end else window, end, _at(due + DAY, time(hour), zone))

    def told_at(self, now: datetime) -> Kind | None:
        """What is to be told now, if it was not told before."""
        if self.soon <= now < self.end:
            return "due_soon"
        if self.overdue <= now < self.overdue + STALE:
            return "overdue"
        return None

    def next_after(self, now: datetime) -> datetime | None:
        """When to look again; None when there is nothing more to come."""
        return next((m for m in (self.soon, self.overdue, self.overdue + KEPT) if m > now), None)


def _at(day: date, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
