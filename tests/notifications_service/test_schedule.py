"""When a mail may go out, compared with somebody who looks at a clock on the wall every minute."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from notifications_service.email.schedule import not_before, zone_of
from notifications_service.email.unsubscribe import ALL, Subscription
from notifications_service.inbox.kinds import KINDS

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]
MINUTE = timedelta(minutes=1)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def preferences(**given: Any) -> dict[str, Any]:
    return {"digest": "off", "digest_hour": 9, "quiet_from": None, "quiet_to": None, **given}


def is_quiet(at: datetime, zone: ZoneInfo, start: time, end: time) -> bool:
    clock = at.astimezone(zone).time()
    return start <= clock < end if start < end else not end <= clock < start


@settings(max_examples=200, deadline=None)
@given(now=moments, zone=st.sampled_from(ZONES), start=clocks, end=clocks)
def test_nothing_goes_out_in_quiet_hours_and_everything_when_they_end(
    now: datetime, zone: str, start: time, end: time
) -> None:
    place = ZoneInfo(zone)
    if start == end or any(0 < clock.hour < 4 for clock in (start, end)):
        return  # the clock may be changed then
    wanted = preferences(quiet_from=f"{start:%H:%M}", quiet_to=f"{end:%H:%M}")
    expected = now
    while is_quiet(expected, place, start, end):
        expected += MINUTE
    assert not_before(wanted, place, now, False) == expected


@settings(max_examples=100, deadline=None)
@given(now=moments, zone=st.sampled_from(ZONES), hour=st.integers(4, 23))
def test_daily_digest_comes_at_its_hour(now: datetime, zone: str, hour: int) -> None:
    place, expected = ZoneInfo(zone), now + MINUTE
    while (expected.astimezone(place).hour, expected.astimezone(place).minute) != (hour, 0):
        expected += MINUTE
    assert not_before(preferences(digest="daily", digest_hour=hour), place, now, False) == expected


def test_hourly_digest_planned_mails_and_digests_in_quiet_hours() -> None:
    now = datetime(2026, 11, 21, 21, 20, tzinfo=UTC)
    hourly = preferences(digest="hourly")
    assert not_before(hourly, UTC, now, False) == datetime(2026, 11, 21, 22, tzinfo=UTC)
    assert not_before(hourly, UTC, now, True) == now
    quiet = {**hourly, "quiet_from": "22:00", "quiet_to": "07:00"}
    assert not_before(quiet, UTC, now, False) == datetime(2026, 11, 22, 7, tzinfo=UTC)


def test_unknown_zone_is_utc() -> None:
    for name in ("Nowhere/Land", "", "../../etc/passwd", "\x00"):
        assert zone_of(name) is UTC


class TestLinks:
    KEY, OTHER = SecretStr("k" * 32), SecretStr("o" * 32)

    @given(user_id=st.integers(1, 2**63 - 1), kind=st.sampled_from([*KINDS, ALL]))
    def test_say_whom_and_what(self, user_id: int, kind: str) -> None:
        subscription = Subscription(user_id, kind)
        token = subscription.token(self.KEY)
        assert Subscription.of(token, self.KEY) == subscription
        assert Subscription.of(token, self.OTHER) is None

    @given(st.text(max_size=80))
    def test_are_not_made_up(self, token: str) -> None:
        assert Subscription.of(token, self.KEY) is None

    @pytest.mark.parametrize("place", range(0, 20, 3))
    def test_are_not_changed(self, place: int) -> None:
        token = Subscription(7, "mentioned").token(self.KEY)
        other = "A" if token[place] != "A" else "B"
        assert Subscription.of(token[:place] + other + token[place + 1 :], self.KEY) is None
