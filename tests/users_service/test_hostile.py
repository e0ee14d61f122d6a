"""Any bytes whatever: 4xx, never 5xx, and nothing said that was not asked."""

from __future__ import annotations

import pytest

from tests.apps import ServiceApp
from tests.users_service.people import Person, assert_problem

BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "null": b"null",
    "list": b"[]",
    "number": b"1",
    "deep": b"[" * 100_000,
    "deep object": b'{"username":' * 5_000 + b"1" + b"}" * 5_000,
    "digits": b'{"username":' + b"9" * 5_000 + b"}",
    "infinite": b'{"username": 1e999}',
    "not a number": b'{"username": NaN}',
    "2**63": b'{"username": 9223372036854775808}',
    "bad UTF-8": b'{"username": "\xff\xfe"}',
    "surrogate": b'{"username": "\\ud800", "email": "\\udfff", "password": "\\ud800"}',
    "NUL": b'{"username": "a\\u0000b", "email": "a\\u0000@b.de", "password": "a\\u0000bcdefgh"}',
    "NUL in a token": b'{"refresh_token": "\\u0000"}',
    "raw NUL": b'{"username": "a\x00b"}',
    "twice": b'{"username": "abc", "username": 1}',
    "proto": b'{"__proto__": {"role": "admin"}}',
    "BOM": b'\xef\xbb\xbf{"username": "abc"}',
}
ADDRESSES = [
    ("POST", "/api/auth/register"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/auth/token"),
    ("PATCH", "/api/users/me"),
    ("PUT", "/api/users/me"),
    ("PATCH", "/api/users/1"),
    ("PUT", "/api/users/1"),
    ("POST", "/internal/sessions/ended"),
]


class TestHostileBodies:
    @pytest.mark.parametrize("kind", BODIES)
    async def test_every_address_refuses(self, person: Person, kind: str) -> None:
        for method, path in ADDRESSES:
            answer = await person.call(method, path, content=BODIES[kind], headers={"Content-Type": "application/json"})
            assert 400 <= answer.status_code < 500, (method, path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"

    async def test_other_media_type_is_refused(self, users_app: ServiceApp) -> None:
        answer = await users_app.http.post(
            "/api/auth/login", content=b"<xml/>", headers={"Content-Type": "application/xml"}
        )
        assert_problem(answer, 415, "unsupported_media_type")

    async def test_refusal_does_not_repeat_the_password(self, users_app: ServiceApp) -> None:
        body = {"username": "x", "email": "y", "password": "hush", "role": "hush"}
        answer = await users_app.http.post("/api/auth/register", json=body)
        assert "hush" not in answer.text

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
    async def test_bad_idempotency_key_is_refused(self, users_app: ServiceApp, key: str) -> None:
        answer = await users_app.http.post("/api/auth/register", json={}, headers={"Idempotency-Key": key})
        assert_problem(answer, 422)

    @pytest.mark.parametrize("value", [b"\xff\xfe", b"Bearer \xff", b"Bearer " + b"." * 5000])
    async def test_bad_authorization_is_refused(self, users_app: ServiceApp, value: bytes) -> None:
        answer = await users_app.http.get("/api/users/me", headers={b"Authorization": value})
        assert_problem(answer, 401)

    async def test_unknown_address_and_method(self, users_app: ServiceApp) -> None:
        assert_problem(await users_app.http.get("/api/users/1/nothing"), 404, "not_found")
        assert_problem(await users_app.http.delete("/api/auth/login"), 405, "method_not_allowed")
