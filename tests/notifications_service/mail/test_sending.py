"""What becomes of mails on their way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.fakes import FakeUsers, Person
from tests.notifications_service.events import user_event
from tests.notifications_service.mail.readers import INBOX, Reader, assigned, ended, ended_in, hurry, known, mails
from tests.notifications_service.post import Post
from tests.notifications_service.system import System, running
from tests.notifications_service.test_inbox import assert_problem
from tests.postgres import Server
from tests.waiting import until


class TestTrouble:
    async def test_refused_address_is_paused_until_it_changes(
        self, system: System, post: Post, ann: Reader, bob: Reader
    ) -> None:
        post.answers[bob.address] = "550 no such mailbox"
        await system.publish(assigned(ann, bob), assigned(ann, bob))
        await ended_in(system, bob, {"failed"}, {"failed", "suppressed"})
        await system.publish(assigned(ann, bob))
        await ended_in(system, bob, {"failed", "suppressed"})
        told = [row for row in await system.items(INBOX, bob.person) if row["kind"] == "system"]
        assert len(told) == 1
        assert bob.address in told[0]["message"]
        tries = len(post.tries)
        await system.publish(user_event(bob.id, "bob", email=f"new-{bob.address}", version=2))
        await system.publish(assigned(ann, bob))
        await post.wait_for(f"new-{bob.address}")
        assert post.tries[tries:] == [f"new-{bob.address}"]

    async def test_for_the_moment_refused_is_tried_again_under_the_same_id(
        self, system: System, post: Post, ann: Reader, bob: Reader
    ) -> None:
        post.answers[bob.address] = "451 greylisted"
        event = assigned(ann, bob)
        await system.publish(event)

        async def was_tried() -> bool:
            [row] = await mails(system, bob)
            return bool(row["status"] == "pending" and "451" in row["reason"])

        await until(was_tried)
        del post.answers[bob.address]
        await hurry(system, bob)
        [mail] = await post.wait_for(bob.address)
        assert mail["Message-ID"].startswith(f"<{event['id']}.{bob.id}@")

    async def test_try_that_was_lost_is_repeated_under_the_same_id(
        self, system: System, post: Post, ann: Reader, bob: Reader
    ) -> None:
        await system.publish(assigned(ann, bob))
        await ended(system, bob, "sent")
        await system.session().execute(
            "UPDATE mails SET status = 'pending', send_at = now() WHERE recipient_id = $1", bob.id
        )  # as if the process had died before it could say so
        first, second = await post.wait_for(bob.address, 2)
        assert first["Message-ID"] == second["Message-ID"]

    async def test_some_that_hang_or_are_cut_off_hold_up_nobody(self, system: System, post: Post, ann: Reader) -> None:
        readers = [await known(system) for _ in range(12)]
        post.hang |= {reader.address for reader in readers[:4]}
        post.reset |= {reader.address for reader in readers[4:8]}
        await system.publish(*(assigned(ann, reader) for reader in readers))
        for reader in readers[8:]:
            await post.wait_for(reader.address)

        async def is_known() -> bool:
            rows = [(await mails(system, reader))[0] for reader in readers[4:8]]
            return all(row["status"] == "pending" and row["reason"] for row in rows)

        await until(is_known)
        post.hang.clear()
        post.reset.clear()
        for reader in readers[4:8]:
            await hurry(system, reader)
            await post.wait_for(reader.address)

    async def test_given_up_in_the_end(
        self, system: System, post: Post, ann: Reader, bob: Reader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("notifications_service.email.sender.MAX_ATTEMPTS", 2)
        post.answers[bob.address] = "451 never"
        await system.publish(assigned(ann, bob))

        async def was_tried() -> bool:
            [row] = await mails(system, bob)
            return bool(row["reason"])

        await until(was_tried)
        await hurry(system, bob)
        await ended(system, bob, "failed")
        [row] = await mails(system, bob)
        assert row["reason"].startswith("given up")


class TestSend:
    SEND = "/api/notifications/send"

    async def send(self, system: System, person: Person, body: Any, **headers: str) -> Any:
        return await system.http.post(self.SEND, json=body, headers={**person.headers, **headers})

    async def test_administrator_tells_people(self, system: System, post: Post, ann: Reader, bob: Reader) -> None:
        admin = system.users.register("admin")
        body = {"user_ids": [ann.id, bob.id, ann.id], "message": "Away on Sunday", "channels": ["inbox", "email"]}
        answers = [await self.send(system, admin, body, **{"Idempotency-Key": "once"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert answers[0].json()["sent"] == 2
        for reader in (ann, bob):
            [row] = await system.items(INBOX, reader.person)
            assert (row["kind"], row["message"], row["actor_id"]) == ("system", "Away on Sunday", admin.id)
            assert row["event_id"] == answers[0].json()["event_id"]
            [mail] = await post.wait_for(reader.address)
            assert mail["Subject"] == "Away on Sunday"
            assert mail["List-Unsubscribe"] is None

    async def test_inbox_alone_unless_told_otherwise(
        self, system: System, post: Post, ann: Reader, bob: Reader
    ) -> None:
        admin = system.users.register("admin")
        await self.send(system, admin, {"user_ids": [ann.id], "message": "Hello"})
        await self.send(system, admin, {"user_ids": [bob.id], "message": "Hello", "channels": ["email"]})
        await post.wait_for(bob.address)
        assert await system.items(INBOX, bob.person) == []
        assert await mails(system, ann) == []

    async def test_all_or_nobody(self, system: System, ann: Reader) -> None:
        admin = system.users.register("admin")
        answer = await self.send(system, admin, {"user_ids": [ann.id, 999_999], "message": "Hello"})
        assert_problem(answer, 422, "validation_failed")
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/user_ids/1"]
        assert await system.items(INBOX, ann.person) == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"user_ids": [], "message": "x"},
            {"user_ids": [1], "message": " "},
            {"user_ids": ["1"], "message": "x"},
            {"user_ids": [2**63], "message": "x"},
            {"user_ids": list(range(1, 1002)), "message": "x"},
            {"user_ids": [1], "message": "a\u0000"},
            {"user_ids": [1], "message": "x" * 2001},
            {"user_ids": [1], "message": "x", "channels": []},
            {"user_ids": [1], "message": "x", "channels": ["sms"]},
            {"user_ids": [1], "message": "x", "template": "nope"},
            {"user_ids": [1], "message": "x", "kind": "mentioned"},
        ],
    )
    async def test_other_bodies_are_refused(self, system: System, body: Any) -> None:
        admin = system.users.register("admin")
        assert_problem(await self.send(system, admin, body), 422, "validation_failed")

    async def test_for_administrators_only(self, system: System, ann: Reader) -> None:
        body = {"user_ids": [ann.id], "message": "x"}
        assert_problem(await self.send(system, ann.person, body), 403, "forbidden")
        assert_problem(await system.http.post(self.SEND, json=body), 401, "unauthenticated")


async def test_backlog_drains_when_the_server_is_back(postgres: Server, fake_users: FakeUsers, post: Post) -> None:
    """Nobody listens at first; the same mails go out once somebody does."""
    url = await postgres.database("notifications_service")
    nowhere: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_tls": "off"}
    async with running(url, fake_users, **nowhere) as system:
        ann, readers = await known(system), [await known(system) for _ in range(30)]
        await system.publish(*(assigned(ann, reader) for reader in readers))

        async def all_tried() -> bool:
            tried = await system.session().fetchval("SELECT count(*) FROM mails WHERE reason <> ''")
            return bool(tried == len(readers))

        await until(all_tried)
    async with running(url, fake_users, **{**nowhere, "smtp_port": post.port}) as system:
        await system.session().execute("UPDATE mails SET send_at = now() WHERE status = 'pending'")
        await asyncio.gather(*(post.wait_for(reader.address) for reader in readers))
        assert [len(post.to(reader.address)) for reader in readers] == [1] * len(readers)


async def test_worker_that_is_told_to_end_marks_what_it_sent(
    postgres: Server, fake_users: FakeUsers, post: Post
) -> None:
    url = await postgres.database("notifications_service")
    mail: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": "off"}
    async with running(url, fake_users, **mail) as system:
        ann, bob = await known(system), await known(system)
        post.slow[bob.address] = 0.5
        await system.publish(assigned(ann, bob))

        async def is_under_way() -> bool:
            return bob.address in post.tries

        await until(is_under_way)
    async with running(url, fake_users, **mail) as system:
        await ended(system, bob, "sent")
        assert len(post.to(bob.address)) == 1
        assert post.tries.count(bob.address) == 1
