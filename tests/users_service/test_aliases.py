"""The addresses of older systems, with the bodies that their clients send."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.apps import ServiceApp
from tests.users_service.people import PASSWORD, Person, registration

SLASHES = ["", "/"]
REGISTERING = ["/api/register", "/api/users/register", "/api/users"]
SIGNING_IN = ["/api/login", "/api/users/login", "/api/token"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("slash", SLASHES)
@pytest.mark.parametrize("path", REGISTERING)
class TestRegister:
    async def test_with_what_older_clients_send(self, users_app: ServiceApp, path: str, slash: str) -> None:
        more = {"first_name": "Anna", "last_name": "Berg", "role": "admin", "is_staff": True, "password2": PASSWORD}
        body = registration(**more)
        answer = await users_app.http.post(path + slash, json={**body, "full_name": None})
        assert answer.status_code == 201, answer.text
        user = answer.json()
        assert (user["full_name"], user["role"]) == ("Anna Berg", "user")
        assert answer.headers["location"] == f"/api/users/{user['id']}"
        assert PASSWORD not in answer.text

    async def test_with_what_is_wrong(self, users_app: ServiceApp, path: str, slash: str) -> None:
        for body in (registration(password="short"), registration(email=None), None, [], "x"):
            answer = await users_app.http.post(path + slash, json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")

    async def test_as_a_form(self, users_app: ServiceApp, path: str, slash: str) -> None:
        answer = await users_app.http.post(path + slash, content=urlencode(registration()), headers=FORM)
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("slash", SLASHES)
@pytest.mark.parametrize("path", SIGNING_IN)
class TestSignIn:
    async def test_gives_the_tokens_under_all_their_names(
        self, users_app: ServiceApp, person: Person, path: str, slash: str
    ) -> None:
        for name in ("username", "email", "login"):
            body = {name: person.username, "password": PASSWORD, "remember": True}
            answer = await users_app.http.post(path + slash, json=body)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert found["access"] == found["token"] == found["access_token"]
            assert found["refresh"] == found["refresh_token"]
            assert found["user"]["id"] == person.id
            for scheme in ("Bearer", "Token"):
                headers = {"Authorization": f"{scheme} {found['token']}"}
                assert (await users_app.http.get("/api/users/me", headers=headers)).status_code == 200

    async def test_takes_a_form(self, users_app: ServiceApp, person: Person, path: str, slash: str) -> None:
        body = {"grant_type": "password", "username": person.username, "password": PASSWORD}
        for request in ({"content": urlencode(body), "headers": FORM}, {"data": body}):
            answer = await users_app.http.post(path + slash, **request)
            assert answer.json()["access"] == answer.json()["access_token"]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"username": "nobody", "password": PASSWORD}, 401),
            ({"password": PASSWORD}, 422),
            ({"username": "a\x00", "password": "x"}, 422),
            ({"username": 1, "password": ["x"]}, 422),
            (None, 422),
        ],
    )
    async def test_is_refused_alike(self, users_app: ServiceApp, path: str, slash: str, body: Any, status: int) -> None:
        answer = await users_app.http.post(path + slash, json=body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("slash", SLASHES)
class TestRefreshAndSignOut:
    @pytest.mark.parametrize("name", ["refresh", "refresh_token"])
    async def test_refresh(self, users_app: ServiceApp, person: Person, slash: str, name: str) -> None:
        answer = await users_app.http.post("/api/token/refresh" + slash, json={name: person.refresh})
        assert answer.status_code == 200, answer.text
        assert answer.json()["access"] == answer.json()["access_token"]
        assert answer.json()["refresh"] != person.refresh

    @pytest.mark.parametrize("name", ["refresh", "refresh_token"])
    async def test_out_by_the_refresh_token_alone(
        self, users_app: ServiceApp, person: Person, slash: str, name: str
    ) -> None:
        answer = await users_app.http.post("/api/logout" + slash, json={name: person.refresh})
        assert (answer.status_code, answer.content) == (204, b"")
        assert (await person.get("/api/users/me")).status_code == 401

    @pytest.mark.parametrize("body", [None, {}, {"refresh": "nonsense"}, {"refresh": None}])
    async def test_out_by_the_access_token(self, person: Person, slash: str, body: Any) -> None:
        request = {} if body is None else {"json": body}
        assert (await person.post("/api/logout" + slash, **request)).status_code == 204
        assert (await person.get("/api/users/me")).status_code == 401

    @pytest.mark.parametrize("body", [None, {}, {"refresh": "nonsense"}])
    async def test_out_without_any(self, users_app: ServiceApp, slash: str, body: Any) -> None:
        request = {} if body is None else {"json": body}
        assert (await users_app.http.post("/api/logout" + slash, **request)).status_code == 401


@pytest.mark.parametrize("slash", SLASHES)
class TestAdministration:
    async def test_lists_users_to_administrators_alone(
        self, users_app: ServiceApp, person: Person, admin: Person, slash: str
    ) -> None:
        path = f"/api/admin/users{slash}?limit=2"
        assert (await users_app.http.get(path)).status_code == 401
        assert (await person.get(path)).status_code == 403
        answer = await admin.get(path)
        assert answer.status_code == 200
        assert "email" in answer.json()["items"][0]


@pytest.mark.parametrize("path", ["/api/login", "/api/register", "/api/logout", "/api/token/refresh"])
async def test_any_bytes_are_refused_soundly(users_app: ServiceApp, path: str) -> None:
    for broken in (b"\xff", b"username=%ff", b"{", b"--x\r\n"):
        for content_type in ("application/json", FORM["Content-Type"], "multipart/form-data; boundary=x", "x/y"):
            headers = {"Content-Type": content_type}
            answer = await users_app.http.post(path, content=broken, headers=headers)
            assert 400 <= answer.status_code < 500, (broken, content_type, answer.text)


async def test_they_are_not_in_the_document(users_app: ServiceApp) -> None:
    paths = (await users_app.http.get("/openapi.json")).json()["paths"]
    for path in (*REGISTERING[:2], *SIGNING_IN, "/api/logout", "/api/admin/users", "/api/token/refresh"):
        assert path not in paths
    assert set(paths["/api/users"]) == {"get"}
