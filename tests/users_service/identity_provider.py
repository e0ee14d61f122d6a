"""An OpenID provider on loopback that tests can have lie, and a browser that goes there and back."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jose import jwk, jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.ports import Ports
from tests.apps import ServiceApp, client
from tests.serving import serving
from users_service.oidc.settings import OidcProvider

_numbers = itertools.count(1)

CLIENT_ID, CLIENT_SECRET = "taskwire", "a secret of the provider"


def pem_of(key: Any) -> str:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return str(key.private_bytes(serialization.Encoding.PEM, form, plain).decode())


KEYS = {
    "RS256": pem_of(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "ES256": pem_of(ec.generate_private_key(ec.SECP256R1())),
}


def published(algorithm: str, kid: str) -> dict[str, Any]:
    key = jwk.construct(KEYS[algorithm], algorithm).public_key().to_dict()
    return {k: v.decode() if isinstance(v, bytes) else v for k, v in key.items()} | {"kid": kid, "use": "sig"}


@dataclass
class Grant:
    """A code that was given out: for what it was asked, and what the ID token will say."""

    query: dict[str, str]
    claims: dict[str, Any]


@dataclass
class IdentityProvider:
    url: str = ""
    algorithm: str = "RS256"
    kids: dict[str, str] = field(default_factory=lambda: {"RS256": "rsa-1", "ES256": "ec-1"})
    calls: Counter[str] = field(default_factory=Counter)
    grants: dict[str, Grant] = field(default_factory=dict)
    user_info: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    forge: Any = None  # makes the ID token instead, of (claims, the usual token)

    @property
    def target(self) -> tuple[str, int]:
        return self.settings().target

    def settings(self, name: str = "corp", **given: Any) -> OidcProvider:
        usual = {"issuer": self.url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "label": "Corp"}
        return OidcProvider(name=name, **{**usual, **given})

    def approve(self, location: str, **claims: Any) -> str:
        """What the provider does when somebody signs in there: a code for the address that the browser was sent to."""
        assert location.startswith(f"{self.url}/authorize?")
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        code, now = secrets.token_urlsafe(8), int(time.time())
        usual = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": secrets.token_hex(8),
            "iat": now,
            "exp": now + 300,
            "nonce": query["nonce"],
            "email_verified": True,
        }
        chosen = {name: value for name, value in {**usual, **claims}.items() if value is not ...}
        self.grants[code] = Grant(query, chosen)
        return code

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        headers = {"kid": self.kids[self.algorithm], **header}
        return str(jwt.encode(claims, KEYS[self.algorithm], self.algorithm, headers=headers))

    async def _configuration(self, request: Request) -> Response:
        self.calls["configuration"] += 1
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        usual = {f"{name}_endpoint": f"{self.url}/{path}" for name, path in ends.items()}
        return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/jwks", **usual, **self.metadata})

    async def _jwks(self, request: Request) -> Response:
        self.calls["jwks"] += 1
        return JSONResponse({"keys": [published(algorithm, kid) for algorithm, kid in self.kids.items()]})

    async def _token(self, request: Request) -> Response:
        self.calls["token"] += 1
        form = dict(await request.form())
        scheme, _, pair = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            who = base64.b64decode(pair).decode()
        else:
            who = f"{form.get('client_id')}:{form.get('client_secret')}"
        grant = self.grants.pop(str(form.get("code")), None)
        challenge = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        if (
            grant is None
            or who.replace("+", " ") != f"{CLIENT_ID}:{CLIENT_SECRET}"
            or form.get("redirect_uri") != grant.query["redirect_uri"]
            or base64.urlsafe_b64encode(challenge).decode().rstrip("=") != grant.query["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = self.sign(grant.claims)
        if self.forge is not None:
            token = self.forge(grant.claims, token)
        return JSONResponse({"access_token": "opaque", "token_type": "Bearer", "id_token": token})

    async def _user_info(self, request: Request) -> Response:
        self.calls["userinfo"] += 1
        assert request.headers["authorization"] == "Bearer opaque"
        return JSONResponse(self.user_info)

    async def _elsewhere(self, request: Request) -> Response:
        self.calls["elsewhere"] += 1
        return JSONResponse({"keys": [published("RS256", "rsa-1")]})

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self._configuration),
            Route("/jwks", self._jwks),
            Route("/token", self._token, methods=["POST"]),
            Route("/userinfo", self._user_info),
            Route("/elsewhere", self._elsewhere),
        ]


@asynccontextmanager
async def running_provider() -> AsyncIterator[IdentityProvider]:
    provider = IdentityProvider()
    async with serving(provider.routes()) as provider.url:
        yield provider


@contextmanager
def mock_provider(claims: dict[str, Any]) -> Iterator[IdentityProvider]:
    """`oidc-provider-mock` as a process of its own, where somebody with these claims may sign in."""
    port = Ports().block()
    provider = IdentityProvider(url=f"http://127.0.0.1:{port}")
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
        "true",
    ]
    process = subprocess.Popen([*command, "--user-claims", json.dumps(claims)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with suppress(httpx.TransportError):
                httpx.get(f"{provider.url}/jwks", trust_env=False)
                break
            time.sleep(0.05)
        yield provider
    finally:
        process.kill()
        process.wait()


class Browser:
    """Keeps cookies; follows nothing by itself."""

    def __init__(self, running: ServiceApp, provider: IdentityProvider, name: str = "corp") -> None:
        self.http = client(httpx.ASGITransport(running.app, client=("127.0.0.1", 1024)))
        self.provider, self.base = provider, f"/api/auth/oidc/{name}"

    async def begin(self) -> str:
        """Where it is sent to."""
        answer = await self.http.get(f"{self.base}/login")
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def come_back(self, query: dict[str, Any], accept: str = "*/*") -> httpx.Response:
        return await self.http.get(f"{self.base}/callback", params=query, headers={"Accept": accept})

    async def go(self, accept: str = "application/json", **claims: Any) -> httpx.Response:
        """There and back."""
        location = await self.begin()
        code = self.provider.approve(location, **claims)
        return await self.come_back({"code": code, "state": state_of(location)}, accept)

    async def exchange(self, code: str, otp: str | None = None) -> httpx.Response:
        body = {"code": code} if otp is None else {"code": code, "otp": otp}
        return await self.http.post("/api/auth/oidc/exchange", json=body)


def state_of(location: str) -> str:
    return parse_qs(urlsplit(location).query)["state"][0]


def code_of(answer: httpx.Response) -> str:
    """The code in the fragment of where the console is."""
    assert answer.status_code == 302, answer.text
    address, _, query = answer.headers["location"].partition("/#/signed-in?")
    assert address == "http://localhost:8000"
    return parse_qs(query)["code"][0]


def mail() -> str:
    """An address that nobody has yet."""
    return f"sso{next(_numbers)}@example.com"
