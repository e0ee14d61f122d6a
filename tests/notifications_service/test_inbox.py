"""The inbox over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes import Person
from tests.notifications_service.conftest import Register
from tests.notifications_service.events import (
    change,
    comment_event,
    due_event,
    member_event,
    task_event,
    user_event,
)
from tests.notifications_service.system import System, frame, ready

INBOX = "/api/notifications"


async def give(system: System, person: Person, number: int, **event: Any) -> list[dict[str, Any]]:
    """Assigns this person so many tasks; their inbox afterwards, newest first."""
    await system.publish(*(task_event(actor=0, creator=0, assignees=[person.id], **event) for _ in range(number)))
    return await system.items(INBOX, person)


def assert_problem(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code


class TestListNotifications:
    async def test_row_says_who_did_what(self, system: System, ann: Person, bob: Person) -> None:
        await system.publish(user_event(ann.id, "ann", "Ann Lee"))
        event = task_event(creator=ann.id, actor=ann.id, assignees=[bob.id], project_id=5)
        await system.publish(event)
        [row] = await system.items(INBOX, bob)
        created_at = row.pop("created_at")
        assert created_at.endswith("Z")
        assert isinstance(row.pop("id"), int)
        assert row == {
            "kind": "task_assigned",
            "message": "Ann Lee assigned you “Write the plan”",
            "task_id": event["data"]["task"]["id"],
            "project_id": 5,
            "actor_id": ann.id,
            "event_id": str(event["id"]),
            "is_read": False,
        }
        assert await system.items(INBOX, ann) == []

    async def test_username_stands_in_for_a_name_and_somebody_for_a_stranger(
        self, system: System, ann: Person, bob: Person
    ) -> None:
        await system.publish(task_event(creator=ann.id, actor=ann.id, assignees=[bob.id]))
        await system.publish(user_event(ann.id, "ann-x"))
        await system.publish(task_event(creator=ann.id, actor=ann.id, assignees=[bob.id]))
        messages = [row["message"].split(" assigned")[0] for row in await system.items(INBOX, bob)]
        assert messages == ["ann-x", "Somebody"]

    async def test_walk_sees_each_row_once_while_others_come(self, system: System, ann: Person) -> None:
        there = [row["id"] for row in await give(system, ann, 7)]
        seen: list[int] = []
        cursor = ""
        while True:
            answer = await system.get(f"{INBOX}?limit=3{cursor}", ann)
            page = answer.json()
            seen += [row["id"] for row in page["items"]]
            assert ('rel="next"' in answer.headers.get("link", "")) == (page["next_cursor"] is not None)
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
            await give(system, ann, 1)
        assert seen == there
        oldest_first = await system.items(f"{INBOX}?sort=created_at&limit=7", ann)
        assert [row["id"] for row in oldest_first] == there[::-1]

    async def test_filters_and_total(self, system: System, ann: Person) -> None:
        rows = await give(system, ann, 3)
        await system.http.patch(f"{INBOX}/{rows[0]['id']}", json={"is_read": True}, headers=ann.headers)
        task = task_event(
            "updated", creator=0, actor=0, assignees=[ann.id], changes={"status": change("todo", "completed")}
        )
        await system.publish(task)
        unread = (await system.get(f"{INBOX}?is_read=false&count=true&limit=1", ann)).json()
        assert unread["total"] == 3
        assert [row["id"] for row in await system.items(f"{INBOX}?is_read=true", ann)] == [rows[0]["id"]]
        kinds = await system.items(f"{INBOX}?kind=task_completed&kind=task_deleted", ann)
        assert [row["kind"] for row in kinds] == ["task_completed"]

    @pytest.mark.parametrize(
        "query",
        ["limit=0", "limit=101", "limit=x", "cursor=nonsense", "is_read=perhaps", "kind=nope", "sort=message", "x=1"],
    )
    async def test_invalid_parameters_are_refused(self, system: System, ann: Person, query: str) -> None:
        assert_problem(await system.get(f"{INBOX}?{query}", ann), 422, "validation_failed")

    async def test_cursor_of_other_filters_is_refused(self, system: System, ann: Person) -> None:
        await give(system, ann, 2)
        cursor = (await system.get(f"{INBOX}?limit=1", ann)).json()["next_cursor"]
        other = await system.get(f"{INBOX}?limit=1&is_read=false&cursor={cursor}", ann)
        assert_problem(other, 422, "validation_failed")


class TestKinds:
    async def test_row_of_every_kind_of_event(self, system: System, ann: Person, bob: Person) -> None:
        await system.publish(user_event(ann.id, "ann", "Ann Lee"))
        who: dict[str, Any] = {"creator": bob.id, "actor": ann.id, "project_id": 9}
        happened = [
            comment_event(**who),
            comment_event(mentioned=[bob.id], **who),
            due_event("due_soon", bob.id, due_date="2031-03-31", **who),
            due_event("overdue", bob.id, due_date="2031-03-31", **who),
            member_event("added", bob.id, actor=ann.id, project_id=9),
        ]
        async with system.listening(bob) as socket:
            await ready(socket)
            await system.publish(*happened)
            shown: list[dict[str, Any]] = []
            while len(shown) < len(happened):
                one = await frame(socket)
                shown += [one["notification"]] if one["type"] == "notification" else []
        rows = (await system.items(INBOX, bob))[::-1]
        assert [(row["kind"], row["message"]) for row in rows] == [
            ("comment_added", "Ann Lee commented on “Write the plan”"),
            ("mentioned", "Ann Lee mentioned you in “Write the plan”"),
            ("task_due_soon", "“Write the plan” is due 2031-03-31"),
            ("task_overdue", "“Write the plan” was due 2031-03-31"),
            ("project_added", "Ann Lee added you to the project “Website”"),
        ]
        assert [row["actor_id"] for row in rows] == [ann.id, ann.id, None, None, ann.id]
        assert [row["project_id"] for row in rows] == [9] * 5
        assert [row["task_id"] is None for row in rows] == [False, False, False, False, True]
        assert shown == rows
        assert await system.items(INBOX, ann) == []


class TestUpdateNotification:
    async def test_read_and_unread_again(self, system: System, ann: Person) -> None:
        [row] = await give(system, ann, 1)
        for is_read in (True, True, False):
            answer = await system.http.patch(f"{INBOX}/{row['id']}", json={"is_read": is_read}, headers=ann.headers)
            assert answer.json() == {**row, "is_read": is_read}
            count = (await system.get(f"{INBOX}/unread-count", ann)).json()
            assert count == {"count": 0 if is_read else 1}

    @pytest.mark.parametrize("body", [{}, {"is_read": None}, {"is_read": "yes"}, {"is_read": True, "message": "x"}, []])
    async def test_other_bodies_are_refused(self, system: System, ann: Person, body: Any) -> None:
        [row] = await give(system, ann, 1)
        answer = await system.http.patch(f"{INBOX}/{row['id']}", json=body, headers=ann.headers)
        assert_problem(answer, 422, "validation_failed")


class TestReadAll:
    async def test_counts_what_was_unread(self, system: System, ann: Person, bob: Person) -> None:
        await give(system, ann, 3)
        await give(system, bob, 1)
        for expected in (3, 0):
            answer = await system.http.post(f"{INBOX}/read-all", headers=ann.headers)
            assert answer.json() == {"updated": expected}
        assert (await system.get(f"{INBOX}/unread-count", bob)).json() == {"count": 1}

    async def test_idempotency_key_replays(self, system: System, ann: Person) -> None:
        await give(system, ann, 2)
        keyed = {**ann.headers, "Idempotency-Key": "once"}
        first, second = [await system.http.post(f"{INBOX}/read-all", headers=keyed) for _ in range(2)]
        assert first.content == second.content == b'{"updated":2}'


class TestDeleteNotification:
    async def test_is_gone_and_stays_gone(self, system: System, ann: Person) -> None:
        event = task_event(creator=0, actor=0, assignees=[ann.id])
        await system.publish(event)
        [row] = await system.items(INBOX, ann)
        path = f"{INBOX}/{row['id']}"
        assert (await system.http.delete(path, headers=ann.headers)).status_code == 204
        assert_problem(await system.http.delete(path, headers=ann.headers), 404, "notification_not_found")
        await system.publish(event)
        assert await system.items(INBOX, ann) == []


class TestAuthorization:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", ""),
            ("GET", "/unread-count"),
            ("GET", "/user/1"),
            ("POST", "/read-all"),
            ("PATCH", "/1"),
            ("DELETE", "/1"),
        ],
    )
    async def test_anonymous_and_forged_are_refused(self, system: System, method: str, path: str) -> None:
        for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic eA=="}):
            answer = await system.http.request(method, INBOX + path, headers=headers)
            assert_problem(answer, 401, "unauthenticated")

    async def test_a_token_in_the_address_is_no_token(self, system: System, ann: Person) -> None:
        answer = await system.http.get(f"{INBOX}?access_token={ann.token}")
        assert_problem(answer, 401, "unauthenticated")

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    async def test_another_persons_is_as_one_that_is_not_there(
        self, system: System, ann: Person, admin: Person, bob: Person, method: str
    ) -> None:
        [row] = await give(system, bob, 1)
        for person in (ann, admin):
            answers = []
            for i in (row["id"], 999_999_999):
                headers = {**person.headers, "X-Request-ID": "same"}
                answer = await system.http.request(
                    method, f"{INBOX}/{i}", json={"is_read": True} if method == "PATCH" else None, headers=headers
                )
                assert_problem(answer, 404, "notification_not_found")
                answers.append(answer.content.replace(str(i).encode(), b"#"))
            assert answers[0] == answers[1]
        assert await system.items(INBOX, bob) == [row]

    async def test_inbox_by_id_is_for_oneself_and_administrators(
        self, system: System, ann: Person, bob: Person, admin: Person
    ) -> None:
        rows = await give(system, bob, 1)
        path = f"{INBOX}/user/{bob.id}"
        assert await system.items(path, bob) == rows
        assert await system.items(path, admin) == rows
        assert_problem(await system.get(path, ann), 403, "foreign_inbox")

    @pytest.mark.parametrize("user_id", ["0", "-1", "x", str(2**63), "9" * 5000, "1%00"])
    async def test_ids_that_cannot_be_are_refused(self, system: System, admin: Person, user_id: str) -> None:
        assert_problem(await system.get(f"{INBOX}/user/{user_id}", admin), 422, "validation_failed")

    async def test_ended_session_is_refused(self, system: System, register: Register) -> None:
        person = register()
        system.users.revoke(person)
        assert_problem(await system.get(INBOX, person), 401, "unauthenticated")
