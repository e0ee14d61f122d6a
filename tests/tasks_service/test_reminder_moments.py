"""When somebody is reminded, compared with somebody who looks at a clock on the wall every quarter of an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks_service.reminders.moments import Moments, zone_of

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",  # changed its clocks at midnight
    "Africa/Cairo",
    "Asia/Kathmandu",  # a quarter of an hour off
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Niue",
]
QUARTER = timedelta(minutes=15)


def watched(due: date, zone: ZoneInfo, hours: int, hour: int) -> tuple[datetime, datetime, datetime]:
    """Soon, end and overdue, as somebody sees them who looks every quarter of an hour."""
    now = datetime(due.year, due.month, due.day, tzinfo=UTC) - timedelta(days=3 + hours // 24)
    looks = [now + QUARTER * i for i in range(4 * 24 * (8 + hours // 24))]
    end = next(at for at in looks if at.astimezone(zone).date() > due)
    window = end - timedelta(hours=hours)
    strikes = [at for at in looks if (at.astimezone(zone).hour, at.astimezone(zone).minute) == (hour, 0)]
    soon = next((at for at in strikes if window <= at < end), window)
    return soon, end, next(at for at in strikes if at >= end)


@settings(max_examples=150, deadline=None)
@given(
    due=st.dates(date(2012, 1, 5), date(2037, 12, 20)),
    zone=st.sampled_from(ZONES),
    hours=st.integers(1, 100),
    hour=st.integers(4, 22),  # when no clock is changed
)
def test_moments_are_those_of_the_clock_on_the_wall(due: date, zone: str, hours: int, hour: int) -> None:
    if zone == "Pacific/Apia" and abs(due - date(2011, 12, 30)) < timedelta(days=10):
        return  # a day that did not exist there
    place = ZoneInfo(zone)
    moments = Moments.of(due, place, hours, hour)
    assert (moments.soon, moments.end, moments.overdue) == watched(due, place, hours, hour)


@pytest.mark.parametrize(
    ("zone", "hours", "hour", "soon", "overdue"),
    [
        ("UTC", 24, 10, "2031-03-31T10:00", "2031-04-01T10:00"),
        ("Europe/Berlin", 24, 10, "2031-03-31T08:00", "2031-04-01T08:00"),
        ("America/New_York", 24, 10, "2031-03-31T14:00", "2031-04-01T14:00"),
        ("Asia/Tokyo", 24, 0, "2031-03-30T15:00", "2031-03-31T15:00"),
        ("UTC", 48, 10, "2031-03-30T10:00", "2031-04-01T10:00"),
        ("UTC", 38, 10, "2031-03-30T10:00", "2031-04-01T10:00"),
        ("UTC", 37, 10, "2031-03-31T10:00", "2031-04-01T10:00"),
        ("UTC", 2, 10, "2031-03-31T22:00", "2031-04-01T10:00"),  # 10:00 would be too late
    ],
)
def test_examples(zone: str, hours: int, hour: int, soon: str, overdue: str) -> None:
    moments = Moments.of(date(2031, 3, 31), zone_of(zone), hours, hour)
    assert (f"{moments.soon:%Y-%m-%dT%H:%M}", f"{moments.overdue:%Y-%m-%dT%H:%M}") == (soon, overdue)


def test_what_is_told_and_when_to_look_again() -> None:
    moments = Moments.of(date(2031, 3, 31), UTC, 24, 10)

    def at(day: int, hour: int) -> datetime:
        return datetime(2031, 3, 31, hour, tzinfo=UTC) + timedelta(days=day)

    assert (moments.told_at(at(0, 9)), moments.next_after(at(0, 9))) == (None, at(0, 10))
    assert (moments.told_at(at(0, 10)), moments.next_after(at(0, 10))) == ("due_soon", at(1, 10))
    assert moments.told_at(at(0, 23)) == "due_soon"
    assert (moments.told_at(at(1, 9)), moments.next_after(at(1, 9))) == (None, at(1, 10))
    assert moments.told_at(at(1, 10)) == moments.told_at(at(8, 9)) == "overdue"
    assert moments.told_at(at(8, 10)) is None
    assert moments.next_after(at(8, 10)) is None


def test_unknown_zone_is_utc() -> None:
    for name in ("Nowhere/Land", "", "../../etc/passwd", "\x00"):
        assert zone_of(name) is UTC
