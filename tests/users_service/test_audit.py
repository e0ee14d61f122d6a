"""The audit trail: complete, exact while there is little, bounded while there is much, and without a secret."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared import trail as trails
from shared.context import RequestContext, current
from shared.trail import Entries, Entry, Trail
from tests.apps import ServiceApp
from tests.users_service.mailbox import Mailbox
from tests.users_service.people import PASSWORD, Person, assert_problem, make_admin, registration, sign_up
from users_service.audit.service import purge_entries

AUDIT = "/api/audit"


async def entries(admin: Person, **params: Any) -> list[dict[str, Any]]:
    """What is there, newest first, once everything noted has been handed over."""
    await admin.running.app.state.trail.flush()
    answer = await admin.get(AUDIT, params={"limit": 100, **params})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def of_request(admin: Person, request_id: str) -> dict[str, Any]:
    [found] = [entry for entry in await entries(admin) if entry["request_id"] == request_id]
    return found


class TestSignIns:
    async def test_each_stands_there(self, users_app: ServiceApp, person: Person, admin: Person) -> None:
        body = {"username": person.username, "password": PASSWORD}
        headers = {"X-Request-ID": f"in-{person.id}", "X-Real-IP": "198.51.100.7"}
        assert (await users_app.http.post("/api/auth/login", json=body, headers=headers)).status_code == 200
        entry = await of_request(admin, f"in-{person.id}")
        assert (entry["action"], entry["actor_id"], entry["address"]) == ("session.opened", person.id, "198.51.100.7")
        assert entry["target"].startswith("session/")
        assert entry["occurred_at"].endswith("Z")
        assert (entry["count"], entry["details"]) == (1, {"via": "password"})

    async def test_a_failed_one_names_the_account_for_administrators(
        self, users_app: ServiceApp, person: Person, admin: Person
    ) -> None:
        for name, target in ((person.username, f"user/{person.id}"), ("nobody-known", "POST /api/auth/login")):
            body, request_id = {"username": name, "password": "wrong password"}, f"out-{name}"
            await users_app.http.post("/api/auth/login", json=body, headers={"X-Request-ID": request_id})
            entry = await of_request(admin, request_id)
            assert (entry["action"], entry["actor_id"]) == ("refused.invalid_credentials", None)
            assert entry["target"] == target


class TestRefusals:
    async def test_without_identity(self, users_app: ServiceApp, admin: Person) -> None:
        headers = {"X-Request-ID": "anonymous-1", "X-Real-IP": "198.51.100.8", "Authorization": "Bearer nonsense"}
        await users_app.http.get("/api/users/me", headers=headers)
        entry = await of_request(admin, "anonymous-1")
        assert (entry["action"], entry["actor_id"]) == ("refused.unauthenticated", None)
        assert (entry["target"], entry["address"]) == ("GET /api/users/me", "198.51.100.8")

    async def test_without_right(self, person: Person, admin: Person) -> None:
        headers = {"X-Request-ID": f"forbidden-{person.id}"}
        await person.patch(f"/api/users/{admin.id}", json={"full_name": "x"}, headers=headers)
        entry = await of_request(admin, f"forbidden-{person.id}")
        assert (entry["action"], entry["actor_id"]) == ("refused.forbidden", person.id)
        assert entry["target"] == f"PATCH /api/users/{admin.id}"

    async def test_a_token_with_too_little(self, person: Person, admin: Person) -> None:
        token = (await person.post("/api/auth/tokens", json={"name": "x", "scopes": ["tasks:read"]})).json()["token"]
        headers = {"X-Request-ID": f"scope-{person.id}", "Authorization": f"Bearer {token}"}
        await person.get("/api/auth/sessions", headers=headers)
        entry = await of_request(admin, f"scope-{person.id}")
        assert (entry["action"], entry["actor_id"]) == ("refused.insufficient_scope", person.id)

    async def test_those_of_other_services_arrive(self, users_app: ServiceApp, admin: Person) -> None:
        noted: list[Entry] = []

        async def keep(batch: list[Entry]) -> None:
            noted.extend(batch)

        trail = Trail(keep)
        trail.note("refused.forbidden", actor_id=admin.id, target="DELETE /api/tasks/7")
        await trail.flush()
        body = Entries(entries=[noted[0].model_copy(update={"request_id": "from-tasks"})]).model_dump_json()
        headers = {"Content-Type": "application/json"}
        assert (await users_app.http.post("/internal/audit", content=body, headers=headers)).status_code == 204
        assert (await of_request(admin, "from-tasks"))["target"] == "DELETE /api/tasks/7"


class TestActs:
    async def test_what_administrators_do_to_accounts(self, users_app: ServiceApp, admin: Person) -> None:
        person = await sign_up(users_app)
        acts: list[tuple[str, str, dict[str, Any] | None, str]] = [
            ("PATCH", "", {"role": "admin"}, "user.role_changed"),
            ("PATCH", "", {"is_active": False}, "user.deactivated"),
            ("PATCH", "", {"is_active": True}, "user.reactivated"),
            ("PATCH", "", {"full_name": "Somebody Else"}, "user.changed"),
            ("DELETE", "/sessions", None, "session.ended_others"),
            ("DELETE", "/2fa", None, "two_factor.reset"),
            ("DELETE", "", None, "user.deleted"),
        ]
        for i, (method, path, body, action) in enumerate(acts):
            headers = {"X-Request-ID": f"act-{person.id}-{i}"}
            await admin.call(method, f"/api/users/{person.id}{path}", json=body, headers=headers)
            entry = await of_request(admin, f"act-{person.id}-{i}")
            assert (entry["action"], entry["actor_id"], entry["target"]) == (action, admin.id, f"user/{person.id}")

    async def test_what_failed_is_no_act(self, users_app: ServiceApp, admin: Person, person: Person) -> None:
        headers = {"X-Request-ID": f"stale-{person.id}", "If-Match": '"99"'}
        assert_problem(await admin.patch(f"/api/users/{person.id}", json={"role": "admin"}, headers=headers), 412)
        assert not [e for e in await entries(admin) if e["request_id"] == f"stale-{person.id}"]


class TestReading:
    async def test_is_for_administrators(self, users_app: ServiceApp, person: Person) -> None:
        assert_problem(await users_app.http.get(AUDIT), 401)
        assert_problem(await person.get(AUDIT), 403)

    async def test_filters(self, users_app: ServiceApp, admin: Person) -> None:
        person = await sign_up(users_app)
        await person.get(AUDIT)
        mine = await entries(admin, actor=person.id)
        assert {entry["actor_id"] for entry in mine} == {person.id}
        assert [entry["action"] for entry in mine] == ["refused.forbidden", "session.opened"]
        assert [e["action"] for e in await entries(admin, actor=person.id, action="refused")] == ["refused.forbidden"]
        assert await entries(admin, actor=person.id, action="ref") == []
        middle = mine[0]["occurred_at"]
        assert len(await entries(admin, actor=person.id, since=middle)) == 1
        assert len(await entries(admin, actor=person.id, until=middle)) == 1

    async def test_is_walked_by_key(self, users_app: ServiceApp, admin: Person) -> None:
        person = await sign_up(users_app)
        for _ in range(4):
            await person.again()
        first = (await admin.get(f"{AUDIT}?actor={person.id}&limit=3&count=true")).json()
        rest = (await admin.get(f"{AUDIT}?actor={person.id}&limit=3&cursor={first['next_cursor']}")).json()
        ids = [entry["id"] for entry in first["items"] + rest["items"]]
        assert (first["total"], len(ids), ids) == (5, 5, sorted(ids, reverse=True))

    @pytest.mark.parametrize(
        "query",
        [
            *("actor=0", "actor=x", "since=yesterday", "since=2026-01-01T00:00:00", "action=", "limit=0", "cursor=x"),
            *("since=0.5", "action=%00", "x=1"),
        ],
    )
    async def test_nonsense_is_refused(self, admin: Person, query: str) -> None:
        assert_problem(await admin.get(f"{AUDIT}?{query}"), 422)


class TestRetention:
    async def test_old_entries_go(self, users_app: ServiceApp, person: Person) -> None:
        session = users_app.session()
        await session.execute(
            "UPDATE audit_entries SET occurred_at = now() - interval '91 days' WHERE actor_id = $1", person.id
        )
        before = await session.fetchval("SELECT count(*) FROM audit_entries")
        assert await purge_entries(session, 90) is False
        assert await session.fetchval("SELECT count(*) FROM audit_entries WHERE actor_id = $1", person.id) == 0
        assert await session.fetchval("SELECT count(*) FROM audit_entries") < before


class TestSecrets:
    async def test_none_is_left_anywhere(
        self, users_app: ServiceApp, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        canary, new = "Canary-pass-phrase-1", "Canary-pass-phrase-2"
        body = registration(password=canary)
        http, address = users_app.http, body["email"]
        await http.post("/api/auth/register", json=body)
        signed_in = (await http.post("/api/auth/login", json={"username": body["username"], "password": canary})).json()
        person = Person(users_app, signed_in["user"]["id"], body["username"], signed_in["access_token"], "")
        made = (await person.post("/api/auth/tokens", json={"name": "x", "scopes": ["tasks:read"]})).json()["token"]
        await person.post("/api/auth/password/change", json={"current_password": new, "new_password": canary})
        await http.post("/api/auth/login", json={"username": canary, "password": canary})
        await http.post("/api/auth/password/forgot", json={"email": address})
        link = await mailbox.token(address)
        await http.post("/api/auth/password/reset", json={"token": link, "new_password": new})
        await http.post("/api/auth/password/reset", json={"token": link, "new_password": new})
        await http.post("/api/auth/refresh", json={"refresh_token": signed_in["refresh_token"]})
        await http.get("/api/users/me", headers={"Authorization": f"Bearer {made}"})
        await users_app.app.state.trail.flush()
        secrets = [canary, new, link, made, signed_in["access_token"], signed_in["refresh_token"]]
        tables = await users_app.session().fetch(
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        for table in tables:
            rows = str([dict(row) for row in await users_app.session().fetch(f'SELECT * FROM "{table["name"]}"')])
            assert not [secret for secret in secrets if secret in rows], table["name"]
        output = "".join(capsys.readouterr())
        assert not [secret for secret in secrets if secret in output]


class Kept:
    """A trail whose entries are looked at."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.failing = False
        self.trail = Trail(self.keep)

    async def keep(self, batch: list[Entry]) -> None:
        if self.failing:
            raise OSError("away")
        self.entries += batch

    def note(self, address: str, times: int = 1, actor_id: int | None = None) -> None:
        token = current.set(RequestContext("r", "t", address))
        for _ in range(times):
            self.trail.note("refused.unauthenticated", actor_id=actor_id, target="GET /x")
        current.reset(token)


