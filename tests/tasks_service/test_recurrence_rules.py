"""The law of recurrence, compared with python-dateutil."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks_service.recurrence.parsing import DAYS, parse
from tasks_service.recurrence.rules import following, normalised, occurrences, upcoming

SOME_DAYS = st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True).map(",".join)


def signed(highest: int) -> st.SearchStrategy[str]:
    one = st.integers(1, highest).flatmap(lambda n: st.sampled_from([str(n), str(-n)]))
    return st.lists(one, min_size=1, max_size=3, unique=True).map(",".join)


def numbered(highest: int) -> st.SearchStrategy[str]:
    one = st.tuples(signed(highest).map(lambda text: text.split(",")[0]), st.sampled_from(DAYS)).map("".join)
    return st.lists(one, min_size=1, max_size=2, unique=True).map(",".join)


MONTHS = st.lists(st.integers(1, 12).map(str), min_size=1, max_size=4, unique=True).map(",".join)
EVERY = {
    "INTERVAL": st.integers(1, 5).map(str),
    "WKST": st.sampled_from(DAYS),
    "BYMONTH": MONTHS,
}
BY = {
    "DAILY": {"BYDAY": SOME_DAYS, "BYMONTHDAY": signed(31)},
    "WEEKLY": {"BYDAY": SOME_DAYS},
    "MONTHLY": {"BYDAY": SOME_DAYS | numbered(5), "BYMONTHDAY": signed(31)},
    "YEARLY": {"BYDAY": SOME_DAYS | numbered(53), "BYMONTHDAY": signed(31), "BYYEARDAY": signed(366)},
}
ENDS = st.fixed_dictionaries({}) | st.fixed_dictionaries({"COUNT": st.integers(1, 30).map(str)})


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(sorted(BY)))
    parts = {"FREQ": frequency, **draw(st.fixed_dictionaries({}, optional={**EVERY, **BY[frequency]})), **draw(ENDS)}
    if any(name in parts for name in BY[frequency]) and draw(st.booleans()):
        parts["BYSETPOS"] = draw(signed(4))
    return ";".join(f"{name}={value}" for name, value in parts.items())


DUE = st.dates(date(2019, 1, 1), date(2033, 12, 31))


def by_dateutil(rule: str, due: date, last: date) -> list[date]:
    start = datetime(due.year, due.month, due.day)
    found = rrulestr(rule, dtstart=start).between(start, datetime(last.year, last.month, last.day), inc=True)
    return [moment.date() for moment in found]


def until(last: date, rule: str, due: date) -> list[date]:
    return list(takewhile(lambda day: day <= last, occurrences(parse(rule), due)))


class TestOccurrences:
    @settings(max_examples=150, deadline=None)
    @given(rule=rules(), due=DUE)
    def test_are_those_of_dateutil_over_two_years(self, rule: str, due: date) -> None:
        last = due + timedelta(730)
        found = until(last, rule, due)
        if not found and not upcoming(rule, due, 1):
            return  # one that never comes keeps dateutil busy until the year 9999
        assert found == by_dateutil(rule, due, last)

    @settings(max_examples=30, deadline=None)
    @given(due=DUE, week=st.integers(2, 51), start=st.sampled_from(DAYS), days=SOME_DAYS)
    def test_of_numbered_weeks(self, due: date, week: int, start: str, days: str) -> None:
        rule = f"FREQ=YEARLY;BYWEEKNO={week};BYDAY={days};WKST={start}"
        last = due + timedelta(730)
        assert until(last, rule, due) == by_dateutil(rule, due, last)

    @pytest.mark.parametrize("week", [1, 52, 53])
    def test_of_weeks_at_the_turn_of_the_year(self, week: int) -> None:
        """There dateutil takes the last days of week 52 for week 53 and leaves out days of week 1."""
        every_day = [date(2015, 1, 1) + timedelta(n) for n in range(5000)]
        rule = f"FREQ=YEARLY;BYWEEKNO={week};BYDAY={','.join(DAYS)}"
        wanted = [day for day in every_day if day.isocalendar().week == week]
        assert upcoming(rule, date(2014, 12, 31), len(wanted)) == wanted

    @settings(max_examples=60, deadline=None)
    @given(rule=rules(), due=DUE)
    def test_one_after_the_other_are_all_of_them(self, rule: str, due: date) -> None:
        """A chain of tasks, each made from the one before, has the days of the first one's rule."""
        wanted = upcoming(rule, due, 12)
        if "BYSETPOS" in rule and "WEEKLY" in rule:
            return  # a position counts from the day on which the rule begins
        chain, now = [], (rule, due)
        while len(chain) < len(wanted) and (then := following(*now)):
            chain.append(then[1])
            now = then
        assert chain == wanted

    @pytest.mark.parametrize(
        ("rule", "due", "wanted"),
        [
            ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31", ["2026-03-31", "2026-05-31", "2026-07-31"]),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30"]),
            ("FREQ=YEARLY", "2024-02-29", ["2028-02-29", "2032-02-29", "2036-02-29"]),
            ("FREQ=DAILY", "2026-03-28", ["2026-03-29", "2026-03-30", "2026-03-31"]),
            ("FREQ=WEEKLY;UNTIL=20260115T235959Z", "2026-01-01", ["2026-01-08", "2026-01-15"]),
            ("FREQ=WEEKLY;COUNT=2", "2026-01-01", ["2026-01-08"]),
            ("FREQ=DAILY;COUNT=1", "2026-01-01", []),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-30", ["2026-02-27", "2026-03-31", "2026-04-30"]),
            ("FREQ=WEEKLY", "9999-12-30", []),
            ("FREQ=YEARLY;BYWEEKNO=1", "0001-01-02", ["0001-01-03", "0001-01-04", "0001-01-05"]),
            ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", []),
            ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "2026-01-05", []),
        ],
    )
    def test_by_example(self, rule: str, due: str, wanted: list[str]) -> None:
        assert [day.isoformat() for day in upcoming(rule, date.fromisoformat(due), 3)] == wanted


