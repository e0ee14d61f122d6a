"""Mails: who gets one, and what stands in it."""

from __future__ import annotations

import re
from typing import Any

from tests.notifications_service.events import change, comment_event, due_event, member_event, task_event, user_event
from tests.notifications_service.mail.readers import (
    INBOX,
    PUBLIC,
    Reader,
    assigned,
    ended,
    hurry,
    known,
    mails,
    prefer,
    updates,
)
from tests.notifications_service.post import Post, text_of
from tests.notifications_service.system import System
from tests.waiting import until


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

        async def are_written() -> bool:
            sql = "SELECT count(*) = 4 FROM mail_items WHERE recipient_id = $1"
            return bool(await system.session().fetchval(sql, bob.id))

        async def waits() -> bool:
            rows = await mails(system, bob)
            return [(row["bundle"], row["is_planned"]) for row in rows if row["bundle"] == "later"] == [("later", True)]

        await until(are_written)
        await hurry(system, bob, planned=False)
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