class TestFloods:
    async def test_of_many_alike_the_rest_is_one_entry(self) -> None:
        kept = Kept()
        kept.note("198.51.100.1", 5000)
        kept.note("198.51.100.2", 3)
        await kept.trail.flush()
        assert len(kept.entries) == trails.SINGLY + 3
        kept.trail._close_minute()
        await kept.trail.flush()
        assert sum(entry.count for entry in kept.entries) == 5003
        assert len(kept.entries) == trails.SINGLY + 3 + 1

    async def test_from_everywhere_at_once_little_is_written(self) -> None:
        kept = Kept()
        for i in range(20_000):
            kept.note(f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}")
        kept.trail._close_minute()
        await kept.trail.flush()
        assert sum(entry.count for entry in kept.entries) == 20_000
        assert len(kept.entries) <= trails.ALL_SINGLY + trails.KINDS + 1

    async def test_neighbours_of_one_ipv6_network_are_alike(self) -> None:
        kept = Kept()
        for i in range(100):
            kept.note(f"2001:db8::{i:x}")
        await kept.trail.flush()
        assert len(kept.entries) == trails.SINGLY

    async def test_what_cannot_be_kept_waits(self) -> None:
        kept = Kept()
        kept.failing = True
        kept.note("198.51.100.1", 5)
        await kept.trail.flush()
        kept.failing = False
        await kept.trail.flush()
        assert len(kept.entries) == 5


class TestLastAdministrator:
    async def test_stays_whatever_happens_at_once(self, users_app: ServiceApp) -> None:
        await users_app.session().execute("UPDATE users SET role = 'user' WHERE role = 'admin'")
        both = [await make_admin(users_app) for _ in range(2)]
        for body in ({"role": "user"}, {"is_active": False}, None):
            one, other = both
            calls = [
                a.delete(f"/api/users/{b.id}") if body is None else a.patch(f"/api/users/{b.id}", json=body)
                for a, b in ((one, other), (other, one))
            ]
            codes = sorted(answer.status_code for answer in await asyncio.gather(*calls))
            left = "SELECT count(*) FROM users WHERE role = 'admin' AND is_active"
            assert await users_app.session().fetchval(left) == 1
            assert codes[0] in (200, 204)
            assert codes[1] in (401, 403, 409)
            await users_app.session().execute("UPDATE users SET role = 'user' WHERE role = 'admin'")
            both = [await make_admin(users_app) for _ in range(2)]
