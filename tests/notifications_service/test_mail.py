"""Mails: who gets one, what stands in it, and what becomes of those that cannot be delivered."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.fakes import FakeUsers, Person
from tests.notifications_service.events import change, comment_event, due_event, member_event, task_event, user_event
from tests.notifications_service.post import Post, running_post, text_of
from tests.notifications_service.system import System, running
from tests.notifications_service.test_inbox import assert_problem
from tests.postgres import Server
from tests.waiting import until

INBOX = "/api/notifications"
PREFERENCES = "/api/notifications/preferences"
PUBLIC = "https://tasks.example.com"
numbers = itertools.count(1)


@dataclass(frozen=True)
class Reader:
    """Somebody who is known here, with an address of their own."""

    person: Person
    address: str

    @property
    def id(self) -> int:
        return self.person.id


@pytest.fixture(scope="module")
async def post() -> AsyncIterator[Post]:
    async with running_post() as server:
        yield server


@pytest.fixture(scope="module")
async def system(postgres: Server, fake_users: FakeUsers, post: Post) -> AsyncIterator[System]:
    mail: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": "off", "public_url": PUBLIC}
    async with running(await postgres.database("notifications_service"), fake_users, **mail) as started:
        yield started


async def known(system: System, **state: Any) -> Reader:
    name = f"reader{next(numbers)}"
    person = system.users.register()
    address = state.pop("email", f"{name}@example.com")
    await system.publish(user_event(person.id, name, f"The {name}", email=address, **state))
    return Reader(person, address)


@pytest.fixture
async def ann(system: System) -> Reader:
    return await known(system)


@pytest.fixture
async def bob(system: System) -> Reader:
    return await known(system)


async def prefer(system: System, reader: Reader, **body: Any) -> None:
    answer = await system.http.put(PREFERENCES, json=body, headers=reader.person.headers)
    assert answer.status_code == 200, answer.text


async def mails(system: System, reader: Reader) -> list[Any]:
    return await system.session().fetch("SELECT * FROM mails WHERE recipient_id = $1 ORDER BY id", reader.id)


async def ended(system: System, reader: Reader, status: str) -> None:
    """Returns when there is a mail to this reader and all of them ended like this."""

    async def all_ended() -> bool:
        return {row["status"] for row in await mails(system, reader)} == {status}

    await until(all_ended)


async def hurry(system: System, reader: Reader) -> None:
    """What waits for later is due now."""
    await system.session().execute(
        "UPDATE mails SET send_at = now() WHERE recipient_id = $1 AND status = 'pending'", reader.id
    )


def assigned(ann: Reader, bob: Reader, **task: Any) -> dict[str, Any]:
    return task_event(creator=ann.id, actor=ann.id, assignees=[bob.id], **task)


def updates(ann: Reader, bob: Reader, number: int) -> list[dict[str, Any]]:
    who: dict[str, Any] = {"creator": ann.id, "actor": ann.id, "assignees": [bob.id]}
    first = task_event("updated", changes={"title": change("a", "b")}, **who)
    task_id = first["data"]["task"]["id"]
    return [first, *(task_event("updated", task_id=task_id, version=v, **who) for v in range(2, number + 1))]


class TestContent:
    async def test_both_forms_and_all_headers(self, system: System, post: Post, ann: Reader) -> None:
        bob = await known(system, locale="de-DE", timezone="Asia/Tokyo")
        event = assigned(ann, bob, title="Plan <b>& more", due_date="2031-03-31")
        await system.publish(event)
        [mail] = await post.wait_for(bob.address)
        task_id = event["data"]["task"]["id"]
        assert mail["Subject"].endswith("assigned you “Plan <b>& more”")
        assert mail["Message-ID"] == f"<{event['id']}.{bob.id}@tasks.example.com>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert re.fullmatch(rf"<{PUBLIC}/api/notifications/unsubscribe/[\w-]+>", mail["List-Unsubscribe"])
        plain, html = text_of(mail), text_of(mail, "html")
        for words in (plain, html):
            assert "31.03.2031" in words
            assert f"{PUBLIC}/tasks/{task_id}" in words
            assert mail["List-Unsubscribe"].strip("<>") in words
        assert "assigned you “Plan <b>& more”" in plain
        assert "Plan &lt;b&gt;&amp; more" in html
        assert "<b>" not in html
        [row] = await system.items(INBOX, bob.person)
        assert row["kind"] == "task_assigned"

    async def test_comment_is_quoted(self, system: System, post: Post, ann: Reader, bob: Reader) -> None:
        body = "First line\r\nBcc: eve@example.com\n<script>"
        await system.publish(comment_event(creator=bob.id, actor=ann.id, mentioned=[bob.id], body=body))
        [mail] = await post.wait_for(bob.address)
        assert mail["Bcc"] is None
        assert "  Bcc: eve@example.com" in text_of(mail)
        assert "&lt;script&gt;" in text_of(mail, "html")

    async def test_hostile_title_stays_in_its_header(
        self, system: System, post: Post, ann: Reader, bob: Reader
    ) -> None:
        await system.publish(assigned(ann, bob, title="a\r\nBcc: eve@example.com\r\n\r\nb" + "é" * 150))
        [mail] = await post.wait_for(bob.address)
        assert mail["Bcc"] is None
        assert "Bcc: eve@example.com" in mail["Subject"]


class TestWhoGetsOne:
    async def test_by_default_what_one_would_not_want_to_miss(
        self, system: System, post: Post, ann: Reader, bob: Reader
    ) -> None:
        who: dict[str, Any] = {"creator": bob.id, "actor": ann.id}
        await system.publish(
            task_event("updated", changes={"title": change("a", "b")}, **who),
            comment_event(**who),
            task_event("deleted", **who),
            assigned(ann, bob),
            comment_event(mentioned=[bob.id], **who),
            due_event("due_soon", bob.id, **who),
            due_event("overdue", bob.id, **who),
            member_event("added", bob.id, actor=ann.id),
        )
        await post.wait_for(bob.address, 5)
        await ended(system, bob, "sent")
        assert len(post.to(bob.address)) == 5
        assert len(await system.items(INBOX, bob.person)) == 8
        assert post.to(ann.address) == []

    async def test_by_preference(self, system: System, post: Post, ann: Reader, bob: Reader) -> None:
        matrix = {"task_assigned": {"email": False}, "mentioned": {"inbox": False, "email": True}}
        await prefer(system, bob, matrix=matrix)
        await system.publish(assigned(ann, bob), comment_event(creator=bob.id, actor=ann.id, mentioned=[bob.id]))
        [mail] = await post.wait_for(bob.address)
        assert "mentioned you" in mail["Subject"]
        await ended(system, bob, "sent")
        assert [row["kind"] for row in await system.items(INBOX, bob.person)] == ["task_assigned"]

    async def test_nobody_whose_account_is_closed(self, system: System, post: Post, ann: Reader) -> None:
        bob = await known(system, is_active=False)
        await system.publish(assigned(ann, bob))
        await ended(system, bob, "suppressed")
        assert post.to(bob.address) == []

    async def test_event_that_comes_twice_makes_one(self, system: System, post: Post, ann: Reader, bob: Reader) -> None:
        event = assigned(ann, bob)
        await system.publish(event)
        await post.wait_for(bob.address)
        await system.session().execute("DELETE FROM consumed_events")
        await system.publish(event, event)
        assert len(await mails(system, bob)) == 1

    async def test_who_is_not_known_yet_gets_it_later(self, system: System, post: Post, ann: Reader) -> None:
        person = system.users.register()
        bob = Reader(person, f"late{person.id}@example.com")
        await system.publish(assigned(ann, bob))

        async def was_tried() -> bool:
            return [row["reason"] for row in await mails(system, bob)] == ["the recipient is not known yet"]

        await until(was_tried)
        await system.publish(user_event(person.id, "late", email=bob.address))
        await hurry(system, bob)
        await post.wait_for(bob.address)


class TestBundles:
    async def test_changes_of_one_task_become_one_mail(
        self, system: System, post: Post, ann: Reader, bob: Reader
    ) -> None:
        await prefer(system, bob, matrix={"task_updated": {"email": True}})
        await system.publish(*updates(ann, bob, 5), *updates(ann, bob, 1))
        assert [row["status"] for row in await mails(system, bob)] == ["pending"] * 2
        await hurry(system, bob)
        sent = await post.wait_for(bob.address, 2)
        assert sorted(mail["Subject"].startswith("5 times “Write the plan”") for mail in sent) == [False, True]
        await system.publish(*updates(ann, bob, 1))
        assert len(await mails(system, bob)) == 3

    async def test_digest_collects_everything(self, system: System, post: Post, ann: Reader, bob: Reader) -> None:
        await prefer(system, bob, digest="daily", matrix={"task_updated": {"email": True}})
        await system.publish(assigned(ann, bob), assigned(ann, bob), *updates(ann, bob, 2))

        async def waits() -> bool:
            rows = await mails(system, bob)
            return [(row["bundle"], row["is_planned"]) for row in rows if row["bundle"] == "later"] == [("later", True)]

        await hurry(system, bob)
        await until(waits)

        async def is_one() -> bool:
            return len(await mails(system, bob)) == 1

        await until(is_one)
        assert post.to(bob.address) == []
        await hurry(system, bob)
        [mail] = await post.wait_for(bob.address)
        assert mail["Subject"] == "4 notifications"
        assert text_of(mail).count("assigned you") == 2

    async def test_quiet_hours_postpone(self, system: System, post: Post, ann: Reader, bob: Reader) -> None:
        now = await system.session().fetchval("SELECT to_char(now() AT TIME ZONE 'UTC', 'HH24:00')")
        hour = int(now[:2])
        await prefer(system, bob, quiet_hours={"from": f"{hour:02}:00", "to": f"{(hour + 3) % 24:02}:00"})
        await system.publish(assigned(ann, bob))

        async def waits() -> bool:
            rows = await mails(system, bob)
            return [row["bundle"] for row in rows] == ["later"]

        await until(waits)
        [row] = await mails(system, bob)
        assert (row["send_at"].hour, row["send_at"].minute) == ((hour + 3) % 24, 0)
        await prefer(system, bob)
        await hurry(system, bob)
        await post.wait_for(bob.address)


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


async def ended_in(system: System, reader: Reader, *either: set[str]) -> None:
    """Returns when what became of the mails to this reader is one of these."""

    async def holds() -> bool:
        return {row["status"] for row in await mails(system, reader)} in either

    await until(holds)


class TestUnsubscribe:
    async def link(self, system: System, post: Post, ann: Reader, bob: Reader) -> str:
        await system.publish(assigned(ann, bob))
        mail = (await post.wait_for(bob.address))[-1]
        return str(mail["List-Unsubscribe"].strip("<>").removeprefix(PUBLIC))

    async def test_one_click_without_signing_in(self, system: System, post: Post, ann: Reader, bob: Reader) -> None:
        link = await self.link(system, post, ann, bob)
        asked = await system.http.get(link)
        assert asked.status_code == 200
        assert "task assigned" in asked.text
        assert "default-src 'none'" in asked.headers["content-security-policy"]
        before = (await system.get(PREFERENCES, bob.person)).json()
        assert before["matrix"]["task_assigned"]["email"] is True
        for _ in range(2):
            clicked = await system.http.post(link, data={"List-Unsubscribe": "One-Click"})
            assert clicked.status_code == 200
        after = (await system.get(PREFERENCES, bob.person)).json()
        assert after["matrix"]["task_assigned"] == {"inbox": True, "email": False}
        assert after["matrix"]["mentioned"] == {"inbox": True, "email": True}
        await system.publish(assigned(ann, bob), comment_event(creator=bob.id, actor=ann.id, mentioned=[bob.id]))
        [_, mail] = await post.wait_for(bob.address, 2)
        assert "mentioned" in mail["Subject"]

    async def test_what_waits_is_not_sent_any_more(self, system: System, post: Post, ann: Reader, bob: Reader) -> None:
        post.answers[bob.address] = "451 later"
        await system.publish(assigned(ann, bob))

        async def was_tried() -> bool:
            [row] = await mails(system, bob)
            return bool(row["reason"])

        await until(was_tried)
        await prefer(system, bob, matrix={"task_assigned": {"email": False}})
        del post.answers[bob.address]
        await hurry(system, bob)
        await ended(system, bob, "suppressed")
        assert post.to(bob.address) == []

    @pytest.mark.parametrize("change_token", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t[:-4]])
    async def test_made_up_links_are_404(
        self, system: System, post: Post, ann: Reader, bob: Reader, change_token: Any
    ) -> None:
        link = await self.link(system, post, ann, bob)
        head, _, token = link.rpartition("/")
        for wrong in (change_token(token), "x", "%00", "é", "a" * 150):
            for method in ("GET", "POST"):
                answer = await system.http.request(method, f"{head}/{wrong}")
                assert_problem(answer, 404, "unsubscribe_unknown")
        assert (await system.http.get(f"{head}/{'a' * 300}")).status_code == 422


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


class TestStats:
    async def test_counts_by_state(self, system: System, post: Post, ann: Reader, bob: Reader) -> None:
        admin = system.users.register("admin")
        before = (await system.get(f"{INBOX}/stats", admin)).json()
        await system.publish(assigned(ann, bob))
        await ended(system, bob, "sent")
        after = (await system.get(f"{INBOX}/stats", admin)).json()
        assert after["mail"]["sent"] == before["mail"]["sent"] + 1
        assert after["inbox"]["total"] == before["inbox"]["total"] + 1
        assert after["dead_letters"] == 0
        assert after["mail"].keys() == before["mail"].keys() >= {"pending", "failed", "waiting_since"}

    async def test_mails_are_listed_and_failed_ones_tried_anew(
        self, system: System, post: Post, ann: Reader, bob: Reader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        admin = system.users.register("admin")
        monkeypatch.setattr("notifications_service.email.sender.MAX_ATTEMPTS", 1)
        post.answers[bob.address] = "451 not now"
        await system.publish(assigned(ann, bob))
        await ended(system, bob, "failed")
        [row] = await system.items(f"{INBOX}/deliveries?status=failed&limit=1", admin)
        assert (row["recipient_id"], row["kinds"], row["attempts"]) == (bob.id, ["task_assigned"], 1)
        assert "451" in row["reason"]
        assert row["next_attempt_at"] is None
        del post.answers[bob.address]
        again = await system.http.post(f"{INBOX}/deliveries/{row['id']}/retry", headers=admin.headers)
        assert (again.status_code, again.json()["status"]) == (202, "pending")
        await post.wait_for(bob.address)
        await ended(system, bob, "sent")
        missing = await system.http.post(f"{INBOX}/deliveries/{row['id']}/retry", headers=admin.headers)
        assert_problem(missing, 404, "mail_not_found")
        page = (await system.get(f"{INBOX}/deliveries?limit=2&count=true", admin)).json()
        rest = await system.items(f"{INBOX}/deliveries?limit=2&cursor={page['next_cursor']}", admin)
        ids = [row["id"] for row in [*page["items"], *rest]]
        assert ids == sorted(ids, reverse=True)
        assert page["total"] >= len(set(ids)) == 4

    async def test_for_administrators_only(self, system: System, ann: Reader) -> None:
        for method, path in (("GET", "stats"), ("GET", "deliveries"), ("POST", "deliveries/1/retry")):
            refused = await system.http.request(method, f"{INBOX}/{path}", headers=ann.person.headers)
            assert_problem(refused, 403, "forbidden")
            assert_problem(await system.http.request(method, f"{INBOX}/{path}"), 401, "unauthenticated")


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
