"""Signing in and out, and what a token stands for."""

from __future__ import annotations

import asyncio
import time
from statistics import median

import pytest

from tests.apps import ServiceApp
from tests.users_service.people import PASSWORD, Person, assert_problem, event_types, events_about, sign_up

LOGIN = "/api/auth/login"


class TestLogin:
    async def test_answer_has_tokens_and_user(self, users_app: ServiceApp, person: Person) -> None:
        answer = await users_app.http.post(LOGIN, json={"username": person.username, "password": PASSWORD})
        body = answer.json()
        assert answer.status_code == 200
        assert body.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
        assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
        assert body["user"]["id"] == person.id
        assert body["user"]["last_login"].endswith("Z")
        assert answer.headers["cache-control"] == "no-store"

    async def test_email_in_any_case_will_do(self, users_app: ServiceApp, person: Person) -> None:
        name = f"{person.username}@EXAMPLE.com".upper()
        answer = await users_app.http.post(LOGIN, json={"username": name, "password": PASSWORD})
        assert answer.json()["user"]["id"] == person.id

    async def test_wrong_password_is_refused(self, users_app: ServiceApp, person: Person) -> None:
        answer = await users_app.http.post(LOGIN, json={"username": person.username, "password": PASSWORD + "x"})
        assert_problem(answer, 401, "invalid_credentials")
        assert answer.headers["www-authenticate"].startswith("Bearer")

    async def test_nothing_tells_why_it_was_refused(self, users_app: ServiceApp, person: Person, admin: Person) -> None:
        inactive = await sign_up(users_app)
        await admin.patch(f"/api/users/{inactive.id}", json={"is_active": False})
        answers = [
            await users_app.http.post(
                LOGIN, json={"username": name, "password": password}, headers={"X-Request-ID": "same"}
            )
            for name, password in [
                (person.username, "wrong password"),
                ("nobody-at-all", "wrong password"),
                ("nobody@example.com", "wrong password"),
                (inactive.username, PASSWORD),
                (inactive.username, "wrong password"),
            ]
        ]
        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.content for answer in answers}) == 1
        assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1

    async def test_an_unknown_name_takes_as_long(self, users_app: ServiceApp, person: Person) -> None:
        async def seconds(name: str) -> float:
            started = time.perf_counter()
            await users_app.http.post(LOGIN, json={"username": name, "password": "wrong password"})
            return time.perf_counter() - started

        known, unknown = [], []
        for i in range(8):
            known.append(await seconds(person.username))
            unknown.append(await seconds(f"nobody{i}"))
        assert 0.5 < median(known) / median(unknown) < 2

    async def test_long_passwords_are_compared_whole(self, users_app: ServiceApp) -> None:
        long = await users_app.http.post(
            "/api/auth/register", json={"username": "long", "email": "long@example.com", "password": "a" * 72 + "X"}
        )
        assert long.status_code == 201
        for last, status in (("Y", 401), ("X", 200)):
            answer = await users_app.http.post(LOGIN, json={"username": "long", "password": "a" * 72 + last})
            assert answer.status_code == status

    async def test_password_typed_on_another_keyboard_is_the_same(self, users_app: ServiceApp) -> None:
        body = {"username": "keyboard", "email": "keyboard@example.com", "password": "caf\u00e9 au lait"}
        await users_app.http.post("/api/auth/register", json=body)
        answer = await users_app.http.post(LOGIN, json={"username": "keyboard", "password": "cafe\u0301 au lait"})
        assert answer.status_code == 200

    async def test_tokens_are_not_kept_for_a_retry(self, users_app: ServiceApp, person: Person) -> None:
        body, headers = {"username": person.username, "password": PASSWORD}, {"Idempotency-Key": "login"}
        first = await users_app.http.post(LOGIN, json=body, headers=headers)
        second = await users_app.http.post(LOGIN, json=body, headers=headers)
        assert first.json()["refresh_token"] != second.json()["refresh_token"]
        assert not await users_app.session().fetchval(
            "SELECT count(*) FROM idempotency_keys WHERE position($1::bytea IN body) > 0", b"access_token"
        )

    async def test_hashing_leaves_the_event_loop_free(self, users_app: ServiceApp, person: Person) -> None:
        storm = [
            asyncio.create_task(users_app.http.post(LOGIN, json={"username": "nobody", "password": "wrong password"}))
            for _ in range(12)
        ]
        waits = []
        while not all(task.done() for task in storm):
            started = time.perf_counter()
            assert await person.is_signed_in()
            waits.append(time.perf_counter() - started)
        assert len(waits) > 12
        assert median(waits) < 0.1


