"""Calendar feeds: whose tasks they show, to whom, until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from shared import people
from shared.states import UserState
from tests.fakes import Person
from tests.tasks_service.client import Tasks

FEEDS = "/api/calendar"
SOON = (date.today() + timedelta(days=3)).isoformat()


async def make(tasks: Tasks, person: Person, **given: Any) -> str:
    answer = await tasks.post(FEEDS, person, json=given)
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    assert url.startswith("http://localhost:8000/api/calendar/")
    return url.removeprefix("http://localhost:8000")


async def read(tasks: Tasks, path: str, **headers: str) -> httpx.Response:
    return await tasks.get(path, None, headers=headers)


async def events(tasks: Tasks, path: str) -> list[Any]:
    answer = await read(tasks, path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


async def shown(tasks: Tasks, path: str) -> list[str]:
    return [str(event["SUMMARY"]) for event in await events(tasks, path)]


class TestFeed:
    async def test_due_tasks_that_are_ours_and_open(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        path = await make(tasks, ann)
        assert await shown(tasks, path) == []
        await tasks.create(ann, "Mine", due_date=SOON)
        await tasks.create(ann, "No date")
        await tasks.create(ann, "Bob's to do", due_date=SOON, assignee_ids=[bob.id])
        await tasks.create(ann, "Done", due_date=SOON, status="completed")
        await tasks.create(bob, "Given to me", due_date=SOON, assignee_ids=[ann.id])
        await tasks.create(bob, "His", due_date=SOON)
        gone = await tasks.create(ann, "In the trash", due_date=SOON)
        await tasks.delete(gone, ann)
        await tasks.create(ann, "Long ago", due_date="2020-01-01")
        assert await shown(tasks, path) == ["Mine", "Given to me"]

    async def test_event_is_a_whole_day(self, tasks: Tasks, ann: Person) -> None:
        path = await make(tasks, ann, scope="user")
        words = 'Pay, now; \\ "x"\nBEGIN:VEVENT\r\nATTENDEE:mailto:x@example.com\x07 ä' + "ö" * 200
        given: dict[str, Any] = {"due_date": SOON, "description": words, "labels": ["a,b"], "priority": "high"}
        task = await tasks.create(ann, "A: b; c, d\\n", **given)
        answer = await read(tasks, path)
        assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
        assert answer.content.count(b"\r\nBEGIN:VEVENT\r\n") == 1
        assert b"\r\nATTENDEE" not in answer.content
        [event] = await events(tasks, path)
        assert event["UID"] == f"task-{task['id']}@taskwire"
        assert event["DTSTART"].dt.isoformat() == SOON
        assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(days=1)
        assert event["DTSTART"].params["VALUE"] == "DATE"
        assert event["SUMMARY"] == "A: b; c, d\\n"
        assert event["DESCRIPTION"].startswith('Pay, now; \\ "x"\nBEGIN:VEVENT\n')
        assert event["PRIORITY"] == 3
        assert str(event["URL"]).endswith(f"/tasks/{task['id']}")

    async def test_same_tasks_are_not_sent_again(self, tasks: Tasks, ann: Person) -> None:
        path = await make(tasks, ann)
        task = await tasks.create(ann, "Mine", due_date=SOON)
        tag = (await read(tasks, path)).headers["etag"]
        assert (await read(tasks, path, **{"If-None-Match": tag})).status_code == 304
        await tasks.patch(task, ann, {"title": "Changed"})
        assert (await read(tasks, path, **{"If-None-Match": tag})).status_code == 200

    async def test_project_until_the_right_ends(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, "Website", key="CAL", members={"viewer": bob})
        await tasks.create(ann, "Launch", due_date=SOON, project_id=project["id"])
        await tasks.create(ann, "Private", due_date=SOON)
        path = await make(tasks, bob, scope="project", project_id=project["id"])
        assert await shown(tasks, path) == ["CAL-1 Launch"]
        await tasks.call("DELETE", f"/api/projects/{project['id']}/members/{bob.id}", ann)
        assert (await read(tasks, path)).status_code == 404

    async def test_view(self, tasks: Tasks, ann: Person) -> None:
        view = {"name": "Urgent", "filter": "priority=urgent"}
        made = (await tasks.post("/api/views", ann, json=view)).json()
        await tasks.create(ann, "Fire", due_date=SOON, priority="urgent")
        await tasks.create(ann, "Smoke", due_date=SOON)
        path = await make(tasks, ann, scope="view", view_id=made["id"])
        assert await shown(tasks, path) == ["Fire"]
        await tasks.call("DELETE", f"/api/views/{made['id']}", ann)
        assert (await read(tasks, path)).status_code == 404

    async def test_administrator_s_shows_what_is_theirs(self, tasks: Tasks, ann: Person, admin: Person) -> None:
        await tasks.create(ann, "Hers", due_date=SOON)
        assert await shown(tasks, await make(tasks, admin)) == []


class TestAddress:
    async def test_made_again_the_one_before_is_dead(self, tasks: Tasks, ann: Person) -> None:
        first = await make(tasks, ann)
        second = await make(tasks, ann)
        assert first != second
        assert (await read(tasks, first)).status_code == 404
        assert (await read(tasks, second)).status_code == 200
        [listed] = await tasks.items(FEEDS, ann)
        assert listed["scope"] == "user"
        assert "url" not in listed

    async def test_no_body_is_as_good_as_an_empty_one(self, tasks: Tasks, ann: Person) -> None:
        assert (await tasks.post(FEEDS, ann)).status_code == 201

    async def test_is_kept_as_a_hash(self, tasks: Tasks, ann: Person) -> None:
        secret = (await make(tasks, ann)).removeprefix("/api/calendar/").removesuffix(".ics")
        rows = await tasks.session().fetch("SELECT calendars::text AS row FROM calendars")
        assert all(secret not in row["row"] for row in rows)

    async def test_revoked_one_by_one_or_all(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, "One")
        own, other = await make(tasks, ann), await make(tasks, ann, scope="project", project_id=project["id"])
        foreign = await make(tasks, bob)
        listed = await tasks.items(FEEDS, ann)
        path = f"{FEEDS}/{listed[0]['id']}"
        answers = [await tasks.call("DELETE", address, bob) for address in (path, f"{FEEDS}/{10**12}")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json()["detail"] == answers[1].json()["detail"]
        assert (await tasks.call("DELETE", path, ann)).status_code == 204
        assert [(await read(tasks, feed)).status_code for feed in (own, other, foreign)] == [404, 200, 200]
        assert (await tasks.call("DELETE", FEEDS, ann)).status_code == 204
        assert [(await read(tasks, feed)).status_code for feed in (own, other, foreign)] == [404, 404, 200]

    async def test_dies_with_the_account(self, tasks: Tasks, ann: Person) -> None:
        path = await make(tasks, ann)
        profile: dict[str, Any] = {"id": ann.id, "username": ann.username, "full_name": "", "email": "", "role": "user"}
        gone = UserState(**profile, timezone="UTC", locale="en", is_active=False, version=9)
        await people.save(tasks.session(), gone)
        assert (await read(tasks, path)).status_code == 404

    @pytest.mark.parametrize("secret", ["x", "A" * 43, "A" * 42 + "%00", "..%2f..", "A" * 300, "A" * 43 + ".ics"])
    async def test_nonsense_is_404(self, tasks: Tasks, secret: str) -> None:
        assert (await read(tasks, f"{FEEDS}/{secret}.ics")).status_code in (404, 422)

    @pytest.mark.parametrize(
        "body",
        [
            {"scope": "world"},
            {"scope": "project"},
            {"scope": "user", "project_id": 1},
            {"scope": "view", "project_id": 1},
            {"scope": "project", "project_id": 10**12},
            {"scope": "view", "view_id": 10**12},
            {"project_id": "1"},
            {"x": 1},
            [],
        ],
    )
    async def test_what_cannot_be_is_422(self, tasks: Tasks, ann: Person, body: Any) -> None:
        assert (await tasks.post(FEEDS, ann, json=body)).status_code == 422

    async def test_foreign_project_is_as_a_missing_one(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(bob, "His")
        answers = [
            await tasks.post(FEEDS, ann, json={"scope": "project", "project_id": i}) for i in (project["id"], 10**12)
        ]
        assert answers[0].status_code == answers[1].status_code == 422
        assert answers[0].json()["errors"] == answers[1].json()["errors"]

    async def test_anonymous_is_refused(self, tasks: Tasks) -> None:
        for method, path in (("POST", FEEDS), ("GET", FEEDS), ("DELETE", FEEDS), ("DELETE", f"{FEEDS}/1")):
            assert (await tasks.call(method, path, None)).status_code == 401
