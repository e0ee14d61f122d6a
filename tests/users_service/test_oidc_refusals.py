"""What a provider or a browser may not do: answers that nobody asked for, forged ID tokens."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from jose import jwt

from tests.apps import ServiceApp, signing_key
from tests.users_service.identity_provider import (
    CLIENT_ID,
    KEYS,
    Browser,
    IdentityProvider,
    mail,
    pem_of,
    state_of,
)
from tests.users_service.people import assert_problem


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
        headers = {b"Cookie": f"taskwire_oidc={cookie}".encode()}
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
