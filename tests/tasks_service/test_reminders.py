"""Reminders: sent once, where each person lives, whatever happens to the loop and to the clock."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared import people
from shared.events import TaskDueSoon, TaskOverdue, UserUpdated
from shared.states import UserState
from tasks_service.handlers import handle
from tasks_service.reminders.schedule import Reminders
from tasks_service.settings import Settings
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of, problem

NOON = datetime(2031, 3, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DUE = "2031-03-31"


async def live(tasks: Tasks, person: Person, zone: str = "UTC", version: int = 5, **state: Any) -> None:
    """The tasks service has heard where this person lives."""
    given = {
        "id": person.id,
        "username": person.username,
        "full_name": "",
        "email": "x@example.com",
        "role": "user",
        "timezone": zone,
        "locale": "en",
        "is_active": True,
        "version": version,
    }
    await people.save(tasks.session(), UserState.model_validate({**given, **state}))


@pytest.fixture
async def ann(tasks: Tasks, fake_users: FakeUsers) -> Person:
    person = fake_users.register()
    await live(tasks, person)
    return person


@pytest.fixture
async def bob(tasks: Tasks, fake_users: FakeUsers) -> Person:
    person = fake_users.register()
    await live(tasks, person)
    return person


def loop(tasks: Tasks) -> Reminders:
    assert isinstance(tasks.running.settings, Settings)
    return Reminders(tasks.running.settings)


async def turn(tasks: Tasks, now: datetime, reminders: Reminders | None = None) -> None:
    """One look at everything that is to be looked at."""
    reminders = reminders or loop(tasks)
    while await reminders.send_due(tasks.session(), now):
        pass


async def sent(tasks: Tasks, task: Json) -> list[tuple[str, int]]:
    """Kind and recipient of each reminder of a task, in order."""
    found = [one for one in await tasks.events_of(task) if isinstance(one, TaskDueSoon | TaskOverdue)]
    assert all(one.audience == [one.data.recipient] and one.actor is None for one in found)
    return [(one.type, one.data.recipient) for one in found]


class TestDueDates:
    async def test_assignees_are_reminded_once_each(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, due_date=DUE, assignee_ids=[ann.id, bob.id])
        for hours in (-3, 0, 1, 11):
            await turn(tasks, NOON + timedelta(hours=hours))
        assert sorted(await sent(tasks, task)) == [("task.due_soon", ann.id), ("task.due_soon", bob.id)]
        for days in (1, 1, 2):
            await turn(tasks, NOON + days * DAY)
        assert sorted((await sent(tasks, task))[2:]) == [("task.overdue", ann.id), ("task.overdue", bob.id)]
        [event, *_] = [one for one in await tasks.events_of(task) if isinstance(one, TaskDueSoon)]
        assert (event.data.task.id, event.data.task.due_date, event.version) == (task["id"], date(2031, 3, 31), 1)
        assert event.data.lead_minutes is None

    async def test_creator_is_reminded_of_what_nobody_has(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, due_date=DUE)
        await turn(tasks, NOON)
        assert await sent(tasks, task) == [("task.due_soon", ann.id)]

    async def test_each_where_they_live(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        await live(tasks, ann, "Asia/Tokyo", version=6)
        await live(tasks, bob, "America/New_York", version=6)
        task = await tasks.create(ann, due_date=DUE, assignee_ids=[ann.id, bob.id])
        midnight = datetime(2031, 3, 31, tzinfo=UTC)
        for hour, expected in ((0, []), (1, [ann.id]), (13, [ann.id]), (14, [ann.id, bob.id])):
            await turn(tasks, midnight + timedelta(hours=hour))
            assert [who for _, who in await sent(tasks, task)] == expected

    async def test_who_moves_is_reminded_where_they_live_now(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, due_date=DUE)
        reminders = loop(tasks)
        await turn(tasks, NOON - timedelta(hours=10), reminders)
        user = UserState(
            id=ann.id, username=ann.username, full_name="", email="x@y.z", role="user", timezone="Asia/Tokyo",
            locale="en", is_active=True, version=9,
        )  # fmt: skip
        event = UserUpdated(id=ann.session_id, source="/users", subject="user/1", time=NOON, data=user)
        await handle(tasks.session(), event)
        await turn(tasks, NOON - timedelta(hours=10), reminders)
        assert await sent(tasks, task) == [("task.due_soon", ann.id)]

    @pytest.mark.parametrize("body", [{"status": "completed"}, {"due_date": None}, {"due_date": "2031-06-01"}])
    async def test_what_is_done_or_moved_is_not_told(self, tasks: Tasks, ann: Person, body: Json) -> None:
        task = await tasks.create(ann, due_date=DUE)
        await tasks.patch(task, ann, body)
        await turn(tasks, NOON)
        await turn(tasks, NOON + DAY)
        assert await sent(tasks, task) == []

    async def test_what_is_in_the_trash_is_not_told_until_it_is_back(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, due_date=DUE)
        await tasks.delete(task, ann)
        await turn(tasks, NOON)
        assert await sent(tasks, task) == []
        await tasks.post(f"{path_of(task)}/restore", ann)
        await turn(tasks, NOON)
        assert await sent(tasks, task) == [("task.due_soon", ann.id)]

    async def test_project_that_is_put_aside_is_quiet_until_it_is_taken_up(self, tasks: Tasks, ann: Person) -> None:
        made = await tasks.post("/api/projects", ann, json={"key": f"R{ann.id}", "name": "Reminders"})
        project, reminders = made.json(), loop(tasks)
        task = await tasks.create(ann, due_date=DUE, project_id=project["id"])
        path = f"/api/projects/{project['id']}"
        assert (await tasks.call("PATCH", path, ann, json={"archived": True})).status_code == 200
        await turn(tasks, NOON, reminders)
        assert await sent(tasks, task) == []
        assert (await tasks.call("PATCH", path, ann, json={"archived": False})).status_code == 200
        await turn(tasks, NOON + timedelta(hours=6), reminders)
        assert await sent(tasks, task) == [("task.due_soon", ann.id)]

    async def test_another_due_date_is_told_anew_and_the_first_one_is_not(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, due_date=DUE)
        await turn(tasks, NOON)
        for due in ("2031-04-01", DUE, "2031-04-01"):
            assert (await tasks.patch(task, ann, {"due_date": due})).status_code == 200
            await turn(tasks, NOON)
        assert len(await sent(tasks, task)) == 1
        await turn(tasks, NOON + DAY)
        assert await sent(tasks, task) == [("task.due_soon", ann.id)] * 2

    async def test_who_is_assigned_late_is_told_at_once(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, due_date=DUE)
        await turn(tasks, NOON)
        await tasks.patch(task, ann, {"assignee_ids": [bob.id]})
        await turn(tasks, NOON)
        assert await sent(tasks, task) == [("task.due_soon", ann.id), ("task.due_soon", bob.id)]

    async def test_nobody_whose_account_is_closed(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, due_date=DUE, assignee_ids=[bob.id])
        await live(tasks, bob, version=7, is_active=False)
        await turn(tasks, NOON)
        assert await sent(tasks, task) == []

    async def test_who_is_not_known_yet_is_told_when_they_are(self, tasks: Tasks, fake_users: FakeUsers) -> None:
        cyd, reminders = fake_users.register(), loop(tasks)
        task = await tasks.create(cyd, due_date=DUE)
        await turn(tasks, NOON, reminders)
        assert await sent(tasks, task) == []
        await live(tasks, cyd)
        await turn(tasks, NOON + timedelta(seconds=11), reminders)
        assert await sent(tasks, task) == [("task.due_soon", cyd.id)]

    async def test_old_tasks_that_are_taken_over_are_no_flood(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, due_date="2031-01-01")
        await turn(tasks, NOON)
        assert await sent(tasks, task) == []

    @pytest.mark.parametrize("due", ["0001-01-02", "9999-12-30"])
    async def test_dates_at_the_ends_of_the_calendar(self, tasks: Tasks, ann: Person, due: str) -> None:
        await live(tasks, ann, "America/New_York", version=8)
        task = await tasks.create(ann, due_date=due)
        await turn(tasks, NOON)
        assert await sent(tasks, task) == []

    async def test_activity_does_not_show_them(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, due_date=DUE)
        await turn(tasks, NOON)
        assert await sent(tasks, task)
        for path in (f"{path_of(task)}/activity", "/api/activity"):
            actions = {row["action"] for row in await tasks.items(path, ann) if row["task_id"] == task["id"]}
            assert actions == {"task_created"}


class TestOnce:
    async def test_with_two_loops_killed_at_random(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        made = [await tasks.create(ann, f"t{i}", due_date=DUE, assignee_ids=[ann.id, bob.id]) for i in range(25)]

        async def work() -> None:
            await turn(tasks, NOON)

        for _ in range(12):
            running = [asyncio.create_task(work()) for _ in range(2)]
            await asyncio.wait(running, timeout=random.uniform(0, 0.02))
            for one in running:
                one.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        await asyncio.gather(work(), work())
        for task in made:
            assert sorted(await sent(tasks, task)) == [("task.due_soon", ann.id), ("task.due_soon", bob.id)]

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_when_the_clock_steps(self, tasks: Tasks, ann: Person, restarted: bool) -> None:
        task, reminders = await tasks.create(ann, due_date=DUE), loop(tasks)
        morning = NOON - timedelta(hours=4)
        for step in (0, 25, 0, -1, 25, -1, 1, 4, 25, -1, 26, 27):
            await turn(tasks, morning + timedelta(hours=step), loop(tasks) if restarted else reminders)
        assert sorted(await sent(tasks, task)) == [("task.due_soon", ann.id), ("task.overdue", ann.id)]

    async def test_loop_looks_only_at_what_is_due(self, tasks: Tasks, ann: Person) -> None:
        task, reminders = await tasks.create(ann, due_date=DUE), loop(tasks)
        await turn(tasks, NOON - 20 * DAY, reminders)
        [row] = await tasks.session().fetch("SELECT check_at FROM reminder_checks WHERE task_id = $1", task["id"])
        assert row["check_at"] == datetime(2031, 3, 31, 10, tzinfo=UTC)
        for days in range(1, 20):
            await turn(tasks, NOON + days * DAY, reminders)
        assert not await tasks.session().fetch("SELECT FROM reminder_checks WHERE task_id = $1", task["id"])


def reminders_of(task: Json) -> str:
    return f"{path_of(task)}/reminders"


class TestOwn:
    async def test_before_the_end_of_the_due_date(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        await live(tasks, bob, "Asia/Tokyo", version=6)
        task = await tasks.create(ann, due_date=DUE, assignee_ids=[bob.id])
        made = await tasks.post(reminders_of(task), ann, json={"lead_minutes": 3 * 1440})
        assert made.status_code == 201, made.text
        assert made.headers["location"] == f"{reminders_of(task)}/{made.json()['id']}"
        reminders = loop(tasks)
        for hours in (-61, -60, -59):
            await turn(tasks, NOON + timedelta(hours=hours), reminders)
            assert await sent(tasks, task) == ([] if hours == -61 else [("task.due_soon", ann.id)])
        [event] = [one for one in await tasks.events_of(task) if isinstance(one, TaskDueSoon)]
        assert event.data.lead_minutes == 3 * 1440
        await tasks.patch(task, ann, {"due_date": "2031-04-02"})
        await turn(tasks, NOON - timedelta(hours=12), reminders)
        assert await sent(tasks, task) == [("task.due_soon", ann.id)] * 2

    async def test_at_a_time_without_a_due_date(self, tasks: Tasks, ann: Person) -> None:
        task, at = await tasks.create(ann), datetime.now(UTC) + timedelta(hours=2)
        made = await tasks.post(reminders_of(task), ann, json={"at": at.isoformat()})
        assert made.status_code == 201, made.text
        reminders = loop(tasks)
        await turn(tasks, at - timedelta(seconds=5), reminders)
        assert await sent(tasks, task) == []
        for _ in range(2):
            await turn(tasks, at + timedelta(seconds=5), reminders)
        assert await sent(tasks, task) == [("task.due_soon", ann.id)]

    async def test_not_of_what_is_done_and_not_after_the_part_in_it_is_over(
        self, tasks: Tasks, ann: Person, bob: Person
    ) -> None:
        at = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
        done, left = [await tasks.create(ann, assignee_ids=[bob.id]) for _ in range(2)]
        for task in (done, left):
            assert (await tasks.post(reminders_of(task), bob, json={"at": at})).status_code == 201
        await tasks.patch(done, ann, {"status": "completed"})
        await tasks.patch(left, ann, {"assignee_ids": []})
        await turn(tasks, datetime.now(UTC) + timedelta(hours=3))
        assert await sent(tasks, done) == await sent(tasks, left) == []

    async def test_listed_and_removed_by_their_owner_alone(
        self, tasks: Tasks, ann: Person, bob: Person, admin: Person
    ) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        own = [(await tasks.post(reminders_of(task), ann, json={"lead_minutes": m})).json() for m in (0, 5, 60)]
        assert [row["lead_minutes"] for row in await tasks.items(reminders_of(task), ann, limit=2)] == [0, 5, 60]
        total = (await tasks.get(reminders_of(task), ann, params={"count": "true"})).json()["total"]
        assert total == 3
        assert await tasks.items(reminders_of(task), bob) == []
        assert await tasks.items(reminders_of(task), admin) == []
        one = f"{reminders_of(task)}/{own[0]['id']}"
        assert (await tasks.get(one, ann)).json() == own[0]
        missing = problem(await tasks.get(f"{reminders_of(task)}/987654321", bob), 404, "reminder_not_found")
        for method in ("GET", "DELETE"):
            foreign = problem(await tasks.call(method, one, bob), 404, "reminder_not_found")
            assert foreign["detail"] == missing["detail"]
        other = await tasks.create(ann)
        wrong_parent = await tasks.call("DELETE", f"{reminders_of(other)}/{own[0]['id']}", ann)
        problem(wrong_parent, 404, "reminder_not_found")
        assert (await tasks.call("DELETE", one, ann)).status_code == 204
        assert len(await tasks.items(reminders_of(task), ann)) == 2

    async def test_who_may(
        self, tasks: Tasks, ann: Person, admin: Person, fake_users: FakeUsers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        task, stranger = await tasks.create(ann), fake_users.register()
        body = {"json": {"lead_minutes": 5}}
        problem(await tasks.post(reminders_of(task), None, **body), 401, "unauthenticated")
        problem(await tasks.post(reminders_of(task), admin, **body), 403, "reminder_refused")
        for method in ("GET", "POST"):
            given = body if method == "POST" else {}
            problem(await tasks.call(method, reminders_of(task), stranger, **given), 404, "task_not_found")
        monkeypatch.setattr("tasks_service.reminders.service.MAX_REMINDERS", 1)
        assert (await tasks.post(reminders_of(task), ann, **body)).status_code == 201
        problem(await tasks.post(reminders_of(task), ann, **body), 409, "too_many_reminders")

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"lead_minutes": None},
            {"lead_minutes": -1},
            {"lead_minutes": 525_601},
            {"lead_minutes": 1.5},
            {"lead_minutes": 5, "at": "2099-01-01T00:00:00Z"},
            {"at": "2001-01-01T00:00:00Z"},
            {"at": "9999-12-31T23:59:59-12:00"},
            {"at": "2031-01-01T00:00:00"},
            {"at": "tomorrow"},
            {"lead_minutes": 5, "user_id": 1},
        ],
    )
    async def test_other_bodies_are_refused(self, tasks: Tasks, ann: Person, body: Json) -> None:
        task = await tasks.create(ann)
        problem(await tasks.post(reminders_of(task), ann, json=body), 422, "validation_failed")