class TestTokenForm:
    async def test_form_signs_in(self, users_app: ServiceApp, person: Person) -> None:
        form = {"grant_type": "password", "username": person.username, "password": PASSWORD, "scope": ""}
        answer = await users_app.http.post("/api/auth/token", data=form)
        assert answer.status_code == 200
        assert answer.json()["user"]["id"] == person.id

    async def test_wrong_password_is_refused(self, users_app: ServiceApp, person: Person) -> None:
        answer = await users_app.http.post("/api/auth/token", data={"username": person.username, "password": "wrong"})
        assert_problem(answer, 401, "invalid_credentials")

    @pytest.mark.parametrize(
        "content", [b"", b"username=%00a&password=b", b"username=a", b"\xff=\xfe", b"username=%ff"]
    )
    async def test_rubbish_is_refused(self, users_app: ServiceApp, content: bytes) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert_problem(await users_app.http.post("/api/auth/token", content=content, headers=headers), 422)


class TestVerify:
    async def test_principal(self, person: Person) -> None:
        body = (await person.get("/api/auth/verify")).json()
        assert body.keys() == {"id", "username", "role", "scopes", "session_id", "expires_at"}
        assert (body["id"], body["username"], body["role"], body["scopes"]) == (
            person.id,
            person.username,
            "user",
            ["*"],
        )

    async def test_either_scheme_will_do(self, users_app: ServiceApp, person: Person) -> None:
        for scheme in ("Bearer", "bearer", "Token"):
            answer = await users_app.http.get(
                "/api/auth/verify", headers={"Authorization": f"{scheme} {person.access}"}
            )
            assert answer.status_code == 200

    @pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic dXNlcjpwdw==", "nonsense"])
    async def test_no_token_is_refused(self, users_app: ServiceApp, value: str) -> None:
        answer = await users_app.http.get("/api/auth/verify", headers={"Authorization": value})
        assert_problem(answer, 401, "unauthenticated")

    async def test_token_in_the_query_string_is_not_looked_at(self, users_app: ServiceApp, person: Person) -> None:
        answer = await users_app.http.get("/api/auth/verify", params={"access_token": person.access})
        assert_problem(answer, 401)

    async def test_role_is_the_one_of_today(self, users_app: ServiceApp, person: Person) -> None:
        await users_app.session().execute("UPDATE users SET role = 'admin' WHERE id = $1", person.id)
        assert (await person.get("/api/auth/verify")).json()["role"] == "admin"


class TestLogout:
    async def test_both_tokens_are_dead(self, users_app: ServiceApp, person: Person) -> None:
        answer = await person.post("/api/auth/logout")
        assert (answer.status_code, answer.content) == (204, b"")
        assert_problem(await person.get("/api/users/me"), 401)
        refreshed = await users_app.http.post("/api/auth/refresh", json={"refresh_token": person.refresh})
        assert_problem(refreshed, 401, "invalid_refresh_token")

    async def test_other_sessions_go_on(self, person: Person) -> None:
        other = await person.again()
        await person.post("/api/auth/logout")
        assert await other.is_signed_in()

    async def test_event_names_the_session(self, users_app: ServiceApp, person: Person) -> None:
        session_id = (await person.get("/api/auth/verify")).json()["session_id"]
        await person.post("/api/auth/logout")
        event = (await events_about(users_app, person.id))[-1]
        assert event.type == "session.revoked"
        assert event.actor == person.id
        assert event.data.model_dump(mode="json") == {
            "user_id": person.id,
            "session_ids": [session_id],
            "everything": False,
        }

    async def test_anonymous_is_refused(self, users_app: ServiceApp) -> None:
        assert_problem(await users_app.http.post("/api/auth/logout"), 401)

    async def test_parallel_logouts_end_it_once(self, users_app: ServiceApp, person: Person) -> None:
        answers = await asyncio.gather(*(person.post("/api/auth/logout") for _ in range(8)))
        assert {answer.status_code for answer in answers} <= {204, 401}
        assert (await event_types(users_app, person.id)).count("session.revoked") == 1
