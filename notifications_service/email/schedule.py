"""When a mail may go out: digests and quiet hours, in the person's own time zone."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo


def zone_of(name: str) -> tzinfo:
    """The time zone; UTC for a name that this system does not know."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def not_before(preferences: Mapping[str, Any], zone: tzinfo, now: datetime, is_planned: bool) -> datetime:
    """When the mail may go out, `now` at the earliest. A planned one has waited for its digest already."""
    at = now if is_planned else _digest(preferences, zone, now)
    return _after_quiet(preferences, zone, at)


def _digest(preferences: Mapping[str, Any], zone: tzinfo, now: datetime) -> datetime:
    local = now.astimezone(zone)
    if preferences["digest"] == "hourly":
        return (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    if preferences["digest"] == "daily":
        today = at_clock(local, time(preferences["digest_hour"]))
        return today if today > now else at_clock(local + timedelta(days=1), time(preferences["digest_hour"]))
    return now


def _after_quiet(preferences: Mapping[str, Any], zone: tzinfo, at: datetime) -> datetime:
    if not preferences["quiet_from"]:
        return at
    local = at.astimezone(zone)
    start, end = time.fromisoformat(preferences["quiet_from"]), time.fromisoformat(preferences["quiet_to"])
    clock = local.time()
    quiet = start <= clock < end if start < end else clock >= start or clock < end
    if not quiet:
        return at
    over = at_clock(local, end)
    return over if over > at else at_clock(local + timedelta(days=1), end)


def at_clock(local: datetime, clock: time) -> datetime:
    """That day at that time of the clock, in UTC. A time that the change to summer time leaves out is an hour later."""
    return datetime.combine(local.date(), clock, local.tzinfo).astimezone(UTC)
