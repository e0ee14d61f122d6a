"""POST /api/auth/register."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.apps import ServiceApp
from tests.conftest import StartApp
from tests.users_service.people import PASSWORD, assert_problem, events_about, pointers, registration

FIELDS = {
    "id",
    "username",
    "email",
    "full_name",
    "first_name",
    "last_name",
    "role",
    "is_active",
    "timezone",
    "locale",
    "avatar",
    "pending_email",
    "date_joined",
    "last_login",
    "version",
}


class TestRegister:
    async def test_account_is_made(self, users_app: ServiceApp) -> None:
        answer = await users_app.http.post("/api/auth/register/", json=registration(full_name="Anna Maria Berg"))
        assert answer.status_code == 201
        user = answer.json()
        assert user.keys() == FIELDS
        assert answer.headers["location"] == f"/api/users/{user['id']}"
        assert answer.headers["etag"] == '"1"'
        assert (user["role"], user["is_active"], user["timezone"], user["locale"]) == ("user", True, "UTC", "en")
        assert (user["first_name"], user["last_name"]) == ("Anna", "Maria Berg")
        assert user["last_login"] is None
        assert user["date_joined"].endswith("Z")

    async def test_event_is_recorded(self, users_app: ServiceApp) -> None:
        answer = await users_app.http.post(
            "/api/auth/register", json=registration(), headers={"X-Request-ID": "register-1"}
        )
        [event] = await events_about(users_app, answer.json()["id"])
        assert (event.type, event.source, event.version) == ("user.registered", "/users", 1)
        assert event.subject == f"user/{answer.json()['id']}"
        assert event.requestid == "register-1"
        assert event.data.model_dump().items() <= answer.json().items()

    async def test_full_name_follows_from_its_parts(self, users_app: ServiceApp) -> None:
        body = registration(first_name="Anna", last_name="Berg")
        assert (await users_app.http.post("/api/auth/register", json=body)).json()["full_name"] == "Anna Berg"

    @pytest.mark.parametrize("field", ["role", "is_active", "id", "version", "password_hash", "is_admin", "last_login"])
    async def test_nobody_chooses_what_is_not_theirs(self, users_app: ServiceApp, field: str) -> None:
        answer = await users_app.http.post("/api/auth/register", json={**registration(), field: "admin"})
        assert pointers(assert_problem(answer, 422, "validation_failed")) == {f"/{field}"}

    async def test_username_is_unique_regardless_of_case(self, users_app: ServiceApp) -> None:
        await users_app.http.post("/api/auth/register", json=registration(username="Zoë.X"))
        for same in ("zoë.x", "ZOË.X", "Zoe\u0308.x"):
            answer = await users_app.http.post("/api/auth/register", json=registration(username=same))
            assert_problem(answer, 409, "username_taken")

    async def test_email_is_unique_regardless_of_case(self, users_app: ServiceApp) -> None:
        await users_app.http.post("/api/auth/register", json=registration(email="One@Example.org"))
        answer = await users_app.http.post("/api/auth/register", json=registration(email="oNE@eXAMPLE.ORG"))
        assert_problem(answer, 409, "email_taken")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("username", "ab"),
            ("username", "a" * 65),
            ("username", "with space"),
            ("username", "at@sign"),
            ("username", ".dots."),
            ("username", "deleted-7"),
            ("username", "nul\x00here"),
            ("email", "nobody"),
            ("email", "a@b"),
            ("email", "a..b@example.com"),
            ("email", "a" * 250 + "@example.com"),
            ("email", "line\nbreak@example.com"),
            ("password", "short12"),
            ("password", "x" * 129),
            ("password", "Password123"),
            ("password", "QWERTYUIOP"),
            ("password", "nul\x00 in the middle"),
            ("full_name", "x" * 201),
            ("full_name", "two\nlines"),
            ("timezone", "Mars/Olympus"),
            ("timezone", "../../etc/passwd"),
            ("locale", "not a locale"),
        ],
    )
    async def test_bad_value_is_refused(self, users_app: ServiceApp, field: str, value: Any) -> None:
        answer = await users_app.http.post("/api/auth/register", json=registration(**{field: value}))
        assert pointers(assert_problem(answer, 422)) == {f"/{field}"}

    @pytest.mark.parametrize("password", ["SomeBodyElse", "somebody.else@example.com", "Somebody.Else"])
    async def test_password_is_not_the_name(self, users_app: ServiceApp, password: str) -> None:
        body = registration(username="somebodyelse", email="somebody.else@example.com", password=password)
        answer = await users_app.http.post("/api/auth/register", json=body)
        assert pointers(assert_problem(answer, 422)) == {"/password"}

    @pytest.mark.parametrize("field", ["username", "email", "password"])
    async def test_missing_field_is_refused(self, users_app: ServiceApp, field: str) -> None:
        answer = await users_app.http.post("/api/auth/register", json=registration(**{field: None}))
        assert pointers(assert_problem(answer, 422)) == {f"/{field}"}

    async def test_password_is_nowhere(self, users_app: ServiceApp) -> None:
        answer = await users_app.http.post(
            "/api/auth/register", json=registration(), headers={"Idempotency-Key": "nowhere"}
        )
        session, user_id = users_app.session(), answer.json()["id"]
        stored = await session.fetchval("SELECT users::text FROM users WHERE id = $1", user_id)
        assert PASSWORD not in stored
        assert "$argon2id$v=19$m=19456,t=2,p=1$" in stored
        kept = await session.fetch("SELECT convert_from(body, 'UTF8') AS body FROM idempotency_keys")
        recorded = await session.fetch("SELECT data::text AS body FROM events")
        assert not any("argon2" in row["body"] or PASSWORD in row["body"] for row in [*kept, *recorded])

    async def test_fingerprint_of_the_request_helps_nobody_to_guess(self, users_app: ServiceApp) -> None:
        content, headers = json.dumps(registration()).encode(), {"Idempotency-Key": "fingerprint"}
        await users_app.http.post(
            "/api/auth/register", content=content, headers={**headers, "Content-Type": "application/json"}
        )
        known = b"POST /api/auth/register?\n" + content
        for digest in (hashlib.sha256(known), hashlib.blake2b(known, digest_size=32)):
            rows = await users_app.session().fetch("SELECT key FROM idempotency_keys WHERE key LIKE 'fingerprint%'")
            assert len(rows) == 1
            assert digest.hexdigest() not in rows[0]["key"]

    async def test_retry_with_the_same_key_makes_one_account(self, users_app: ServiceApp) -> None:
        body, headers = registration(), {"Idempotency-Key": "one-account"}
        first = await users_app.http.post("/api/auth/register", json=body, headers=headers)
        second = await users_app.http.post("/api/auth/register", json=body, headers=headers)
        assert second.headers["idempotency-replayed"] == "true"
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert len(await events_about(users_app, first.json()["id"])) == 1

    async def test_closed_registration_is_refused(self, service_app: StartApp) -> None:
        async with service_app("users_service", registration="closed") as closed:
            answer = await closed.http.post("/api/auth/register", json=registration())
            assert_problem(answer, 403, "registration_closed")
            assert await closed.session().fetchval("SELECT count(*) FROM users") == 0
