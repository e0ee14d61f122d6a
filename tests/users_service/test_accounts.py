"""GET, PUT, PATCH and DELETE of accounts: whose they are, and what changes with them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.apps import ServiceApp
from tests.users_service.people import (
    PASSWORD,
    Person,
    assert_problem,
    event_types,
    events_about,
    make_admin,
    pointers,
    registration,
    sign_up,
)

NOBODY = 2**62


def same_refusal(*bodies: dict[str, Any]) -> bool:
    """Whether refusals differ in nothing but the address and the request."""
    return len({tuple((k, v) for k, v in body.items() if k not in ("instance", "request_id")) for body in bodies}) == 1


class TestReadAccount:
    async def test_owner_sees_everything(self, person: Person) -> None:
        mine, same = await person.get("/api/users/me"), await person.get(f"/api/users/{person.id}/")
        assert mine.json() == same.json()
        assert mine.json()["email"] == f"{person.username}@example.com"
        assert mine.headers["etag"] == '"1"'
        assert "password_hash" not in mine.json()

    async def test_admin_sees_everything(self, person: Person, admin: Person) -> None:
        assert (await admin.get(f"/api/users/{person.id}")).json()["email"] == f"{person.username}@example.com"

    async def test_others_see_the_directory_entry(self, person: Person, users_app: ServiceApp) -> None:
        answer = await (await sign_up(users_app)).get(f"/api/users/{person.id}")
        assert answer.json().keys() == {"id", "username", "full_name", "avatar"}
        assert (answer.json()["id"], answer.json()["avatar"]["initials"]) == (person.id, "P")
        assert answer.headers["etag"] == '"1"'

    async def test_inactive_account_is_nobody(self, users_app: ServiceApp, person: Person, admin: Person) -> None:
        gone = await sign_up(users_app)
        await admin.patch(f"/api/users/{gone.id}", json={"is_active": False})
        refusals = [
            assert_problem(await person.call(method, f"/api/users/{user_id}", json=body), 404, "user_not_found")
            for user_id in (gone.id, NOBODY)
            for method, body in (("GET", None), ("PATCH", {"full_name": "x"}), ("DELETE", None))
        ]
        assert same_refusal(*refusals)
        assert (await admin.get(f"/api/users/{gone.id}")).json()["is_active"] is False

    async def test_copy_that_is_current_is_not_sent_again(self, person: Person, users_app: ServiceApp) -> None:
        for reader in (person, await sign_up(users_app)):
            answer = await reader.get(f"/api/users/{person.id}", headers={"If-None-Match": '"1"'})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')

    @pytest.mark.parametrize("path", ["/api/users/me", "/api/users/1", "/api/users"])
    async def test_anonymous_is_refused(self, users_app: ServiceApp, path: str) -> None:
        assert_problem(await users_app.http.get(path), 401, "unauthenticated")

    @pytest.mark.parametrize("user_id", ["0", "-1", "x", str(2**63), "9" * 5000, "1.5", "%00"])
    async def test_bad_id_is_refused(self, person: Person, user_id: str) -> None:
        assert_problem(await person.get(f"/api/users/{user_id}"), 422)


class TestChangeProfile:
    async def test_patch_leaves_the_rest_alone(self, person: Person) -> None:
        before = (await person.get("/api/users/me")).json()
        answer = await person.patch("/api/users/me", json={"timezone": "Europe/Vienna", "locale": "de-AT"})
        assert answer.json() == {**before, "timezone": "Europe/Vienna", "locale": "de-AT", "version": 2}
        assert answer.headers["etag"] == '"2"'

    async def test_names_follow_each_other(self, person: Person) -> None:
        async def names(**body: Any) -> tuple[str, str, str]:
            user = (await person.patch("/api/users/me", json=body)).json()
            return user["full_name"], user["first_name"], user["last_name"]

        assert await names(full_name="Anna Maria Berg") == ("Anna Maria Berg", "Anna", "Maria Berg")
        assert await names(last_name="Tal") == ("Anna Tal", "Anna", "Tal")
        assert await names(full_name="Dr. Anna Tal", first_name="Anna", last_name="Tal") == (
            "Dr. Anna Tal",
            "Anna",
            "Tal",
        )
        assert await names(first_name=None) == ("Tal", "", "Tal")
        assert await names(full_name=None) == ("", "", "")

    async def test_null_resets_zone_and_locale(self, person: Person) -> None:
        await person.patch("/api/users/me", json={"timezone": "Asia/Tokyo", "locale": "ja"})
        user = (await person.patch("/api/users/me", json={"timezone": None, "locale": None})).json()
        assert (user["timezone"], user["locale"]) == ("UTC", "en")

    @pytest.mark.parametrize("field", ["username", "email"])
    async def test_null_is_refused_where_something_must_stand(self, person: Person, field: str) -> None:
        assert pointers(assert_problem(await person.patch("/api/users/me", json={field: None}), 422)) == {f"/{field}"}

    async def test_put_replaces(self, person: Person) -> None:
        await person.patch("/api/users/me", json={"full_name": "Anna Berg", "timezone": "Asia/Tokyo"})
        user = (await person.put("/api/users/me", json={"email": "new@example.com"})).json()
        assert (user["email"], user["pending_email"]) == (f"{person.username}@example.com", "new@example.com")
        assert (user["full_name"], user["timezone"]) == ("", "UTC")
        assert user["username"] == person.username

    async def test_put_needs_the_email(self, person: Person) -> None:
        assert pointers(assert_problem(await person.put("/api/users/me", json={}), 422)) == {"/email"}

    async def test_same_values_change_nothing(self, users_app: ServiceApp, person: Person) -> None:
        answer = await person.patch("/api/users/me", json={"email": f"{person.username}@example.com"})
        assert answer.json()["version"] == 1
        assert await event_types(users_app, person.id) == ["user.registered"]

    async def test_event_carries_the_new_state(self, users_app: ServiceApp, person: Person) -> None:
        await person.patch("/api/users/me", json={"full_name": "Anna Berg"})
        event = (await events_about(users_app, person.id))[-1]
        assert (event.type, event.version, event.actor) == ("user.updated", 2, person.id)
        assert event.data.model_dump()["full_name"] == "Anna Berg"

    async def test_sessions_go_on(self, person: Person) -> None:
        await person.patch("/api/users/me", json={"full_name": "Anna Berg", "email": f"x{person.id}@example.com"})
        assert await person.is_signed_in()

    @pytest.mark.parametrize(
        "field", ["role", "is_active", "id", "version", "date_joined", "last_login", "password_hash", "deleted_at"]
    )
    async def test_nobody_changes_what_is_not_theirs(self, person: Person, field: str) -> None:
        before = (await person.get("/api/users/me")).json()
        for method, path in (("PATCH", "/me"), ("PUT", "/me")):
            answer = await person.call(method, f"/api/users{path}", json={"email": "o@example.com", field: "admin"})
            assert f"/{field}" in pointers(assert_problem(answer, 422))
        assert (await person.get("/api/users/me")).json() == before

    async def test_taken_names_are_refused(self, users_app: ServiceApp, person: Person) -> None:
        other = await sign_up(users_app)
        taken = await person.patch("/api/users/me", json={"username": other.username.upper()})
        assert_problem(taken, 409, "username_taken")
        taken = await person.patch("/api/users/me", json={"email": f"{other.username}@EXAMPLE.com"})
        assert_problem(taken, 409, "email_taken")

    async def test_stale_change_is_refused(self, person: Person) -> None:
        await person.patch("/api/users/me", json={"full_name": "One"}, headers={"If-Match": '"1"'})
        for method in ("PATCH", "PUT"):
            answer = await person.call(
                method, "/api/users/me", json={"email": "t@example.com"}, headers={"If-Match": '"1"'}
            )
            assert assert_problem(answer, 412, "version_conflict")["version"] == 2
        answer = await person.delete(f"/api/users/{person.id}", headers={"If-Match": '"1"'})
        assert_problem(answer, 412)

    async def test_of_many_writers_one_wins(self, users_app: ServiceApp, person: Person) -> None:
        answers = await asyncio.gather(
            *(
                person.patch("/api/users/me", json={"full_name": f"Writer {i}"}, headers={"If-Match": '"1"'})
                for i in range(12)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 11
        assert await event_types(users_app, person.id) == ["user.registered", "user.updated"]

    async def test_stranger_is_forbidden(self, users_app: ServiceApp, person: Person) -> None:
        stranger = await sign_up(users_app)
        path = f"/api/users/{person.id}"
        assert_problem(await stranger.patch(path, json={"full_name": "x"}), 403, "forbidden")
        assert_problem(await stranger.put(path, json={"email": "x@example.com"}), 403, "forbidden")
        assert_problem(await stranger.delete(path), 403, "forbidden")
        assert (await person.get(path)).json()["version"] == 1


class TestAdminFields:
    @pytest.mark.parametrize("body", [{"role": "admin"}, {"is_active": False}, {"role": "user"}, {"is_active": True}])
    async def test_user_is_refused(self, person: Person, body: dict[str, Any]) -> None:
        assert_problem(await person.patch(f"/api/users/{person.id}", json=body), 403, "admins_only")
        put = await person.put(f"/api/users/{person.id}", json={"email": "put@example.com", **body})
        assert_problem(put, 403, "admins_only")
        assert (await person.get("/api/users/me")).json()["version"] == 1

    async def test_role_change_ends_the_sessions(self, users_app: ServiceApp, person: Person, admin: Person) -> None:
        other = await person.again()
        answer = await admin.patch(f"/api/users/{person.id}", json={"role": "admin"})
        assert answer.json()["role"] == "admin"
        assert not await person.is_signed_in()
        assert not await other.is_signed_in()
        assert await event_types(users_app, person.id) == ["user.registered", "session.revoked", "user.updated"]
        revoked = (await events_about(users_app, person.id))[1].data.model_dump()
        assert revoked["everything"]
        assert len(revoked["session_ids"]) == 2
        assert (await (await person.again()).get("/api/users")).json()["items"][0].keys() > {"email"}

    async def test_deactivation_ends_everything(self, users_app: ServiceApp, person: Person, admin: Person) -> None:
        await admin.patch(f"/api/users/{person.id}", json={"is_active": False})
        assert not await person.is_signed_in()
        refreshed = await users_app.http.post("/api/auth/refresh", json={"refresh_token": person.refresh})
        assert_problem(refreshed, 401)
        assert (await event_types(users_app, person.id))[1:] == ["session.revoked", "user.deactivated"]

    async def test_reactivation_brings_no_session_back(
        self, users_app: ServiceApp, person: Person, admin: Person
    ) -> None:
        await admin.patch(f"/api/users/{person.id}", json={"is_active": False})
        await admin.patch(f"/api/users/{person.id}", json={"is_active": True})
        assert not await person.is_signed_in()
        assert await (await person.again()).is_signed_in()
        assert (await event_types(users_app, person.id))[-1] == "user.updated"

    @pytest.mark.parametrize("body", [{"role": "root"}, {"role": None}, {"is_active": None}, {"is_active": "maybe"}])
    async def test_bad_value_is_refused(self, person: Person, admin: Person, body: dict[str, Any]) -> None:
        assert_problem(await admin.patch(f"/api/users/{person.id}", json=body), 422)

    async def test_sign_in_under_way_does_not_outlive_deactivation(self, users_app: ServiceApp, admin: Person) -> None:
        for _ in range(3):
            person = await sign_up(users_app)
            login = {"username": person.username, "password": PASSWORD}
            signed_in, *_ = await asyncio.gather(
                users_app.http.post("/api/auth/login", json=login),
                admin.patch(f"/api/users/{person.id}", json={"is_active": False}),
            )
            if signed_in.status_code == 200:
                person.access = signed_in.json()["access_token"]
                assert not await person.is_signed_in()


class TestDeleteAccount:
    async def test_nothing_personal_stays(self, users_app: ServiceApp, admin: Person) -> None:
        person = await sign_up(users_app, full_name="Very Personal", username="personal", email="p@personal.example")
        await person.post("/api/auth/logout", headers={"Idempotency-Key": "k"})
        answer = await admin.delete(f"/api/users/{person.id}")
        assert (answer.status_code, answer.content) == (204, b"")
        row = await users_app.session().fetchval("SELECT users::text FROM users WHERE id = $1", person.id)
        assert "ersonal" not in row
        assert "argon2" not in row
        shown = (await admin.get(f"/api/users/{person.id}")).json()
        assert (shown["username"], shown["is_active"]) == (f"deleted-{person.id}", False)

    async def test_owner_may(self, users_app: ServiceApp, person: Person) -> None:
        assert (await person.delete(f"/api/users/{person.id}")).status_code == 204
        assert not await person.is_signed_in()
        login = {"username": person.username, "password": PASSWORD}
        assert_problem(await users_app.http.post("/api/auth/login", json=login), 401, "invalid_credentials")
        assert (await event_types(users_app, person.id))[1:] == ["session.revoked", "user.deactivated"]

    async def test_name_and_address_are_free_again(self, users_app: ServiceApp, person: Person) -> None:
        await person.delete(f"/api/users/{person.id}")
        body = registration(username=person.username, email=f"{person.username}@example.com")
        assert (await users_app.http.post("/api/auth/register", json=body)).status_code == 201

    async def test_it_does_not_come_back(self, person: Person, admin: Person) -> None:
        await person.delete(f"/api/users/{person.id}")
        path = f"/api/users/{person.id}"
        assert_problem(await admin.patch(path, json={"is_active": True}), 409, "account_deleted")
        assert_problem(await admin.delete(path), 409, "account_deleted")
        assert_problem(await admin.delete(f"/api/users/{NOBODY}"), 404, "user_not_found")


class TestLastAdmin:
    @pytest.fixture
    async def alone(self, users_app: ServiceApp) -> Person:
        """The only active administrator."""
        alone = await make_admin(users_app)
        await users_app.session().execute("UPDATE users SET role = 'user' WHERE role = 'admin' AND id <> $1", alone.id)
        return alone

    async def test_stays(self, alone: Person) -> None:
        path = f"/api/users/{alone.id}"
        assert_problem(await alone.patch(path, json={"role": "user"}), 409, "last_admin")
        assert_problem(await alone.patch(path, json={"is_active": False}), 409, "last_admin")
        put = {"email": "alone@example.com", "role": "user"}
        assert_problem(await alone.put(path, json=put), 409, "last_admin")
        assert_problem(await alone.delete(path), 409, "last_admin")
        assert await alone.is_signed_in()

    async def test_an_inactive_one_does_not_count(self, users_app: ServiceApp, alone: Person) -> None:
        other = await make_admin(users_app)
        await alone.patch(f"/api/users/{other.id}", json={"is_active": False})
        assert_problem(await alone.patch(f"/api/users/{alone.id}", json={"role": "user"}), 409, "last_admin")

    async def test_may_go_when_there_is_another(self, users_app: ServiceApp, alone: Person) -> None:
        await make_admin(users_app)
        assert (await alone.patch(f"/api/users/{alone.id}", json={"role": "user"})).status_code == 200

    async def test_two_who_demote_each_other(self, users_app: ServiceApp, alone: Person) -> None:
        for _ in range(5):
            one, two = await make_admin(users_app), await make_admin(users_app)
            await users_app.session().execute("UPDATE users SET role = 'user' WHERE NOT id = ANY($1)", [one.id, two.id])
            answers = await asyncio.gather(
                one.patch(f"/api/users/{two.id}", json={"role": "user"}),
                two.delete(f"/api/users/{one.id}"),
                one.patch(f"/api/users/{one.id}", json={"is_active": False}),
            )
            assert {answer.status_code for answer in answers} <= {200, 204, 401, 409}
            admins = "SELECT count(*) FROM users WHERE role = 'admin' AND is_active"
            assert await users_app.session().fetchval(admins) == 1
