"""How often webhooks try, and what becomes of a delivery whose target or whose sender fails."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from notifications_service.webhooks import sending
from notifications_service.webhooks.sending import Outcome, next_step
from tests.fakes import FakeUsers, Person
from tests.notifications_service.system import System, frame, ready, running
from tests.notifications_service.test_webhooks import call
from tests.notifications_service.webhooks.sink import Sink, deliveries, hook, own, settled
from tests.postgres import Server
from tests.waiting import until


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
