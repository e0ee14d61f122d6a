"""Signing in through an OpenID provider: there and back, whom it makes of whom, and what is refused."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from jose import jwt

from deploy.ports import Ports
from tests.apps import ServiceApp, signing_key
from tests.conftest import StartApp
from tests.users_service.identity_provider import (
    CLIENT_ID,
    KEYS,
    Browser,
    IdentityProvider,
    code_of,
    mock_provider,
    pem_of,
    running_provider,
    state_of,
)
from tests.users_service.people import PASSWORD, Person, assert_problem, event_types, make_admin, sign_in, sign_up
from tests.users_service.test_access_tokens import holding, made
from tests.users_service.test_two_factor import code as otp_of
from tests.users_service.test_two_factor import enabled

_mails = iter(f"sso{n}@example.com" for n in range(1_000_000))


@pytest.fixture(scope="module")
async def lying() -> AsyncIterator[IdentityProvider]:
    async with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(lying: IdentityProvider) -> Iterator[IdentityProvider]:
    lying.calls.clear()
    yield lying
    lying.algorithm, lying.forge, lying.user_info = "RS256", None, {}


@pytest.fixture(scope="module")
async def sso(service_app: StartApp, lying: IdentityProvider) -> AsyncIterator[ServiceApp]:
    given = {
        "oidc_providers": (lying.settings(), lying.settings("second")),
        "outgoing_allow": frozenset({lying.target}),
    }
    async with service_app("users_service", **given) as running:
        yield running


@pytest.fixture
async def browser(sso: ServiceApp, provider: IdentityProvider) -> AsyncIterator[Browser]:
    browser = Browser(sso, provider)
    yield browser
    await browser.http.aclose()


def mail() -> str:
    return next(_mails)


class TestThereAndBack:
    async def test_what_the_provider_is_asked(self, browser: Browser, provider: IdentityProvider) -> None:
        url = urlsplit(await browser.begin())
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert url.path == "/authorize"
        assert query.keys() == {
            *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
            *("code_challenge", "code_challenge_method"),
        }
        assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
        assert query["redirect_uri"] == "http://localhost:8000/api/auth/oidc/corp/callback"
        again = parse_qs(urlsplit(await browser.begin()).query)
        assert all(again[name][0] != query[name] for name in ("state", "nonce", "code_challenge"))

    async def test_cookie_is_closed_to_scripts_and_other_sites(self, browser: Browser) -> None:
        answer = await browser.http.get("/api/auth/oidc/corp/login")
        cookie = answer.headers["set-cookie"]
        for word in ("HttpOnly", "SameSite=lax", "Path=/api/auth/oidc", "Max-Age=600"):
            assert word in cookie
        sealed = cookie.partition("=")[2].partition(";")[0]
        assert state_of(answer.headers["location"]).encode() not in base64.urlsafe_b64decode(sealed + "===")

    async def test_browser_gets_a_code_and_changes_it_once(self, browser: Browser, sso: ServiceApp) -> None:
        code = code_of(await browser.go("text/html,*/*", email=mail(), preferred_username="anna"))
        answer = await browser.exchange(code)
        assert answer.status_code == 200, answer.text
        assert answer.json().keys() == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
        assert answer.json()["user"]["username"] == "anna"
        assert_problem(await browser.exchange(code), 401, "sign_in_code_invalid")

    async def test_other_clients_get_tokens_at_once(self, browser: Browser, sso: ServiceApp) -> None:
        body = (await browser.go(email=mail())).json()
        headers = {"Authorization": f"Bearer {body['access_token']}"}
        assert (await sso.http.get("/api/users/me", headers=headers)).json()["id"] == body["user"]["id"]
        refreshed = await sso.http.post("/api/auth/refresh", json={"refresh_token": body["refresh_token"]})
        assert refreshed.status_code == 200

    async def test_code_is_good_in_this_browser_only(
        self, browser: Browser, sso: ServiceApp, provider: IdentityProvider
    ) -> None:
        code = code_of(await browser.go("*/*", email=mail()))
        stranger = Browser(sso, provider)
        assert_problem(await stranger.exchange(code), 401, "sign_in_code_invalid")
        await stranger.go("*/*", email=mail())
        assert_problem(await stranger.exchange(code), 401, "sign_in_code_invalid")
        assert (await browser.exchange(code)).status_code == 200
        await stranger.http.aclose()

    async def test_code_is_short_lived_and_stored_hashed(self, browser: Browser, sso: ServiceApp) -> None:
        code = code_of(await browser.go("*/*", email=mail()))
        rows = await sso.session().fetch(
            "SELECT oidc_codes::text AS row, expires_at - created_at AS life FROM oidc_codes"
        )
        assert not any(code in row["row"] for row in rows)
        assert max(row["life"].total_seconds() for row in rows) <= 30
        await sso.session().execute("UPDATE oidc_codes SET expires_at = now()")
        assert_problem(await browser.exchange(code), 401, "sign_in_code_invalid")

    async def test_same_person_comes_back_to_the_same_account(
        self, browser: Browser, sso: ServiceApp, provider: IdentityProvider
    ) -> None:
        first = (await browser.go(sub="regular", email=mail())).json()
        second = (await browser.go(sub="regular", email=mail(), email_verified=False)).json()
        assert first["user"]["id"] == second["user"]["id"]
        assert await event_types(sso, first["user"]["id"]) == ["user.registered"]

    async def test_at_once_from_many_makes_one_account(self, sso: ServiceApp, provider: IdentityProvider) -> None:
        browsers, email = [Browser(sso, provider) for _ in range(6)], mail()
        answers = await asyncio.gather(*(b.go(sub="hasty", email=email) for b in browsers))
        assert len({answer.json()["user"]["id"] for answer in answers}) == 1
        for one in browsers:
            await one.http.aclose()

    @pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
    async def test_keys_of_both_kinds(self, browser: Browser, provider: IdentityProvider, algorithm: str) -> None:
        provider.algorithm = algorithm
        assert (await browser.go(email=mail())).status_code == 200

    async def test_new_key_is_fetched(self, browser: Browser, provider: IdentityProvider, sso: ServiceApp) -> None:
        await browser.go(email=mail())
        provider.kids["RS256"] = f"rsa-{time.monotonic_ns()}"
        sso.app.state.providers["corp"]._keys_at = float("-inf")
        assert (await browser.go(email=mail())).status_code == 200

    async def test_address_that_only_the_user_info_has(self, browser: Browser, provider: IdentityProvider) -> None:
        email = mail()
        provider.user_info = {"sub": "shy", "email": email, "email_verified": True, "preferred_username": "shy"}
        user = (await browser.go(sub="shy")).json()["user"]
        assert (user["email"], user["username"]) == (email, "shy")

    async def test_user_info_of_somebody_else_is_not_believed(
        self, browser: Browser, provider: IdentityProvider
    ) -> None:
        provider.user_info = {"sub": "another", "email": mail(), "email_verified": True}
        assert_problem(await browser.go(sub="quiet"), 403, "email_missing")

    async def test_by_another_process(self, service_app: StartApp) -> None:
        """An independent implementation, `oidc-provider-mock`, through its own pages."""
        claims = {"sub": "mock", "email": "mock@example.com", "email_verified": True, "name": "Mo Ck"}
        with mock_provider(claims) as provider:
            given = {"oidc_providers": (provider.settings(),), "outgoing_allow": frozenset({provider.target})}
            async with service_app("users_service", **given) as running:
                browser = Browser(running, provider)
                location = await browser.begin()
                async with httpx.AsyncClient(trust_env=False) as outside:
                    answer = await outside.post(location, data={"sub": "mock"})
                back = {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["location"]).query).items()}
                user = (await browser.exchange(code_of(await browser.come_back(back)))).json()["user"]
                assert (user["email"], user["full_name"]) == ("mock@example.com", "Mo Ck")
                await browser.http.aclose()


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


class TestRefused:
    async def test_answer_of_another_browser(
        self, browser: Browser, sso: ServiceApp, provider: IdentityProvider
    ) -> None:
        location = await browser.begin()
        query = {"code": provider.approve(location, email=mail()), "state": state_of(location)}
        stranger = Browser(sso, provider)
        assert_problem(await stranger.come_back(query), 401, "sign_in_attempt_invalid")
        await stranger.begin()
        assert_problem(await stranger.come_back(query), 401, "sign_in_attempt_invalid")
        await stranger.http.aclose()
        assert (await browser.come_back(query)).status_code == 302

    async def test_answer_is_good_once(self, browser: Browser, provider: IdentityProvider) -> None:
        location = await browser.begin()
        cookie = browser.http.cookies["taskwire_oidc"]
        query = {"code": provider.approve(location, email=mail()), "state": state_of(location)}
        assert (await browser.come_back(query)).status_code == 302
        browser.http.cookies.clear()
        browser.http.cookies.set("taskwire_oidc", cookie, "taskwire.test", "/api/auth/oidc")
        again = {**query, "code": provider.approve(location, email=mail())}
        assert_problem(await browser.come_back(again), 401, "sign_in_attempt_invalid")

    async def test_answer_that_comes_late(
        self, browser: Browser, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        location = await browser.begin()
        query = {"code": provider.approve(location, email=mail()), "state": state_of(location)}
        monkeypatch.setattr("users_service.oidc.attempts.LIFE", -1)
        assert_problem(await browser.come_back(query), 401, "sign_in_attempt_invalid")

    async def test_answer_of_another_provider(self, browser: Browser, provider: IdentityProvider) -> None:
        location = await browser.begin()
        query = {"code": provider.approve(location, email=mail()), "state": state_of(location)}
        browser.base = "/api/auth/oidc/second"
        assert_problem(await browser.come_back(query), 401, "sign_in_attempt_invalid")
        browser.base = "/api/auth/oidc/corp"
        other = {**query, "iss": "https://evil.example"}
        assert_problem(await browser.come_back(other), 401, "provider_refused")

    @pytest.mark.parametrize("cookie", ["", "nonsense", "A" * 400, "é", '"'])
    async def test_forged_cookie(self, browser: Browser, cookie: str) -> None:
        headers = {"Cookie": f"taskwire_oidc={cookie}".encode()}
        answer = await browser.http.get("/api/auth/oidc/corp/callback?code=a&state=b", headers=headers)
        assert_problem(answer, 401, "sign_in_attempt_invalid")

    async def test_provider_says_no(self, browser: Browser) -> None:
        location = await browser.begin()
        answer = await browser.come_back({"error": "access_denied", "state": state_of(location)})
        assert_problem(answer, 401, "provider_refused")
        location = await browser.begin()
        answer = await browser.come_back({"error": "access_denied", "state": state_of(location)}, "text/html")
        assert answer.headers["location"] == "http://localhost:8000/#/signed-in?error=provider_refused"

    @pytest.mark.parametrize("query", ["", "code=a", "state=%00&code=a", "state=" + "x" * 5000])
    async def test_wrong_parameters(self, browser: Browser, query: str) -> None:
        assert_problem(await browser.http.get(f"/api/auth/oidc/corp/callback?{query}"), 422)

    @pytest.mark.parametrize("name", ["nobody", "%00", "CORP", "x" * 200])
    async def test_unknown_provider(self, browser: Browser, name: str) -> None:
        for path in (f"/api/auth/oidc/{name}/login", f"/api/auth/oidc/{name}/callback?state=a&code=b"):
            assert (await browser.http.get(path)).status_code == 404

    async def test_code_that_the_provider_does_not_know(self, browser: Browser) -> None:
        location = await browser.begin()
        answer = await browser.come_back({"code": "made up", "state": state_of(location)})
        assert_problem(answer, 401, "provider_refused")

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "another"},
            {"nonce": ...},
            {"nonce": 1},
            {"aud": "somebody"},
            {"aud": ...},
            {"aud": ["somebody"]},
            {"aud": [CLIENT_ID, "somebody"]},
            {"aud": [CLIENT_ID, "somebody"], "azp": "somebody"},
            {"azp": "somebody"},
            {"iss": "https://evil.example"},
            {"iss": ...},
            {"exp": 1},
            {"exp": ...},
            {"iat": ...},
            {"iat": 4102444800},
            {"nbf": 4102444800},
            {"sub": ...},
            {"sub": ""},
            {"sub": 1},
            {"sub": "x" * 300},
        ],
        ids=str,
    )
    async def test_id_token_with_wrong_claims(self, browser: Browser, claims: dict[str, Any]) -> None:
        assert_problem(await browser.go(email=mail(), **claims), 401, "provider_refused")

    @pytest.mark.parametrize(
        "how", ["none", "hmac", "other key", "brought along", "elsewhere", "kid", "crit", "rubbish"]
    )
    async def test_forged_id_token(self, browser: Browser, provider: IdentityProvider, how: str) -> None:
        provider.forge = lambda claims, token: forged(provider, how, claims, token)
        assert_problem(await browser.go(email=mail()), 401, "provider_refused")
        assert provider.calls["elsewhere"] == 0

    async def test_id_token_of_the_other_keys_algorithm(self, browser: Browser, provider: IdentityProvider) -> None:
        provider.forge = lambda claims, _: jwt.encode(claims, KEYS["ES256"], "ES256", headers={"kid": "rsa-1"})
        assert_problem(await browser.go(email=mail()), 401, "provider_refused")


class TestProviderAway:
    async def test_nobody_there(self, service_app: StartApp) -> None:
        port = Ports().block()
        away = IdentityProvider(url=f"http://127.0.0.1:{port}")
        given = {"oidc_providers": (away.settings(),), "outgoing_allow": frozenset({("127.0.0.1", port)})}
        async with service_app("users_service", **given) as running:
            assert_problem(await running.http.get("/api/auth/oidc/corp/login"), 503, "provider_unavailable")

    async def test_private_address_is_not_called(self, service_app: StartApp, provider: IdentityProvider) -> None:
        """Only what OUTGOING_ALLOW names may be on this machine."""
        settings = provider.settings(issuer=provider.url.replace("http://", "https://"))
        async with service_app("users_service", oidc_providers=(settings,)) as running:
            assert_problem(await running.http.get("/api/auth/oidc/corp/login"), 503, "provider_unavailable")
        assert not provider.calls

    async def test_description_of_another_issuer(
        self, sso: ServiceApp, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sso.app.state.providers["second"], "_described_at", float("-inf"))
        provider.metadata = {"issuer": "https://evil.example"}
        try:
            assert_problem(await sso.http.get("/api/auth/oidc/second/login"), 503, "provider_unavailable")
        finally:
            provider.metadata = {}


class TestList:
    async def test_names_without_secrets(self, sso: ServiceApp) -> None:
        answer = await sso.http.get("/api/auth/oidc")
        assert [item["name"] for item in answer.json()["items"]] == ["corp", "second"]
        assert answer.json()["items"][0].keys() == {"name", "label", "login_url"}
        assert "secret" not in answer.text

    async def test_none(self, users_app: ServiceApp) -> None:
        assert (await users_app.http.get("/api/auth/oidc")).json() == {"items": [], "next_cursor": None}


def forged(provider: IdentityProvider, how: str, claims: dict[str, Any], token: str) -> str:
    _, payload, _ = token.split(".")
    match how:
        case "none":
            bare = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "rsa-1"}).encode()).decode().rstrip("=")
            return f"{bare}.{payload}."
        case "hmac":
            return str(jwt.encode(claims, CLIENT_ID, "HS256", headers={"kid": provider.kids["RS256"]}))
        case "other key":
            from cryptography.hazmat.primitives.asymmetric import rsa

            other = pem_of(rsa.generate_private_key(public_exponent=65537, key_size=2048))
            return str(jwt.encode(claims, other, "RS256", headers={"kid": provider.kids["RS256"]}))
        case "brought along" | "elsewhere":
            where = {"jku": f"{provider.url}/elsewhere", "x5u": f"{provider.url}/elsewhere", "kid": "own"}
            return str(jwt.encode(claims, signing_key(), "ES256", headers=where))
        case "kid":
            return provider.sign(claims, kid="../../dev/null")
        case "crit":
            return provider.sign(claims, crit=["exp"])
    return "x" * 20_000