class TestRules:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("RRULE:freq=weekly;byday=mo,fr;", "FREQ=WEEKLY;BYDAY=MO,FR"),
            ("FREQ=DAILY;INTERVAL=2", "FREQ=DAILY;INTERVAL=2"),
            ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO"),
        ],
    )
    def test_are_kept_in_one_form(self, given: str, kept: str) -> None:
        assert normalised(given) == kept

    @pytest.mark.parametrize(
        "rule",
        [
            *("", "x", "DAILY", "FREQ=", "FREQ=HOURLY", "FREQ=MINUTELY", "FREQ=SECONDLY", "INTERVAL=1"),
            *("FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=-1", "FREQ=DAILY;COUNT=1,2", "FREQ=DAILY;COUNT=99999"),
            *("FREQ=DAILY;UNTIL=20261340", "FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;UNTIL=20260101;COUNT=2"),
            *("FREQ=DAILY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=6MO", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=WEEKLY;BYDAY=XX"),
            *("FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=1001", "FREQ=DAILY;INTERVAL=٣", "FREQ=DAILY;FREQ=DAILY"),
            *("FREQ=DAILY;BYHOUR=3", "FREQ=DAILY;BYEASTER=1", "FREQ=WEEKLY;BYMONTHDAY=3", "FREQ=DAILY;BYSETPOS=1"),
            *("FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYMONTH=0", "FREQ=DAILY;WKST=X", "FREQ=DAILY,WEEKLY"),
            *("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=6;BYWEEKNO=53", "FREQ=DAILY\nCOUNT=2"),
            "FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO",
        ],
    )
    def test_that_say_nothing_are_refused(self, rule: str) -> None:
        with pytest.raises(ValueError, match=r".+"):
            normalised(rule)
