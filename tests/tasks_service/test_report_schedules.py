"""Reports that are made again and again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_service.report_schedules import service
from tasks_service.report_schedules.occurrences import WEEKDAYS, following, normalised
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, problem

SCHEDULES = "/api/reports/schedules"
BERLIN = ZoneInfo("Europe/Berlin")


async def scheduled(tasks: Tasks, person: Person, every: str = "weekly on Monday") -> Json:
    answer = await tasks.post(SCHEDULES, person, json={"kind": "insights", "format": "csv", "every": every})
    assert answer.status_code == 201, answer.text
    schedule: Json = answer.json()
    assert answer.headers["location"] == of(schedule)
    return schedule


def of(schedule: Json) -> str:
    return f"{SCHEDULES}/{schedule['id']}"


async def reports_of(tasks: Tasks, person: Person, schedule: Json) -> list[Json]:
    found = await tasks.items("/api/reports", person)
    return [report for report in found if report["schedule_id"] == schedule["id"]]


class TestWords:
    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("weekly on Monday", "weekly on Monday at 08:00"),
            ("WEEKLY on friday at 7:00", "weekly on Friday at 07:00"),
            (" daily ", "daily at 08:00"),
            ("monthly on 01 at 23:00", "monthly on 1 at 23:00"),
        ],
    )
    def test_are_understood(self, text: str, meant: str) -> None:
        assert normalised(text) == meant == normalised(meant)

    @pytest.mark.parametrize(
        "text", ["", "weekly", "weekly on Someday", "monthly on 29", "monthly on 0", "daily at 24:00", "daily at 7:30"]
    )
    def test_of_nothing_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            normalised(text)


class TestFollowing:
    def test_is_at_the_hour_of_the_zone(self) -> None:
        friday = datetime(2026, 3, 27, 12, tzinfo=UTC)
        assert following("weekly on Monday at 08:00", friday, BERLIN) == datetime(2026, 3, 30, 6, tzinfo=UTC)  # summer
        assert following("daily at 08:00", friday, BERLIN) == datetime(2026, 3, 28, 7, tzinfo=UTC)
        assert following("daily at 02:00", datetime(2026, 3, 29, tzinfo=UTC), BERLIN).hour == 1  # 02:00 is not there

    @given(
        st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
        st.sampled_from(["daily", *(f"weekly on {day}" for day in WEEKDAYS), "monthly on 1", "monthly on 28"]),
        st.integers(0, 23),
        st.sampled_from(sorted(available_timezones())),
    )
    def test_comes_after_and_not_too_late(self, after: datetime, which: str, hour: int, zone: str) -> None:
        found = following(f"{which} at {hour:02}:00", after, ZoneInfo(zone))
        longest = {"daily": 3, "weekly": 9, "monthly": 33}[which.split()[0]]
        assert after < found <= after + timedelta(days=longest)
        assert found.astimezone(UTC) == found


class TestSchedules:
    async def test_anonymous_is_refused(self, tasks: Tasks) -> None:
        assert (await tasks.get(SCHEDULES, None)).status_code == 401

    async def test_begin_in_the_zone_of_their_owner(self, tasks: Tasks, fake_users: FakeUsers) -> None:
        person = fake_users.register(timezone="Asia/Tokyo")
        schedule = await scheduled(tasks, person)
        at = datetime.fromisoformat(schedule["next_at"]).astimezone(ZoneInfo("Asia/Tokyo"))
        assert (at.weekday(), at.hour, at.minute) == (0, 8, 0)
        assert schedule["every"] == "weekly on Monday at 08:00"

    async def test_belong_to_their_owner(self, tasks: Tasks, ann: Person, bob: Person, admin: Person) -> None:
        schedule = await scheduled(tasks, ann)
        for person in (bob, admin):
            for method in ("GET", "DELETE"):
                problem(await tasks.call(method, of(schedule), person), 404, "report_schedule_not_found")
        assert await tasks.items(SCHEDULES, ann) == [schedule]
        assert (await tasks.get(of(schedule), ann)).json() == schedule
        assert (await tasks.call("DELETE", of(schedule), ann)).status_code == 204
        assert await tasks.items(SCHEDULES, ann) == []

    @pytest.mark.parametrize("body", [{}, {"every": "sometimes"}, {"every": "daily", "filter": {"a": 1}}])
    async def test_wrong_ones_are_refused(self, tasks: Tasks, ann: Person, body: Json) -> None:
        answer = await tasks.post(SCHEDULES, ann, json={"kind": "insights", **body})
        problem(answer, 422, "validation_failed")

    async def test_there_are_not_too_many(self, tasks: Tasks, ann: Person) -> None:
        for _ in range(service.MOST):
            await scheduled(tasks, ann)
        answer = await tasks.post(SCHEDULES, ann, json={"kind": "insights", "every": "daily"})
        problem(answer, 409, "too_many_report_schedules")

    async def test_ask_once_for_each_time_however_many_look(self, tasks: Tasks, ann: Person) -> None:
        schedule = await scheduled(tasks, ann)
        first = datetime.fromisoformat(schedule["next_at"])
        await service.ask_due(tasks.session(), first - timedelta(seconds=1))
        assert await reports_of(tasks, ann, schedule) == []
        await asyncio.gather(*(service.ask_due(tasks.session(), first) for _ in range(4)))
        [report] = await reports_of(tasks, ann, schedule)
        assert (report["kind"], report["format"], report["status"]) == ("insights", "csv", "queued")
        after = datetime.fromisoformat((await tasks.get(of(schedule), ann)).json()["next_at"])
        assert after == first + timedelta(days=7)

    async def test_what_was_missed_is_asked_for_once(self, tasks: Tasks, ann: Person) -> None:
        schedule = await scheduled(tasks, ann, "daily")
        late = datetime.fromisoformat(schedule["next_at"]) + timedelta(days=5, hours=1)
        await service.ask_due(tasks.session(), late)
        await service.ask_due(tasks.session(), late)
        assert len(await reports_of(tasks, ann, schedule)) == 1

    async def test_are_changed_by_their_owner(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        schedule = await scheduled(tasks, ann)
        body = {"every": "daily at 06:00", "format": "xlsx"}
        problem(await tasks.call("PATCH", of(schedule), bob, json=body), 404, "report_schedule_not_found")
        changed = await tasks.call("PATCH", of(schedule), ann, json=body)
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        now = changed.json()
        differs = {name: now[name] for name in ("next_at", "updated_at", "version")}
        assert now == {**schedule, **body, **differs}
        assert now["next_at"] != schedule["next_at"]
        stale = {"If-Match": '"1"'}
        answer = await tasks.call("PATCH", of(schedule), ann, json={"paused": True}, headers=stale)
        assert problem(answer, 412, "version_conflict")["version"] == 2
        problem(await tasks.call("DELETE", of(schedule), ann, headers=stale), 412, "version_conflict")
        whole = {"kind": "tasks", "every": "daily", "filter": {"status": ["todo"]}}
        replaced = (await tasks.call("PUT", of(schedule), ann, json=whole)).json()
        assert (replaced["format"], replaced["filter"], replaced["version"]) == ("json", {"status": ["todo"]}, 3)
        assert (await tasks.call("PATCH", of(schedule), ann, json={"filter": None})).json()["filter"] == {}

    @pytest.mark.parametrize("body", [{"every": None}, {"kind": "tasks", "filter": {"a": 1}}, {"paused": 1}, {"b": 1}])
    async def test_are_not_changed_to_what_is_wrong(self, tasks: Tasks, ann: Person, body: Json) -> None:
        schedule = await scheduled(tasks, ann)
        problem(await tasks.call("PATCH", of(schedule), ann, json=body), 422, "validation_failed")
        assert (await tasks.get(of(schedule), ann)).json() == schedule

    async def test_ask_for_nothing_while_they_are_paused(self, tasks: Tasks, ann: Person) -> None:
        schedule = await scheduled(tasks, ann, "daily")
        paused = (await tasks.call("PATCH", of(schedule), ann, json={"paused": True})).json()
        assert (paused["paused"], paused["next_at"]) == (True, None)
        first = datetime.fromisoformat(schedule["next_at"])
        await service.ask_due(tasks.session(), first)
        assert await reports_of(tasks, ann, schedule) == []
        going_on = (await tasks.call("PATCH", of(schedule), ann, json={"paused": False})).json()
        assert going_on["next_at"] == schedule["next_at"]
        await service.ask_due(tasks.session(), first)
        assert len(await reports_of(tasks, ann, schedule)) == 1
        assert (await tasks.get(of(schedule), ann)).json()["version"] == 4

    async def test_of_somebody_who_left_end(self, tasks: Tasks, ann: Person) -> None:
        schedule = await scheduled(tasks, ann)
        await tasks.session().execute("UPDATE people SET is_active = false WHERE id = $1", ann.id)
        await service.ask_due(tasks.session(), datetime.fromisoformat(schedule["next_at"]))
        assert await tasks.items(SCHEDULES, ann) == []
