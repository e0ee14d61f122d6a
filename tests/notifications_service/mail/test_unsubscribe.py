"""Links that end mails, and figures of mails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.notifications_service.events import comment_event
from tests.notifications_service.mail.readers import (
    INBOX,
    PREFERENCES,
    PUBLIC,
    Reader,
    assigned,
    ended,
    hurry,
    mails,
    prefer,
)
from tests.notifications_service.post import Post
from tests.notifications_service.system import System
from tests.notifications_service.test_inbox import assert_problem
from tests.waiting import until


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
