"""Where somebody is signed in, and how that ends."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.apps import ServiceApp
from tests.conftest import StartApp
from tests.users_service.people import PASSWORD, Person, assert_problem, events_about, sign_in, sign_up
from users_service.auth.origin import device_of

SESSIONS = "/api/auth/sessions"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def ids(person: Person) -> list[str]:
    return [item["id"] for item in (await person.get(SESSIONS)).json()["items"]]


class TestList:
    async def test_shows_device_and_address(self, users_app: ServiceApp, person: Person) -> None:
        headers = {"User-Agent": FIREFOX, "X-Real-IP": "2001:db8::7", "X-Forwarded-For": "6.6.6.6"}
        body = {"username": person.username, "password": PASSWORD}
        assert (await users_app.http.post("/api/auth/login", json=body, headers=headers)).status_code == 200
        newest, present = (await person.get(SESSIONS)).json()["items"]
        assert (newest["device"], newest["address"], newest["current"]) == ("Firefox on Linux", "2001:db8::7", False)
        assert (present["address"], present["current"]) == ("127.0.0.1", True)
        assert newest.keys() == {
            *("id", "device", "user_agent", "address", "created_at", "last_used_at", "expires_at", "current")
        }

    async def test_is_walked_by_key(self, person: Person) -> None:
        others = [await person.again() for _ in range(4)]
        first = (await person.get(f"{SESSIONS}?limit=3&count=true")).json()
        assert (len(first["items"]), first["total"]) == (3, 5)
        second = (await person.get(f"{SESSIONS}?limit=3&cursor={first['next_cursor']}")).json()
        assert second["next_cursor"] is None
        assert len({i["id"] for i in first["items"] + second["items"]}) == 5
        assert len(await ids(others[0])) == 5

    async def test_ended_ones_are_gone(self, person: Person) -> None:
        other = await person.again()
        await other.post("/api/auth/logout")
        assert len(await ids(person)) == 1

    async def test_use_is_noted_once_a_minute(self, users_app: ServiceApp, person: Person) -> None:
        session = users_app.session()
        find = "SELECT last_used_at FROM sessions WHERE user_id = $1"
        first = await session.fetchval(find, person.id)
        await person.get("/api/auth/verify")
        assert await session.fetchval(find, person.id) == first
        await session.execute(
            "UPDATE sessions SET last_used_at = now() - interval '2 minutes' WHERE user_id = $1", person.id
        )
        await person.get("/api/auth/verify")
        assert await session.fetchval(find, person.id) > first

    async def test_a_hostile_name_of_a_device_is_kept_short(self, users_app: ServiceApp, person: Person) -> None:
        agent = b"x" * 5000 + b"\xff\x85<script>"
        body = {"username": person.username, "password": PASSWORD}
        answer = await users_app.http.post("/api/auth/login", json=body, headers={b"User-Agent": agent})
        assert answer.status_code == 200
        assert len((await person.get(SESSIONS)).json()["items"][0]["user_agent"]) <= 300

    @pytest.mark.parametrize(
        ("agent", "device"),
        [
            (FIREFOX, "Firefox on Linux"),
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Windows"),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604.1", "Safari on iPhone"),
            ("curl/8.5.0", "curl"),
            ("", "unknown device"),
        ],
    )
    def test_device(self, agent: str, device: str) -> None:
        assert device_of(agent) == device


class TestEnd:
    async def test_one_of_several(self, users_app: ServiceApp, person: Person) -> None:
        other = await person.again()
        newest = (await ids(person))[0]
        assert (await person.delete(f"{SESSIONS}/{newest}")).status_code == 204
        assert not await other.is_signed_in()
        assert await person.is_signed_in()
        refused = await users_app.http.post("/api/auth/refresh", json={"refresh_token": other.refresh})
        assert_problem(refused, 401, "invalid_refresh_token")
        event = (await events_about(users_app, person.id))[-1]
        assert (event.type, [str(i) for i in event.data.session_ids]) == ("session.revoked", [newest])  # type: ignore[union-attr]
        assert_problem(await person.delete(f"{SESSIONS}/{newest}"), 404, "session_not_found")

    async def test_all_the_others(self, person: Person) -> None:
        others = [await person.again() for _ in range(3)]
        token = await person.post("/api/auth/tokens", json={"name": "x", "scopes": ["tasks:read"]})
        assert (await person.delete(SESSIONS)).status_code == 204
        assert [await other.is_signed_in() for other in others] == [False] * 3
        assert await person.is_signed_in()
        with_token = await person.get("/api/users/me", headers={"Authorization": f"Bearer {token.json()['token']}"})
        assert with_token.status_code == 200

    async def test_foreign_and_missing_are_the_same(self, users_app: ServiceApp, person: Person) -> None:
        stranger = await sign_up(users_app)
        foreign, missing = (await ids(stranger))[0], str(uuid.uuid4())
        for method in ("GET", "DELETE"):
            answers = [await person.call(method, f"{SESSIONS}/{i}") for i in (foreign, missing)]
            bodies: list[dict[str, Any]] = [assert_problem(a, 404, "session_not_found") for a in answers]
            assert (
                len({tuple((k, v) for k, v in b.items() if k not in ("instance", "request_id")) for b in bodies}) == 1
            )
        assert await stranger.is_signed_in()

    @pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("DELETE", f"/{uuid.UUID(int=7)}")])
    async def test_anonymous_is_refused(self, users_app: ServiceApp, method: str, path: str) -> None:
        assert_problem(await users_app.http.request(method, SESSIONS + path), 401)

    async def test_a_personal_token_does_not_manage_sessions(self, person: Person) -> None:
        token = await person.post("/api/auth/tokens", json={"name": "x", "scopes": ["tasks:*"]})
        headers = {"Authorization": f"Bearer {token.json()['token']}"}
        assert_problem(await person.get(SESSIONS, headers=headers), 403, "insufficient_scope")


class TestAdministrator:
    async def test_signs_somebody_out(self, users_app: ServiceApp, person: Person, admin: Person) -> None:
        other = await person.again()
        assert (await admin.delete(f"/api/users/{person.id}/sessions")).status_code == 204
        assert [await person.is_signed_in(), await other.is_signed_in()] == [False, False]
        assert await (await sign_in(users_app, person.username)).is_signed_in()

    async def test_oneself_stays(self, person: Person) -> None:
        other = await person.again()
        assert (await person.delete(f"/api/users/{person.id}/sessions")).status_code == 204
        assert [await person.is_signed_in(), await other.is_signed_in()] == [True, False]

    async def test_others_do_not(self, users_app: ServiceApp, person: Person) -> None:
        stranger = await sign_up(users_app)
        assert_problem(await stranger.delete(f"/api/users/{person.id}/sessions"), 403, "forbidden")
        assert_problem(await stranger.delete(f"/api/users/{2**62}/sessions"), 404, "user_not_found")
        assert await person.is_signed_in()


class TestEveryEnd:
    @pytest.mark.parametrize("act", ["role", "deactivate", "delete", "end"])
    async def test_holds_after_every_process_was_restarted(self, service_app: StartApp, act: str) -> None:
        async with service_app("users_service") as running:
            person = await sign_up(running)
            admin = await sign_up(running)
            await running.session().execute("UPDATE users SET role = 'admin' WHERE id = $1", admin.id)
            done = {
                "role": lambda: admin.patch(f"/api/users/{person.id}", json={"role": "admin"}),
                "deactivate": lambda: admin.patch(f"/api/users/{person.id}", json={"is_active": False}),
                "delete": lambda: admin.delete(f"/api/users/{person.id}"),
                "end": lambda: admin.delete(f"/api/users/{person.id}/sessions"),
            }
            assert (await done[act]()).status_code in (200, 204)
            assert not await person.is_signed_in()
            revoked = [e for e in await events_about(running, person.id) if e.type == "session.revoked"]
            assert len(revoked) == 1
            url = running.settings.database_url
        async with service_app("users_service", database_url=url) as again:
            person.running = again
            assert not await person.is_signed_in()
            refused = await again.http.post("/api/auth/refresh", json={"refresh_token": person.refresh})
            assert_problem(refused, 401)
