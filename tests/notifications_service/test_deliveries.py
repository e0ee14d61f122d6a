"""What webhooks send: to whom, signed how, how often, and what becomes of it. The targets are servers on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from notifications_service.webhooks import sending, service
from notifications_service.webhooks.sending import Outcome, next_step
from tests.fakes import FakeUsers, Person, running_users
from tests.notifications_service.events import change, comment_event, member_event, task_event, user_event
from tests.notifications_service.system import System, frame, ready, running
from tests.notifications_service.test_webhooks import HOOKS, call
from tests.postgres import Server
from tests.waiting import PATIENCE, until


class Sink:
    """A target: `/<name>` answers as `answers` says, 200 without; `hang...` never does."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: dict[str, int] = {}
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.released = asyncio.Event()
        self.news = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = head.split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:]) if k}
            body = await reader.readexactly(int(headers["content-length"]))
            name = lines[0].split()[1].strip("/")
            async with self.news:
                self.got.append((name, headers, body))
                self.news.notify_all()
            if name.startswith("hang"):
                await self.released.wait()
            status = self.answers.get(name, 200)
            writer.write(f"HTTP/1.1 {status} Fine\r\ncontent-length: 5\r\n\r\nhello".encode())
            await writer.drain()
        writer.close()

    async def at(self, name: str, number: int = 1) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """The first so many requests there, once they have come."""
        async with asyncio.timeout(PATIENCE), self.news:
            await self.news.wait_for(lambda: sum(got[0] == name for got in self.got) >= number)
        return [(headers, orjson.loads(body)) for where, headers, body in self.got if where == name]


@pytest.fixture(scope="module")
async def sink() -> AsyncIterator[Sink]:
    sink = Sink()
    async with await asyncio.start_server(sink.serve, "127.0.0.1", 0) as server:
        sink.port = server.sockets[0].getsockname()[1]
        yield sink
        sink.released.set()


@pytest.fixture(scope="module")
async def fake_users() -> AsyncIterator[FakeUsers]:
    async with running_users() as users:
        yield users


