"""Personal access tokens: made once, shown once, good within their scopes, dead everywhere when revoked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared import access_tokens, scopes
from tests.apps import ServiceApp
from tests.users_service.people import Person, assert_problem, events_about, make_admin, pointers, sign_up

TOKENS = "/api/auth/tokens"


async def made(person: Person, *granted: str, **fields: Any) -> dict[str, Any]:
    answer = await person.post(TOKENS, json={"name": "script", "scopes": [*granted] or ["tasks:read"], **fields})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def holding(person: Person, token: str) -> Person:
    """The same person, calling with another token."""
    return Person(person.running, person.id, person.username, token, person.refresh)


async def set_token(running: ServiceApp, token_id: str, change: str) -> None:
    await running.session().execute(f"UPDATE access_tokens SET {change} WHERE id = $1", UUID(token_id))


class TestForm:
    def test_tokens_are_recognised_and_differ(self) -> None:
        tokens = {access_tokens.new_token() for _ in range(100)}
        assert len(tokens) == 100
        for token in tokens:
            assert len(token) == 53
            assert token.startswith("tw_pat_")
            assert access_tokens.is_well_formed(token)

    def test_each_changed_character_is_noticed(self) -> None:
        token = access_tokens.new_token()
        for i in range(len(token)):
            assert not access_tokens.is_well_formed(token[:i] + ("0" if token[i] != "0" else "1") + token[i + 1 :])
            assert not access_tokens.is_well_formed(token[:i] + token[i + 1 :])

    @pytest.mark.parametrize("token", ["", "tw_pat_", "tw_pat_" + "é" * 46, "tw_pat_" + "a" * 100_000])
    def test_rubbish(self, token: str) -> None:
        assert not access_tokens.is_well_formed(token)


class TestCreate:
    async def test_shown_once(self, person: Person) -> None:
        token = await made(person, "tasks:read", "projects:*", name="  Report ")
        assert token.keys() == {"id", "name", "scopes", "created_at", "expires_at", "last_used_at", "token"}
        assert (token["name"], token["scopes"], token["expires_at"]) == ("Report", ["tasks:read", "projects:*"], None)
        assert UUID(token["id"]).version == 7
        for answer in (await person.get(TOKENS), await person.get(f"{TOKENS}/{token['id']}")):
            assert answer.status_code == 200
            assert token["token"] not in answer.text
            assert "digest" not in answer.text

    async def test_location_leads_to_it(self, person: Person) -> None:
        answer = await person.post(TOKENS, json={"name": "x", "scopes": ["admin"]})
        found = await person.get(answer.headers["location"])
        assert {**answer.json(), "token": None} == {**found.json(), "token": None}

    async def test_nothing_usable_is_stored(self, users_app: ServiceApp, person: Person) -> None:
        secret = (await made(person))["token"]
        rows = await users_app.session().fetch("SELECT access_tokens::text AS row FROM access_tokens")
        assert not any(secret in row["row"] or secret.encode().hex() in row["row"] for row in rows)

    async def test_retry_makes_another_and_keeps_none(self, users_app: ServiceApp, person: Person) -> None:
        headers = {"Idempotency-Key": "one"}
        body = {"name": "x", "scopes": ["tasks:read"]}
        first, second = [await person.post(TOKENS, json=body, headers=headers) for _ in range(2)]
        assert first.json()["token"] != second.json()["token"]
        kept = "SELECT count(*) FROM idempotency_keys WHERE owner = $1"
        assert await users_app.session().fetchval(kept, person.id) == 0

    async def test_a_scope_is_kept_once(self, person: Person) -> None:
        assert (await made(person, "tasks:read", "admin", "tasks:read"))["scopes"] == ["tasks:read", "admin"]

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"name": ""}, "/name"),
            ({"name": "   "}, "/name"),
            ({"name": "a\nb"}, "/name"),
            ({"name": "x" * 101}, "/name"),
            ({"name": None}, "/name"),
            ({"scopes": []}, "/scopes"),
            ({"scopes": None}, "/scopes"),
            ({"scopes": ["*"]}, "/scopes/0"),
            ({"scopes": ["tasks:read", "tasks:delete"]}, "/scopes/1"),
            ({"scopes": ["users:read"]}, "/scopes/0"),
            ({"scopes": ["tasks:read"] * 20}, "/scopes"),
            ({"scopes": "tasks:read"}, "/scopes"),
            ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
            ({"expires_at": "2099-01-01T00:00:00"}, "/expires_at"),
            ({"expires_at": "9999-12-31T23:59:59-14:00"}, "/expires_at"),
            ({"expires_at": "soon"}, "/expires_at"),
            ({"user_id": 1}, "/user_id"),
            ({"token": "tw_pat_mine"}, "/token"),
        ],
    )
    async def test_refused(self, person: Person, fields: dict[str, Any], pointer: str) -> None:
        answer = await person.post(TOKENS, json={"name": "x", "scopes": ["tasks:read"], **fields})
        assert pointers(assert_problem(answer, 422)) == {pointer}

    async def test_not_without_bound(
        self, users_app: ServiceApp, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("users_service.access_tokens.service.LIMIT", 2)
        await made(person)
        await made(person)
        answer = await person.post(TOKENS, json={"name": "x", "scopes": ["tasks:read"]})
        assert_problem(answer, 409, "too_many_access_tokens")


class TestList:
    async def test_own_ones_newest_first(self, person: Person, users_app: ServiceApp) -> None:
        await made(await sign_up(users_app))
        mine = [(await made(person))["id"] for _ in range(3)]
        page = (await person.get(f"{TOKENS}?count=true")).json()
        assert [row["id"] for row in page["items"]] == mine[::-1]
        assert (page["total"], page["next_cursor"]) == (3, None)

    async def test_walk(self, person: Person) -> None:
        mine = [(await made(person))["id"] for _ in range(5)]
        seen, cursor = [], ""
        while cursor is not None:
            page = (await person.get(f"{TOKENS}?limit=2{cursor and '&cursor=' + cursor}")).json()
            seen += [row["id"] for row in page["items"]]
            cursor = page["next_cursor"]
        assert seen == mine[::-1]

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=x", "cursor=WzEsIDIsIDNd", "sort=name", "x=1"])
    async def test_wrong_parameter(self, person: Person, query: str) -> None:
        assert_problem(await person.get(f"{TOKENS}?{query}"), 422)

    async def test_others_tokens_do_not_exist(self, users_app: ServiceApp, person: Person) -> None:
        theirs = (await made(await sign_up(users_app)))["id"]
        for method in ("GET", "DELETE"):
            foreign = assert_problem(await person.call(method, f"{TOKENS}/{theirs}"), 404, "access_token_not_found")
            missing = assert_problem(await person.call(method, f"{TOKENS}/{uuid4()}"), 404)
            for body in (foreign, missing):
                del body["instance"], body["request_id"]
            assert foreign == missing


class TestUse:
    @pytest.mark.parametrize("scheme", ["Bearer", "Token", "bearer"])
    async def test_stands_for_its_owner(self, users_app: ServiceApp, person: Person, scheme: str) -> None:
        token = await made(person, "tasks:read", "admin")
        headers = {"Authorization": f"{scheme} {token['token']}"}
        answer = await users_app.http.get("/api/auth/verify", headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.json() == {
            "id": person.id,
            "username": person.username,
            "role": "user",
            "scopes": ["tasks:read", "admin"],
            "session_id": token["id"],
            "expires_at": None,
        }

    async def test_what_it_opens_here(self, person: Person) -> None:
        script = holding(person, (await made(person, *scopes.GRANTABLE))["token"])
        for path in ("/api/users/me", "/api/users", "/api/auth/verify"):
            assert (await script.get(path)).status_code == 200
        for method, path in (
            ("GET", TOKENS),
            ("POST", TOKENS),
            ("DELETE", f"{TOKENS}/{uuid4()}"),
            ("PATCH", "/api/users/me"),
            ("DELETE", f"/api/users/{person.id}"),
            ("POST", "/api/auth/logout"),
        ):
            answer = await script.call(method, path)
            assert_problem(answer, 403, "insufficient_scope")
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]

    async def test_idempotency_key_opens_nothing_more(self, users_app: ServiceApp, person: Person) -> None:
        """A stored answer of the owner is not shown to a token that may not do the same."""
        key = {"Idempotency-Key": "stored"}
        assert (await person.post("/api/auth/logout", headers=key)).status_code == 204
        again = await person.again()
        script = holding(again, (await made(again, *scopes.GRANTABLE))["token"])
        assert_problem(await script.post("/api/auth/logout", headers=key), 403, "insufficient_scope")

    async def test_administrators_token_is_a_users_without_admin(self, users_app: ServiceApp) -> None:
        admin = await make_admin(users_app)
        narrow, wide = [holding(admin, (await made(admin, *granted))["token"]) for granted in (["tasks:*"], ["admin"])]
        assert "email" not in (await narrow.get("/api/users?limit=1")).json()["items"][0]
        assert "email" in (await wide.get("/api/users?limit=1")).json()["items"][0]
        assert_problem(await narrow.get("/api/users?role=admin"), 403, "admins_only")

    async def test_last_use_is_written_once_a_minute(self, users_app: ServiceApp, person: Person) -> None:
        token = await made(person)
        script = holding(person, token["token"])

        async def last_used() -> Any:
            return (await person.get(f"{TOKENS}/{token['id']}")).json()["last_used_at"]

        assert await last_used() is None
        await asyncio.gather(*(script.get("/api/users/me") for _ in range(10)))
        first = await last_used()
        assert first is not None
        await script.get("/api/users/me")
        assert await last_used() == first
        await set_token(users_app, token["id"], "last_used_at = now() - interval '61 seconds'")
        await script.get("/api/users/me")
        assert await last_used() > first

    @pytest.mark.parametrize("way", ["access_token", "token"])
    async def test_not_in_the_address(self, users_app: ServiceApp, person: Person, way: str) -> None:
        token = (await made(person))["token"]
        assert_problem(await users_app.http.get(f"/api/users/me?{way}={token}"), 401)


class TestAudit:
    async def test_making_and_revoking_are_written_down(self, users_app: ServiceApp, person: Person) -> None:
        token = await made(person, "tasks:read")
        await person.delete(f"{TOKENS}/{token['id']}")
        sql = "SELECT action, target, audit_entries::text AS row FROM audit_entries WHERE actor_id = $1 ORDER BY id"
        rows = [row for row in await users_app.session().fetch(sql, person.id) if row["action"].startswith("access")]
        assert [row["action"] for row in rows] == ["access_token.created", "access_token.revoked"]
        assert {row["target"] for row in rows} == {f"access_token/{token['id']}"}
        assert not any(token["token"] in row["row"] for row in rows)


class TestEnd:
    async def test_revoked(self, users_app: ServiceApp, person: Person) -> None:
        token, other = await made(person), await made(person)
        assert (await person.delete(f"{TOKENS}/{token['id']}")).status_code == 204
        assert not await holding(person, token["token"]).is_signed_in()
        assert await holding(person, other["token"]).is_signed_in()
        assert await person.is_signed_in()
        assert_problem(await person.delete(f"{TOKENS}/{token['id']}"), 404)
        [event] = [e for e in await events_about(users_app, person.id) if e.type == "session.revoked"]
        assert [str(i) for i in event.data.session_ids] == [token["id"]]
        assert not event.data.everything

    async def test_expired(self, users_app: ServiceApp, person: Person) -> None:
        soon = datetime.now(UTC) + timedelta(hours=1)
        token = await made(person, expires_at=soon.isoformat())
        script = holding(person, token["token"])
        assert await script.is_signed_in()
        await set_token(users_app, token["id"], "expires_at = now()")
        assert not await script.is_signed_in()

    async def test_deactivated_for_good(self, users_app: ServiceApp, person: Person, admin: Person) -> None:
        script = holding(person, (await made(person))["token"])
        for is_active in (False, True):
            answer = await admin.patch(f"/api/users/{person.id}", json={"is_active": is_active})
            assert answer.status_code == 200, answer.text
            assert not await script.is_signed_in()

    async def test_deleted_account(self, users_app: ServiceApp, person: Person, admin: Person) -> None:
        script = holding(person, (await made(person))["token"])
        assert (await admin.delete(f"/api/users/{person.id}")).status_code == 204
        assert not await script.is_signed_in()

    async def test_role_is_todays(self, users_app: ServiceApp, admin: Person) -> None:
        other = await make_admin(users_app)
        script = holding(other, (await made(other, "admin"))["token"])
        assert (await script.get("/api/users?role=admin")).status_code == 200
        assert (await admin.patch(f"/api/users/{other.id}", json={"role": "user"})).status_code == 200
        assert_problem(await script.get("/api/users?role=admin"), 403)
        assert (await script.get("/api/auth/verify")).json()["role"] == "user"

    async def test_sockets_are_told_which_have_ended(self, users_app: ServiceApp, person: Person) -> None:
        live, revoked, expired = [await made(person) for _ in range(3)]
        await person.delete(f"{TOKENS}/{revoked['id']}")
        await set_token(users_app, expired["id"], "expires_at = now()")
        ids = [token["id"] for token in (live, revoked, expired)]
        answer = await users_app.http.post("/internal/sessions/ended", json={"session_ids": ids})
        assert set(answer.json()["ended"]) == set(ids[1:])
