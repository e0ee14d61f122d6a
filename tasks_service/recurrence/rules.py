"""The law of recurrence: RFC 5545 rules over days.

A due date is a day, so rules repeat daily, weekly, monthly or yearly and know no hours, and no change of the clocks can
move them. The due date is the rule's start: `COUNT` counts it when the rule itself would have chosen it. Nobody's rule
takes long: of one that seldom or never comes only `MOST_DAYS` are looked at. (python-dateutil, with which the tests
compare this, looks until the year 9999.)
"""

from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import count, islice

from tasks_service.recurrence.parsing import Rule, parse

MOST_DAYS = 15_000  # the rarest that may be asked for, a weekday on 29 February, comes within 40 years
DAY = timedelta(1)


@lru_cache(maxsize=1000)
def normalised(text: str) -> str:
    """The rule as it is kept. Raises ValueError, with the reason, for one that is wrong, repeats more often than daily
    or never comes."""
    rule = parse(text)
    if next(occurrences(replace(rule, interval=1, count=None, until=None), date(2024, 1, 1)), None) is None:
        raise ValueError("names a day that never comes")
    return str(rule)


def upcoming(text: str, due: date, most: int) -> list[date]:
    """The next days after `due`, at most so many."""
    return list(islice((day for day in occurrences(parse(text), due) if day > due), most))


def following(text: str, due: date) -> tuple[str, date] | None:
    """The rule and the due date of the next task, or None after the last. Of a rule with COUNT the next task has what
    is left, so that the count holds over all of them."""
    rule = parse(text)
    days = list(islice(occurrences(rule, due), 2))
    later = [day for day in days if due < day < date.max]
    if not later:
        return None
    if rule.count is not None and due in days:
        rule = replace(rule, count=rule.count - 1)
    return str(rule), later[0]


def occurrences(rule: Rule, due: date) -> Iterator[date]:
    """The days of the rule from `due` on, `due` itself only if it is one of them."""
    rule = _completed(rule, due)
    return islice(_chosen(rule, due), rule.count)


def _chosen(rule: Rule, due: date) -> Iterator[date]:
    seen = 0
    for period in _periods(rule, due):
        seen += max(len(period), 1)
        days = _at_positions(rule, [day for day in period if _matches(rule, day)])
        for day in days:
            if rule.until is not None and day > rule.until:
                return
            if day >= due:
                yield day
        if any(day >= due for day in days):
            seen = 0
        if seen > MOST_DAYS:
            return


def _completed(rule: Rule, due: date) -> Rule:
    """What the rule leaves open is as on the due date."""
    if rule.weekdays or rule.numbered or rule.month_days or rule.year_days or rule.weeks:
        return rule
    match rule.frequency:
        case "WEEKLY":
            return replace(rule, weekdays=frozenset({due.weekday()}))
        case "MONTHLY":
            return replace(rule, month_days=frozenset({due.day}))
        case "YEARLY":
            return replace(rule, months=rule.months or frozenset({due.month}), month_days=frozenset({due.day}))
    return rule


def _periods(rule: Rule, due: date) -> Iterator[list[date]]:
    """The days of each period, those of other months left out, until the calendar ends."""
    try:
        match rule.frequency:
            case "DAILY":
                for number in count():
                    yield [due + number * rule.interval * DAY]
            case "WEEKLY":
                yield [due + n * DAY for n in range(7 - (due.weekday() - rule.week_start) % 7)]
                monday = due - (due.weekday() - rule.week_start) % 7 * DAY
                for number in count(1):
                    yield [monday + (7 * number * rule.interval + n) * DAY for n in range(7)]
            case "MONTHLY":
                for number in count(due.month - 1, rule.interval):
                    yield _days_of_month(rule, due.year + number // 12, number % 12 + 1)
            case _:
                for year in count(due.year, rule.interval):
                    yield [day for month in range(1, 13) for day in _days_of_month(rule, year, month)]
    except (ValueError, OverflowError):
        return


def _days_of_month(rule: Rule, year: int, month: int) -> list[date]:
    first = date(year, month, 1)
    if rule.months and month not in rule.months:
        return []
    return [first.replace(day=day) for day in range(1, monthrange(year, month)[1] + 1)]


def _matches(rule: Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days and not _is_in(rule.month_days, day.day, monthrange(day.year, day.month)[1]):
        return False
    if rule.year_days and not _is_in(rule.year_days, day.timetuple().tm_yday, 365 + isleap(day.year)):
        return False
    if rule.weeks and not _is_in(rule.weeks, *_week(day, rule.week_start)):
        return False
    if not (rule.weekdays or rule.numbered):
        return True
    return day.weekday() in rule.weekdays or any(_is_nth(rule, day, nth) for nth in rule.numbered)


def _is_in(numbers: frozenset[int], number: int, last: int) -> bool:
    """Whether the number is one of those, of which the negative ones count from the last."""
    return number in numbers or number - last - 1 in numbers


def _week(day: date, week_start: int) -> tuple[int, int]:
    """The number of the day's week, and that of its year's last one. A week belongs to the year of most of its days."""
    try:
        middle = day - ((day.weekday() - week_start) % 7 - 3) * DAY
    except OverflowError:
        return 1, 53
    of_year = middle.timetuple().tm_yday
    week = (of_year + 6) // 7
    return week, week + (365 + isleap(middle.year) - of_year) // 7


def _is_nth(rule: Rule, day: date, nth: tuple[int, int]) -> bool:
    number, weekday = nth
    if day.weekday() != weekday:
        return False
    if rule.frequency == "MONTHLY" or rule.months:
        position, length = day.day, monthrange(day.year, day.month)[1]
    else:
        position, length = day.timetuple().tm_yday, 365 + isleap(day.year)
    return number == ((position + 6) // 7 if number > 0 else -((length - position) // 7 + 1))


def _at_positions(rule: Rule, days: list[date]) -> list[date]:
    if not rule.positions:
        return days
    return [day for place, day in enumerate(days, 1) if _is_in(rule.positions, place, len(days))]