@pytest.fixture(scope="module")
async def system(postgres: Server, fake_users: FakeUsers, sink: Sink) -> AsyncIterator[System]:
    url = await postgres.database("notifications_service")
    async with running(url, fake_users, outgoing_allow=f"127.0.0.1:{sink.port}") as started:
        yield started


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow one another without pauses."""
    monkeypatch.setattr(sending, "PAUSES", (0,) * len(sending.PAUSES))


async def hook(system: System, sink: Sink, person: Person, name: str, **given: Any) -> dict[str, Any]:
    body = {"url": f"http://127.0.0.1:{sink.port}/{name}", "events": ["*"], **given}
    answer = await system.http.post(HOOKS, json=body, headers=person.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def deliveries(system: System, person: Person, made: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    page = await call(system, person, "GET", f"/{made['id']}/deliveries{query}")
    found: list[dict[str, Any]] = page.json()["items"]
    return found


async def settled(system: System, person: Person, made: dict[str, Any], status: str = "delivered") -> dict[str, Any]:
    """The newest delivery, once it stands so."""
    found: list[dict[str, Any]] = []

    async def stands() -> bool:
        found[:] = await deliveries(system, person, made)
        return bool(found) and found[0]["status"] == status

    await until(stands)
    return found[0]


def own(person: Person, **given: Any) -> dict[str, Any]:
    return task_event(creator=person.id, actor=person.id, **given)


def secret_of(made: dict[str, Any]) -> Webhook:
    return Webhook(made["secret"])


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


class TestRetries:
    async def test_anything_but_2xx_is_tried_again_with_the_same_id(
        self, system: System, sink: Sink, ann: Person, at_once: None
    ) -> None:
        sink.answers["again"] = 500
        made = await hook(system, sink, ann, "again")
        event = own(ann)
        await system.publish(event)
        await sink.at("again", 2)
        sink.answers["again"] = 302
        await sink.at("again", 3)
        sink.answers["again"] = 204
        delivery = await settled(system, ann, made)
        got = await sink.at("again")
        assert {headers["webhook-id"] for headers, _ in got} == {str(event["id"])}
        assert len({orjson.dumps(body) for _, body in got}) == 1
        assert delivery["attempts"] == len(got)
        detail = (await call(system, ann, "GET", f"/{made['id']}/deliveries/{delivery['id']}")).json()
        assert [one["response_status"] for one in detail["history"]][-1] == 204
        assert (await call(system, ann, "GET", f"/{made['id']}")).json()["failing_since"] is None

    def test_three_attempts_within_a_minute_and_more_than_a_day_of_them(self) -> None:
        slow, bad = Outcome(None, None, "too slow", 15_000), Outcome(503, None, None, 5)
        for _ in range(100):
            pauses = [next_step(n, bad)[1] for n in range(1, len(sending.PAUSES) + 1)]
            assert all(pause is not None for pause in pauses)
            first, second, *rest = [pause or 0.0 for pause in pauses]
            assert first + second + 2 * slow.milliseconds / 1000 <= 60
            assert sum(rest) > 24 * 3600
            assert rest == sorted(rest)
        assert next_step(len(sending.PAUSES) + 1, bad) == ("failed", None)
        assert next_step(1, Outcome(410, None, None, 5)) == ("failed", None)
        assert next_step(1, Outcome(204, None, None, 5)) == ("delivered", None)

    async def test_410_turns_it_off_and_tells_the_owner(
        self, system: System, sink: Sink, ann: Person, bob: Person
    ) -> None:
        sink.answers["gone"] = 410
        made = await hook(system, sink, ann, "gone")
        async with system.listening(ann) as ws:
            await ready(ws)
            await system.publish(own(ann))
            assert (await settled(system, ann, made, "failed"))["attempts"] == 1
            found = [await frame(ws), await frame(ws)]
        [said] = [one["notification"] for one in found if one["type"] == "notification"]
        assert said["kind"] == "system"
        assert f"127.0.0.1:{sink.port}" in said["message"]
        assert "/gone" not in said["message"]
        shown = (await call(system, ann, "GET", f"/{made['id']}")).json()
        assert (shown["is_active"], shown["disabled_reason"]) == (False, "gone")
        for path in ("test", f"deliveries/{(await deliveries(system, ann, made))[0]['id']}/redeliver"):
            assert (await call(system, ann, "POST", f"/{made['id']}/{path}")).json()["code"] == "webhook_inactive"
        sink.answers["gone"] = 200
        again = (await call(system, ann, "PATCH", f"/{made['id']}", json={"is_active": True})).json()
        assert (again["disabled_reason"], again["failing_since"]) == (None, None)

    async def test_a_day_of_failures_turns_it_off(self, system: System, sink: Sink, ann: Person, at_once: None) -> None:
        sink.answers["failing"] = 500
        made = await hook(system, sink, ann, "failing")
        await system.publish(own(ann))
        await settled(system, ann, made, "failed")
        assert (await call(system, ann, "GET", f"/{made['id']}")).json()["is_active"], "not for one bad hour"
        long_ago = "UPDATE webhooks SET failing_since = now() - interval '25 hours' WHERE id = $1"
        await system.session().execute(long_ago, made["id"])
        await system.publish(own(ann))
        await settled(system, ann, made, "failed")
        shown = (await call(system, ann, "GET", f"/{made['id']}")).json()
        assert (shown["is_active"], shown["disabled_reason"]) == (False, "failing")
        kinds = [row["kind"] for row in await system.items("/api/notifications", ann)]
        assert kinds.count("system") == 1

    async def test_one_that_hangs_delays_nobody(self, system: System, sink: Sink, ann: Person) -> None:
        hanging = await hook(system, sink, ann, "hang")
        quick = await hook(system, sink, ann, "quick")
        happened = [own(ann) for _ in range(30)]
        await system.publish(*happened)
        assert len(await sink.at("quick", 30)) == 30
        await sink.at("hang", sending.EACH)
        assert sum(got[0] == "hang" for got in sink.got) == sending.EACH
        assert all(one["status"] == "pending" for one in await deliveries(system, ann, hanging))
        await settled(system, ann, quick)
        assert (await call(system, ann, "DELETE", f"/{hanging['id']}")).status_code == 204
        sink.released.set()

    async def test_those_that_fail_leave_room(
        self, system: System, sink: Sink, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And each has as many tries at a time as others, since each event is tried three times within a minute."""
        monkeypatch.setattr(sending, "FAILING", 3)
        sink.released.clear()
        failing, well = await hook(system, sink, ann, "hang/again"), await hook(system, sink, ann, "well")
        await system.session().execute("UPDATE webhooks SET failing_since = now() WHERE id = $1", failing["id"])
        await system.publish(*(own(ann) for _ in range(10)))
        assert len(await sink.at("well", 10)) == 10
        await settled(system, ann, well)
        assert sum(got[0] == "hang/again" for got in sink.got) == 3
        assert (await call(system, ann, "DELETE", f"/{failing['id']}")).status_code == 204
        sink.released.set()

    async def test_private_address_is_not_called(self, system: System, sink: Sink, ann: Person) -> None:
        """As after a change of OUTGOING_ALLOW, or of what a name means."""
        made = await hook(system, sink, ann, "private")
        change_url = "UPDATE webhooks SET url = replace(url, '127.0.0.1', '127.0.0.2') WHERE id = $1"
        await system.session().execute(change_url, made["id"])
        await system.publish(own(ann))
        found: list[dict[str, Any]] = []

        async def refused() -> bool:
            found[:] = await deliveries(system, ann, made)
            return found[0]["error"] is not None

        await until(refused)
        assert (found[0]["error"], found[0]["status"]) == ("is not a public address", "pending")
        assert not [got for got in sink.got if got[0] == "private"]


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


class TestCrash:
    async def test_what_was_under_way_is_sent_again_with_its_id(
        self, postgres: Server, fake_users: FakeUsers, sink: Sink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The worker ends while a target is thinking; the next one sends again when the claim has run out."""
        monkeypatch.setattr(sending, "LEASE", 0.5)
        sink.released.clear()
        url = await postgres.database("notifications_service")
        given = {"outgoing_allow": f"127.0.0.1:{sink.port}"}
        ann = fake_users.register()
        seen = sum(got[0] == "hang" for got in sink.got)
        async with running(url, fake_users, **given) as first:
            await hook(first, sink, ann, "hang")
            event = own(ann)
            await first.publish(event)
            await sink.at("hang", seen + 1)
        sink.released.set()
        async with running(url, fake_users, **given) as second:
            got = await sink.at("hang", seen + 2)
            made = (await call(second, ann, "GET", "")).json()["items"][0]
            assert (await settled(second, ann, made))["attempts"] == 2
        assert {headers["webhook-id"] for headers, _ in got[seen:]} == {str(event["id"])}


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
