"""What each person wants to be told, and what not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from notifications_service.inbox.kinds import KINDS
from tests.fakes import Person
from tests.notifications_service.events import change, comment_event, task_event
from tests.notifications_service.system import System
from tests.notifications_service.test_inbox import assert_problem

INBOX = "/api/notifications"
PREFERENCES = "/api/notifications/preferences"
MUTES = "/api/notifications/mutes"


async def put(system: System, person: Person, body: Any, **headers: str) -> Any:
    return await system.http.put(PREFERENCES, json=body, headers={**person.headers, **headers})


class TestPreferences:
    async def test_defaults(self, system: System, ann: Person) -> None:
        answer = await system.get(PREFERENCES, ann)
        body = answer.json()
        assert answer.headers["etag"] == '"1"'
        assert list(body["matrix"]) == list(KINDS)
        assert all(channels["inbox"] for channels in body["matrix"].values())
        mailed = {kind for kind, channels in body["matrix"].items() if channels["email"]}
        assert mailed == {"task_assigned", "task_due_soon", "task_overdue", "mentioned", "project_added"}
        rest = {name: value for name, value in body.items() if name != "matrix"}
        assert rest == {"digest": "off", "digest_hour": 9, "quiet_hours": None, "version": 1}

    async def test_replaced_and_back_to_the_defaults(self, system: System, ann: Person, bob: Person) -> None:
        given = {
            "matrix": {"task_updated": {"email": True}, "mentioned": {"inbox": False, "email": False}},
            "digest": "daily",
            "digest_hour": 7,
            "quiet_hours": {"from": "22:30", "to": "06:00"},
        }
        answer = await put(system, ann, given)
        assert answer.status_code == 200
        assert answer.headers["etag"] == '"2"'
        body = answer.json()
        assert body["matrix"]["task_updated"] == {"inbox": True, "email": True}
        assert body["matrix"]["mentioned"] == {"inbox": False, "email": False}
        assert body["matrix"]["task_assigned"] == {"inbox": True, "email": True}
        assert (body["digest"], body["digest_hour"], body["quiet_hours"]) == ("daily", 7, given["quiet_hours"])
        assert (await system.get(PREFERENCES, ann)).json() == body
        assert (await system.get(PREFERENCES, bob)).json()["version"] == 1
        again = (await put(system, ann, {})).json()
        assert again == {**(await system.get(PREFERENCES, bob)).json(), "version": 3}

    async def test_whole_answer_but_the_version_can_be_sent_back(self, system: System, ann: Person) -> None:
        body = (await system.get(PREFERENCES, ann)).json()
        version = body.pop("version")
        answer = await put(system, ann, body)
        assert answer.json() == {**body, "version": version + 1}

    @pytest.mark.parametrize(
        "body",
        [
            None,
            [],
            {"matrix": {"nope": {"inbox": True}}},
            {"matrix": {"mentioned": {"sms": True}}},
            {"matrix": {"mentioned": {"inbox": "yes"}}},
            {"matrix": {"mentioned": None}},
            {"digest": "weekly"},
            {"digest_hour": 24},
            {"digest_hour": -1},
            {"digest_hour": 7.5},
            {"quiet_hours": {"from": "22:00"}},
            {"quiet_hours": {"from": "24:00", "to": "06:00"}},
            {"quiet_hours": {"from": "9:00", "to": "06:00"}},
            {"quiet_hours": {"from": "09:00", "to": "09:00"}},
            {"quiet_hours": {"from": "09:00\n", "to": "10:00"}},
            {"version": 1},
        ],
    )
    async def test_other_bodies_are_refused(self, system: System, ann: Person, body: Any) -> None:
        assert_problem(await put(system, ann, body), 422, "validation_failed")

    async def test_of_many_writers_with_one_etag_one_wins(self, system: System, ann: Person) -> None:
        for version in (1, 2):
            tag = {"If-Match": f'"{version}"'}
            answers = await asyncio.gather(*(put(system, ann, {"digest_hour": hour}, **tag) for hour in range(8)))
            assert sorted(answer.status_code for answer in answers) == [200, *[412] * 7]

    async def test_without_an_etag_all_are_taken(self, system: System, ann: Person) -> None:
        answers = await asyncio.gather(*(put(system, ann, {"digest_hour": hour}) for hour in range(8)))
        assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 10))

    async def test_unchanged_is_304(self, system: System, ann: Person) -> None:
        answer = await system.http.get(PREFERENCES, headers={**ann.headers, "If-None-Match": '"1"'})
        assert answer.status_code == 304

    async def test_anonymous_is_refused(self, system: System) -> None:
        assert_problem(await system.http.get(PREFERENCES), 401, "unauthenticated")
        assert_problem(await system.http.put(PREFERENCES, json={}), 401, "unauthenticated")

    async def test_kind_that_is_off_makes_no_row(self, system: System, ann: Person, bob: Person) -> None:
        assert (await put(system, bob, {"matrix": {"task_updated": {"inbox": False}}})).status_code == 200
        who: dict[str, Any] = {"creator": ann.id, "actor": ann.id, "assignees": [bob.id]}
        first = task_event(**who)
        changed = task_event(
            "updated", task_id=first["data"]["task"]["id"], version=2, changes={"title": change(1, 2)}, **who
        )
        await system.publish(first, changed)
        assert [row["kind"] for row in await system.items(INBOX, bob)] == ["task_assigned"]


class TestMutes:
    async def test_muted_task_tells_only_what_is_personal(self, system: System, ann: Person, bob: Person) -> None:
        who: dict[str, Any] = {"creator": bob.id, "actor": ann.id, "assignees": [ann.id], "project_id": 3}
        loud, muted = task_event("updated", **who), task_event("updated", **who)
        task_id = muted["data"]["task"]["id"]
        answer = await system.http.put(f"{MUTES}/tasks/{task_id}", headers=bob.headers)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["task_id"], answer.json()["project_id"]) == (task_id, None)
        reassigned = task_event(
            "updated", task_id=task_id, version=2, creator=bob.id, actor=ann.id, assignees=[bob.id],
            changes={"assignee_ids": change([ann.id], [bob.id])},
        )  # fmt: skip
        mention = comment_event(task_id=task_id, creator=bob.id, actor=ann.id, mentioned=[bob.id])
        remark = comment_event(task_id=task_id, creator=bob.id, actor=ann.id)
        await system.publish(loud, muted, reassigned, mention, remark)
        rows = await system.items(INBOX, bob)
        assert [row["kind"] for row in rows] == ["mentioned", "task_assigned", "task_updated"]
        assert rows[-1]["task_id"] == loud["data"]["task"]["id"]
        await system.http.delete(f"{MUTES}/tasks/{task_id}", headers=bob.headers)
        await system.publish(comment_event(task_id=task_id, creator=bob.id, actor=ann.id))
        assert (await system.items(INBOX, bob))[0]["kind"] == "comment_added"

    async def test_muted_project(self, system: System, ann: Person, bob: Person) -> None:
        assert (await system.http.put(f"{MUTES}/projects/77", headers=bob.headers)).status_code == 200
        for project_id in (77, 78):
            await system.publish(task_event("deleted", creator=bob.id, actor=ann.id, project_id=project_id))
        assert [row["project_id"] for row in await system.items(INBOX, bob)] == [78]

    async def test_listed_once_each_and_only_to_their_owner(self, system: System, ann: Person, bob: Person) -> None:
        for path in ("tasks/5", "projects/5", "tasks/6", "tasks/5"):
            assert (await system.http.put(f"{MUTES}/{path}", headers=ann.headers)).status_code == 200
        rows = await system.items(MUTES, ann)
        assert [(row["task_id"], row["project_id"]) for row in rows] == [(6, None), (None, 5), (5, None)]
        page = (await system.get(f"{MUTES}?limit=2&count=true&sort=created_at", ann)).json()
        assert page["total"] == 3
        rest = await system.items(f"{MUTES}?limit=2&sort=created_at&cursor={page['next_cursor']}", ann)
        assert [row["id"] for row in [*page["items"], *rest]] == [row["id"] for row in rows[::-1]]
        assert await system.items(MUTES, bob) == []
        other = await system.http.delete(f"{MUTES}/tasks/5", headers=bob.headers)
        assert_problem(other, 404, "mute_not_found")

    async def test_no_more_than_one_may_have(
        self, system: System, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("notifications_service.mutes.service.MAX_MUTES", 2)
        answers = [await system.http.put(f"{MUTES}/tasks/{i}", headers=ann.headers) for i in (1, 2, 3, 1)]
        assert [answer.status_code for answer in answers] == [200, 200, 409, 200]

    async def test_anonymous_is_refused(self, system: System) -> None:
        for method, path in (("GET", ""), ("PUT", "/tasks/1"), ("DELETE", "/projects/1")):
            assert_problem(await system.http.request(method, MUTES + path), 401, "unauthenticated")
