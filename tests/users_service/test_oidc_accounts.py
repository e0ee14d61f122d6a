"""Whom signing in through a provider makes of whom: linked, new, or refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apps import ServiceApp
from tests.conftest import StartApp
from tests.users_service.identity_provider import (
    Browser,
    IdentityProvider,
    code_of,
    mail,
    state_of,
)
from tests.users_service.people import PASSWORD, Person, assert_problem, make_admin, sign_in, sign_up
from tests.users_service.test_access_tokens import holding, made
from tests.users_service.test_two_factor import code as otp_of
from tests.users_service.test_two_factor import enabled


class TestAccounts:
    async def test_verified_address_links(self, browser: Browser, sso: ServiceApp) -> None:
        person = await sign_up(sso, email=mail())
        email = (await person.get("/api/users/me")).json()["email"]
        assert (await browser.go(email=email.upper())).json()["user"]["id"] == person.id

    @pytest.mark.parametrize("verified", [False, None, ..., "true", 1, "yes", {}])
    async def test_any_other_address_does_not(self, browser: Browser, sso: ServiceApp, verified: Any) -> None:
        person = await sign_up(sso, email=mail())
        email = (await person.get("/api/users/me")).json()["email"]
        assert_problem(await browser.go(email=email, email_verified=verified), 409, "account_exists")
        assert await person.is_signed_in()

    async def test_who_took_an_address_that_is_not_theirs_is_out(self, browser: Browser, sso: ServiceApp) -> None:
        """Somebody registers with the address of the victim, who signs in through the provider later."""
        attacker = await sign_up(sso, email=mail())
        script = holding(attacker, (await made(attacker, "tasks:*"))["token"])
        email = (await attacker.get("/api/users/me")).json()["email"]
        assert (await browser.go(email=email)).json()["user"]["id"] == attacker.id
        assert not await attacker.is_signed_in()
        assert not await script.is_signed_in()
        body = {"username": attacker.username, "password": PASSWORD}
        assert_problem(await sso.http.post("/api/auth/login", json=body), 401, "invalid_credentials")

    async def test_confirmed_address_keeps_the_password(self, browser: Browser, sso: ServiceApp) -> None:
        person = await sign_up(sso, email=mail())
        await sso.session().execute("UPDATE users SET email_confirmed = true WHERE id = $1", person.id)
        email = (await person.get("/api/users/me")).json()["email"]
        assert (await browser.go(email=email)).status_code == 200
        assert await person.is_signed_in()
        await sign_in(sso, person.username)

    async def test_administrators_are_not_linked(self, browser: Browser, sso: ServiceApp) -> None:
        admin = await make_admin(sso, email=mail())
        email = (await admin.get("/api/users/me")).json()["email"]
        assert_problem(await browser.go(email=email), 409, "account_exists")

    async def test_accounts_with_two_factor_are_not_linked(self, browser: Browser, sso: ServiceApp) -> None:
        person = await sign_up(sso, email=mail())
        await enabled(person)
        email = (await person.get("/api/users/me")).json()["email"]
        assert_problem(await browser.go(email=email), 409, "account_exists")
        assert await person.is_signed_in()

    async def test_inactive_account(self, browser: Browser, sso: ServiceApp) -> None:
        user = (await browser.go(sub="gone", email=mail())).json()["user"]
        await sso.session().execute("UPDATE users SET is_active = false WHERE id = $1", user["id"])
        assert_problem(await browser.go(sub="gone", email=mail()), 401, "provider_refused")
        assert_problem(await browser.go(sub="gone too", email=user["email"]), 401, "provider_refused")

    async def test_deleted_account_is_not_found_again(self, browser: Browser, sso: ServiceApp) -> None:
        body = (await browser.go(sub="deleted", email=mail())).json()
        user = Person(sso, body["user"]["id"], body["user"]["username"], body["access_token"], "")
        assert (await user.delete(f"/api/users/{user.id}")).status_code == 204
        assert (await browser.go(sub="deleted", email=mail())).json()["user"]["id"] != user.id

    async def test_no_password_opens_a_new_account(self, browser: Browser, sso: ServiceApp) -> None:
        user = (await browser.go(email=mail())).json()["user"]
        for password in ("!", "", PASSWORD):
            body = {"username": user["username"], "password": password or " "}
            assert_problem(await sso.http.post("/api/auth/login", json=body), 401, "invalid_credentials")

    @pytest.mark.parametrize(
        "address", [..., None, "", "nonsense", 1, "a@b", "x" * 300 + "@example.com", "a\x00@b.com"]
    )
    async def test_account_needs_an_address(self, browser: Browser, address: Any) -> None:
        assert_problem(await browser.go(email=address), 403, "email_missing")

    @pytest.mark.parametrize(
        ("claims", "expected"),
        [
            ({"preferred_username": "Zoë Müller"}, "Zoë.Müller"),
            ({"preferred_username": "root@corp.example"}, "root"),
            ({"preferred_username": "a/../b"}, "a.b"),
            ({"preferred_username": "\x00\ud800"}, None),
            ({"preferred_username": ["x"]}, None),
            ({"preferred_username": "deleted-7"}, None),
            ({"preferred_username": "x" * 500}, "x" * 56),
            ({}, None),
        ],
    )
    async def test_username(self, browser: Browser, claims: dict[str, Any], expected: str | None) -> None:
        email = mail()
        answer = await browser.go(email=email, **claims)
        assert answer.status_code == 200, answer.text
        username = answer.json()["user"]["username"]
        assert username.startswith(expected or email.partition("@")[0])

    async def test_taken_username_gets_a_number(self, browser: Browser) -> None:
        names = [
            (await browser.go(email=mail(), preferred_username="Kim")).json()["user"]["username"] for _ in range(6)
        ]
        assert names[:4] == ["Kim", "Kim2", "Kim3", "Kim4"]
        assert len(set(names)) == 6

    async def test_closed_registration(self, service_app: StartApp, provider: IdentityProvider) -> None:
        given = {"oidc_providers": (provider.settings(),), "outgoing_allow": frozenset({provider.target})}
        async with service_app("users_service", **given, registration="closed") as running:
            browser = Browser(running, provider)
            assert_problem(await browser.go(email=mail()), 403, "registration_closed")
            await browser.http.aclose()


class TestLinking:
    async def begin(self, browser: Browser, person: Person) -> str:
        answer = await browser.http.post(
            "/api/auth/oidc/corp/link", headers={"Authorization": f"Bearer {person.access}"}
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["authorization_url"])

    async def link(self, browser: Browser, person: Person, **claims: Any) -> httpx.Response:
        location = await self.begin(browser, person)
        code = browser.provider.approve(location, **claims)
        return await browser.come_back({"code": code, "state": state_of(location)}, "application/json")

    async def test_administrator_with_another_address(self, browser: Browser, sso: ServiceApp) -> None:
        admin = await make_admin(sso)
        answer = await self.link(browser, admin, sub="boss", email=mail(), email_verified=False)
        assert answer.json()["user"]["id"] == admin.id
        assert await admin.is_signed_in()
        await sign_in(sso, admin.username)  # the password stays
        assert (await browser.go(sub="boss")).json()["user"]["id"] == admin.id
        listed = (await admin.get("/api/auth/oidc/identities")).json()["items"]
        assert [(row["provider"], row["issuer"]) for row in listed] == [("second", browser.provider.url)]

    async def test_again_changes_nothing(self, browser: Browser, sso: ServiceApp) -> None:
        person = await sign_up(sso)
        for _ in range(2):
            assert (await self.link(browser, person, sub="twice")).json()["user"]["id"] == person.id
        assert len((await person.get("/api/auth/oidc/identities")).json()["items"]) == 1

    async def test_identity_of_somebody_else(self, browser: Browser, sso: ServiceApp) -> None:
        await browser.go(sub="theirs", email=mail())
        person = await sign_up(sso)
        assert_problem(await self.link(browser, person, sub="theirs"), 409, "identity_taken")

    async def test_session_that_ended_meanwhile(self, browser: Browser, sso: ServiceApp) -> None:
        person = await sign_up(sso)
        location = await self.begin(browser, person)
        code = browser.provider.approve(location, sub="late")
        await person.post("/api/auth/logout")
        answer = await browser.come_back({"code": code, "state": state_of(location)})
        assert_problem(answer, 401, "sign_in_attempt_invalid")

    async def test_anonymous_is_refused(self, browser: Browser, sso: ServiceApp) -> None:
        assert_problem(await browser.http.post("/api/auth/oidc/corp/link"), 401)
        assert_problem(await browser.http.get("/api/auth/oidc/identities"), 401)
        assert_problem(await browser.http.delete("/api/auth/oidc/identities/corp"), 401)

    async def test_unlinked(self, browser: Browser, sso: ServiceApp) -> None:
        person = await sign_up(sso)
        await self.link(browser, person, sub="undone")
        assert (await person.delete("/api/auth/oidc/identities/corp")).status_code == 204
        assert_problem(await person.delete("/api/auth/oidc/identities/corp"), 404, "identity_not_found")
        assert_problem(await person.delete("/api/auth/oidc/identities/nobody"), 404, "provider_not_found")
        assert (await browser.go(sub="undone", email=mail())).json()["user"]["id"] != person.id

    async def test_last_way_in_stays(self, browser: Browser, sso: ServiceApp) -> None:
        body = (await browser.go(sub="only", email=mail())).json()
        person = Person(sso, body["user"]["id"], body["user"]["username"], body["access_token"], "")
        assert_problem(await person.delete("/api/auth/oidc/identities/corp"), 409, "last_way_in")
        assert (await browser.go(sub="only")).status_code == 200


class TestTwoFactor:
    async def test_is_asked_for_at_the_exchange(self, browser: Browser, sso: ServiceApp) -> None:
        body = (await browser.go(sub="careful", email=mail())).json()
        person = Person(sso, body["user"]["id"], body["user"]["username"], body["access_token"], "")
        secret, _ = await enabled(person)
        assert_problem(await browser.go(sub="careful"), 401, "otp_required")
        code = code_of(await browser.go("*/*", sub="careful"))
        assert_problem(await browser.exchange(code), 401, "otp_required")
        assert_problem(await browser.exchange(code, "abcdef"), 401, "invalid_otp")
        assert (await browser.exchange(code, otp_of(secret))).status_code == 200
        assert_problem(await browser.exchange(code, otp_of(secret, 1)), 401, "sign_in_code_invalid")
