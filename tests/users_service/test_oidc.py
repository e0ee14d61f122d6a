"""Signing in through an OpenID provider: there and back."""

from __future__ import annotations

import asyncio
import base64
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from deploy.ports import Ports
from tests.apps import ServiceApp
from tests.conftest import StartApp
from tests.users_service.identity_provider import (
    Browser,
    IdentityProvider,
    code_of,
    mail,
    mock_provider,
    state_of,
)
from tests.users_service.people import assert_problem, event_types


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
