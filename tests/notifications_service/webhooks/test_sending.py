"""What webhooks send: to whom, signed how, in what form, and what is sent once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError

from notifications_service.webhooks import service
from tests.fakes import Person
from tests.notifications_service.events import change, comment_event, member_event, task_event, user_event
from tests.notifications_service.system import System, ready
from tests.notifications_service.test_webhooks import call
from tests.notifications_service.webhooks.sink import Sink, deliveries, hook, own, secret_of, settled


class TestDelivery:
    async def test_reference_library_verifies_it(self, system: System, sink: Sink, ann: Person) -> None:
        made = await hook(system, sink, ann, "signed")
        changes = {"title": change("Old", "New")}
        event = task_event("updated", creator=ann.id, actor=ann.id, changes=changes, title="New", version=3)
        await system.publish(event)
        [(headers, _)] = await sink.at("signed")
        [(_, _, raw)] = [got for got in sink.got if got[0] == "signed"]
        said: Any = secret_of(made).verify(raw, headers)
        assert set(said) == {"type", "timestamp", "data"}
        assert said["type"] == "task.updated"
        assert said["timestamp"] == "2026-11-20T12:00:00Z"
        assert said["data"]["changes"] == changes
        assert said["data"]["task"]["title"] == "New"
        assert said["data"]["event_id"] == headers["webhook-id"] == str(event["id"])
        assert headers["content-type"] == "application/json"
        with pytest.raises(WebhookVerificationError):
            secret_of(made).verify(raw.replace(b"New", b"Nix"), headers)
        delivery = await settled(system, ann, made)
        assert (delivery["attempts"], delivery["response_status"]) == (1, 200)
        assert delivery["next_attempt_at"] is None
        detail = (await call(system, ann, "GET", f"/{made['id']}/deliveries/{delivery['id']}")).json()
        assert detail["payload"] == said
        assert detail["response_excerpt"] == "hello"
        assert [one["response_status"] for one in detail["history"]] == [200]

    async def test_rotated_secret_and_the_one_before_both_verify(self, system: System, sink: Sink, ann: Person) -> None:
        made = await hook(system, sink, ann, "rotated")
        rotated = (await call(system, ann, "POST", f"/{made['id']}/rotate-secret")).json()
        await system.publish(own(ann))
        await sink.at("rotated")
        _, headers, raw = next(got for got in sink.got if got[0] == "rotated")
        assert len(headers["webhook-signature"].split()) == 2
        for one in (made, rotated):
            secret_of(one).verify(raw, headers)
        await system.session().execute("UPDATE webhooks SET old_secret_until = now() WHERE id = $1", made["id"])
        await system.publish(own(ann))
        (headers, _) = (await sink.at("rotated", 2))[1]
        assert len(headers["webhook-signature"].split()) == 1

    async def test_owner_gets_what_they_see_and_asked_for(
        self, system: System, sink: Sink, ann: Person, bob: Person, admin: Person
    ) -> None:
        everything = await hook(system, sink, ann, "everything")
        assigned = await hook(system, sink, ann, "assigned", events=["task.assigned", "comment.added"])
        project = await hook(system, sink, ann, "project", project_id=9)
        ruling = await hook(system, sink, admin, "ruling")
        off = await hook(system, sink, ann, "off", is_active=False)
        mine = own(ann)
        theirs = own(bob)
        given = own(bob, assignees=[ann.id], project_id=9)
        comment = comment_event(task_id=mine["data"]["task"]["id"], creator=ann.id, actor=ann.id)
        member = {**member_event("added", bob.id, project_id=9), "audience": [ann.id, bob.id]}
        happened = [mine, theirs, given, comment, member]
        await system.publish(*happened)

        async def sent(person: Person, made: dict[str, Any]) -> list[str]:
            return [one["event_id"] for one in await deliveries(system, person, made, "?sort=created_at")]

        ids = [str(event["id"]) for event in happened]
        assert await sent(ann, everything) == [ids[0], *ids[2:]]
        assert await sent(ann, assigned) == [ids[2], ids[3]]
        assert await sent(ann, project) == [ids[2], ids[4]]
        assert await sent(admin, ruling) == ids
        assert await sent(ann, off) == []

    async def test_event_that_comes_again_is_sent_once(self, system: System, sink: Sink, ann: Person) -> None:
        made = await hook(system, sink, ann, "once")
        event = own(ann)
        await system.publish(event, event)
        await system.session().execute("DELETE FROM consumed_events WHERE event_id = $1", event["id"])
        await system.publish(event)
        await settled(system, ann, made)
        assert len(await deliveries(system, ann, made)) == 1
        assert len(await sink.at("once")) == 1

    async def test_who_is_deactivated_or_demoted_gets_no_more(
        self, system: System, sink: Sink, ann: Person, admin: Person
    ) -> None:
        made, ruling = await hook(system, sink, ann, "deactivated"), await hook(system, sink, admin, "demoted")
        gone, lower = user_event(ann.id, "ann", version=7), user_event(admin.id, "root", version=7)
        gone["type"], gone["data"]["is_active"] = "user.deactivated", False
        lower["type"] = "user.updated"
        await system.publish(gone, lower, own(ann))
        shown = (await call(system, ann, "GET", f"/{made['id']}")).json()
        assert (shown["is_active"], shown["disabled_reason"]) == (False, "owner_deactivated")
        assert await deliveries(system, ann, made) == await deliveries(system, admin, ruling) == []


class TestAgain:
    async def test_redelivery_has_the_same_id_and_body(self, system: System, sink: Sink, ann: Person) -> None:
        made = await hook(system, sink, ann, "redelivered")
        await system.publish(own(ann))
        delivery = await settled(system, ann, made)
        answer = await call(system, ann, "POST", f"/{made['id']}/deliveries/{delivery['id']}/redeliver")
        assert (answer.status_code, answer.json()["status"]) == (202, "pending")
        (one, first), (two, second) = await sink.at("redelivered", 2)
        assert one["webhook-id"] == two["webhook-id"]
        assert first == second

    async def test_test_delivery(self, system: System, sink: Sink, ann: Person) -> None:
        made = await hook(system, sink, ann, "tested", events=["task.deleted"])
        answer = await call(system, ann, "POST", f"/{made['id']}/test")
        assert answer.status_code == 202
        [(_, said)] = await sink.at("tested")
        assert said["type"] == "webhook.test"
        delivery = (await system.get(answer.headers["location"], ann)).json()
        assert delivery["event_type"] == "webhook.test"

    async def test_replay_shows_what_the_owner_could_see(
        self, system: System, sink: Sink, ann: Person, bob: Person
    ) -> None:
        async with system.listening(ann) as ws:
            cursor = await ready(ws)
        before, theirs = own(ann), own(bob)
        await system.publish(before, theirs)
        made = await hook(system, sink, ann, "replayed")
        sent = own(ann)
        await system.publish(sent)
        await settled(system, ann, made)
        answer = await call(system, ann, "POST", f"/{made['id']}/replay", json={"after": cursor})
        assert answer.status_code == 202
        assert answer.json() == {"queued": 2, "next_cursor": None}
        got = await sink.at("replayed", 3)
        ids = [headers["webhook-id"] for headers, _ in got]
        assert set(ids) == {str(before["id"]), str(sent["id"])}
        first, again = [said for headers, said in got if headers["webhook-id"] == str(sent["id"])]
        assert first == again
        hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        body = {"since": hour_ago}
        assert (await call(system, ann, "POST", f"/{made['id']}/replay", json=body)).json()["queued"] >= 2

    async def test_replay_goes_on_from_its_cursor(
        self, system: System, sink: Sink, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with system.listening(ann) as ws:
            after: str | None = await ready(ws)
        await system.publish(*(own(ann) for _ in range(5)))
        made = await hook(system, sink, ann, "continued")
        monkeypatch.setattr(service, "MAX_REPLAYED", 2)
        queued = []
        while after:
            page = (await call(system, ann, "POST", f"/{made['id']}/replay", json={"after": after})).json()
            queued.append(page["queued"])
            after = page["next_cursor"]
        assert queued == [2, 2, 1]
        assert len(await sink.at("continued", 5)) == 5

    @pytest.mark.parametrize(
        "body", [{}, {"after": "x"}, {"after": "0123456789ab-1"}, {"since": "now"}, {"since": "2026-01-01T00:00:00"}]
    )
    async def test_replay_of_nonsense_is_422(self, system: System, sink: Sink, ann: Person, body: Any) -> None:
        made = await hook(system, sink, ann, "nonsense")
        assert (await call(system, ann, "POST", f"/{made['id']}/replay", json=body)).status_code == 422


class TestFormats:
    @pytest.mark.parametrize(
        ("format_", "field", "said"),
        [
            ("slack", "text", "Ann &lt;b&gt; completed <{url}|WEB-1 A &amp; *b*&lt;!channel&gt;>"),
            ("discord", "content", "Ann \\<b\\> completed [WEB-1 A & \\*b\\*\\<!channel\\>]({url})"),
            ("matrix", "text", "Ann \\<b\\> completed [WEB-1 A & \\*b\\*\\<!channel\\>]({url})"),
        ],
    )
    async def test_sentence(self, system: System, sink: Sink, ann: Person, format_: str, field: str, said: str) -> None:
        await system.publish(user_event(ann.id, f"ann{ann.id}", "Ann <b>"))
        await hook(system, sink, ann, f"chat-{format_}", format=format_)
        changes = {"status": change("todo", "completed")}
        who: dict[str, Any] = {"creator": ann.id, "actor": ann.id}
        event = task_event("updated", changes=changes, title="A & *b*<!channel>", key="WEB-1", **who)
        await system.publish(event)
        [(_, body)] = await sink.at(f"chat-{format_}")
        url = f"{system.settings.public_url}/tasks/{event['data']['task']['id']}"
        assert body[field] == said.replace("{url}", url)
