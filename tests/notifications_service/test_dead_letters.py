"""Dead letters over HTTP: listed, inspected, replayed, discarded, by administrators alone."""

from __future__ import annotations

from typing import Any

from shared.bus import Message
from shared.context import uuid7
from tests.fakes import Person
from tests.notifications_service.events import message, task_event
from tests.notifications_service.system import System
from tests.notifications_service.test_inbox import assert_problem
from tests.waiting import until

PATH = "/api/dead-letters"


async def bury(system: System, *bodies: bytes) -> list[dict[str, Any]]:
    """The letters of these messages, as the list shows them."""
    ids = []
    for body in bodies:
        ids.append(f"poison {uuid7()}")
        await system.bus.publish(Message(ids[-1], "task.created", body))
    admin = system.users.register("admin")
    return [row for row in await system.items(f"{PATH}?limit=100", admin) if row["message_id"] in ids]


class TestDeadLetters:
    async def test_listed_oldest_first_by_pages(self, system: System, admin: Person) -> None:
        rows = await bury(system, b"one", b"two", b"three")
        assert [row["reason"].startswith("not an event we know") for row in rows] == [True] * 3
        assert all(row["replay_at"] is None and "body" not in row for row in rows)
        seen, cursor = [], ""
        while True:
            page = (await system.get(f"{PATH}?limit=2&count=true{cursor}", admin)).json()
            seen += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert len(seen) == page["total"]
        assert [row["id"] for row in seen] == sorted(row["id"] for row in seen)
        assert seen[-3:] == rows

    async def test_inspected_whatever_is_in_it(self, system: System, admin: Person) -> None:
        for body, shown in ((b'{"a": 1}', '{"a": 1}'), (b"\xff\x00x", "\ufffd\ufffdx"), (b"y" * 2**20, "y" * 65_536)):
            [row] = await bury(system, body)
            answer = await system.get(f"{PATH}/{row['id']}", admin)
            assert answer.json() == {**row, "body": shown}

    async def test_replayed_and_those_that_fail_stay(self, system: System, admin: Person, bob: Person) -> None:
        [broken] = await bury(system, b"[]")
        event = task_event(creator=0, actor=0, assignees=[bob.id])
        await system.session().execute(
            "INSERT INTO dead_letters (queue, message_id, routing_key, body, reason, attempts) "
            "VALUES ('q', $1, 'task.created', $2, 'broken for a while', 5)",
            str(event["id"]),
            message(event).body,
        )
        letter = await system.session().fetchval("SELECT id FROM dead_letters WHERE message_id = $1", str(event["id"]))
        body = {"ids": [letter, broken["id"]]}
        for expected in (2, 1):
            answer = await system.http.post(f"{PATH}/replay", json=body, headers=admin.headers)
            assert (answer.status_code, answer.json()) == (202, {"requested": expected})

            async def done() -> bool:
                query = "SELECT count(*) FROM dead_letters WHERE replay_at IS NOT NULL OR id = $1"
                return bool(await system.session().fetchval(query, letter) == 0)

            await until(done)
        assert [row["kind"] for row in await system.items("/api/notifications", bob)] == ["task_assigned"]
        again = (await system.get(f"{PATH}/{broken['id']}", admin)).json()
        assert again["attempts"] == broken["attempts"] + 2

    async def test_discarded(self, system: System, admin: Person) -> None:
        [row] = await bury(system, b"no more")
        gone = [await system.http.delete(f"{PATH}/{row['id']}", headers=admin.headers) for _ in range(2)]
        assert gone[0].status_code == 204
        assert_problem(gone[1], 404, "dead_letter_not_found")
        assert_problem(await system.get(f"{PATH}/{row['id']}", admin), 404, "dead_letter_not_found")

    async def test_other_bodies_are_refused(self, system: System, admin: Person) -> None:
        for body in ({"ids": []}, {"ids": ["1"]}, {"ids": [0]}, {"ids": [2**63]}, {"all": True}, []):
            answer = await system.http.post(f"{PATH}/replay", json=body, headers=admin.headers)
            assert_problem(answer, 422, "validation_failed")

    async def test_for_administrators_only(self, system: System, ann: Person) -> None:
        for method, path in (("GET", ""), ("GET", "/1"), ("POST", "/replay"), ("DELETE", "/1")):
            body: dict[str, Any] = {"json": {}} if method == "POST" else {}
            refused = await system.http.request(method, PATH + path, headers=ann.headers, **body)
            assert_problem(refused, 403, "forbidden")
            assert_problem(await system.http.request(method, PATH + path, **body), 401, "unauthenticated")
