"""One OpenID provider, as its client: where to send people, and whom it says they are (OpenID Connect Core 1.0,
authorization code with PKCE). Everything is fetched by the guarded client; nothing that a token names is."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import orjson
from jose import jwk, jwt

from shared.jwks import WRONG
from shared.logging import get_logger
from shared.outgoing import Answer, Outgoing, OutgoingError
from users_service.oidc.attempts import Attempt
from users_service.oidc.errors import ProviderAway, ProviderRefused
from users_service.oidc.settings import OidcProvider

log = get_logger(__name__)

KEPT = 3600.0  # seconds that the provider's own description is believed
REFETCH_PAUSE = 5.0  # seconds between two fetches of keys because of an unknown key id
LEEWAY = 30  # seconds by which clocks may differ
MAX_TOKEN = 16 * 1024
ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256"}
REQUIRED = {f"require_{claim}": True for claim in ("exp", "iat", "iss", "aud", "sub")} | {"leeway": LEEWAY}


@dataclass(slots=True, frozen=True)
class Identity:
    """Whom a provider vouches for. `claims` are the ID token's, and the user info's where that has no address."""

    issuer: str
    subject: str
    claims: dict[str, Any]

    @property
    def email(self) -> str | None:
        email = self.claims.get("email")
        return email if isinstance(email, str) else None

    @property
    def is_email_verified(self) -> bool:
        """Nothing but `true` is."""
        return self.claims.get("email_verified") is True


class Provider:
    def __init__(self, settings: OidcProvider, outgoing: Outgoing, redirect_uri: str) -> None:
        self.settings, self.redirect_uri = settings, redirect_uri
        self._outgoing = outgoing
        self._metadata: dict[str, Any] = {}
        self._keys: list[dict[str, Any]] = []
        self._described_at = self._keys_at = float("-inf")

    async def authorization_url(self, attempt: Attempt) -> str:
        """Where the browser goes."""
        endpoint = await self._endpoint("authorization_endpoint")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.settings.scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def identify(self, code: str, attempt: Attempt) -> Identity:
        """Raises ProviderRefused for a code or a token that is not good, ProviderAway when nobody answers."""
        issued = await self._redeem(code, attempt)
        token, access = issued.get("id_token"), issued.get("access_token")
        if not isinstance(token, str) or len(token) > MAX_TOKEN:
            raise ProviderRefused
        claims = await self._read(token, access if isinstance(access, str) else None)
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not secrets.compare_digest(nonce.encode(), attempt.nonce.encode()):
            raise ProviderRefused
        if "email" not in claims and isinstance(access, str):
            claims |= await self._user_info(access, claims["sub"])
        return Identity(self.settings.issuer, claims["sub"], claims)

    async def _redeem(self, code: str, attempt: Attempt) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        endpoint = await self._endpoint("token_endpoint")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        headers |= self._authenticate(form)
        answer = await self._call("POST", endpoint, headers=headers, content=urlencode(form).encode())
        if answer.status != 200:
            raise ProviderRefused
        return _parse(answer)

    def _authenticate(self, form: dict[str, str]) -> dict[str, str]:
        """Headers that say who we are, or the same in the form, as the provider wants it."""
        client_id, secret = self.settings.client_id, self.settings.client_secret
        methods = self._metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if secret is None:
            form["client_id"] = client_id
            return {}
        if "client_secret_basic" not in methods:
            form |= {"client_id": client_id, "client_secret": secret.get_secret_value()}
            return {}
        pair = f"{quote_plus(client_id)}:{quote_plus(secret.get_secret_value())}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    async def _read(self, token: str, access_token: str | None) -> dict[str, Any]:
        """The claims of a good ID token. Which algorithm is good, the published key decides, never the token."""
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(header.get("kid"), header.get("alg"))
            claims: dict[str, Any] = jwt.decode(
                token,
                jwk.construct(key, ALGORITHMS[_kind(key)]),
                algorithms=[ALGORITHMS[_kind(key)]],
                audience=self.settings.client_id,
                issuer=self.settings.issuer,
                access_token=access_token,
                options={**REQUIRED, "verify_at_hash": access_token is not None},
            )
            self._check_claims(header, claims)
        except WRONG as error:
            log.warning("ID token refused", provider=self.settings.name, error=type(error).__name__)
            raise ProviderRefused from None
        return claims

    def _check_claims(self, header: dict[str, Any], claims: dict[str, Any]) -> None:
        """What python-jose does not. Raises ValueError."""
        audience, party = claims["aud"], claims.get("azp")
        if "crit" in header or claims["iat"] > time.time() + LEEWAY:
            raise ValueError("header or time")
        if party not in (None, self.settings.client_id) or (
            isinstance(audience, list) and len(audience) > 1 and not party
        ):
            raise ValueError("azp")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise ValueError("sub")

    async def _key(self, kid: Any, algorithm: Any) -> dict[str, Any]:
        """The published key of this id, or the only one when the token names none. Raises ProviderRefused."""
        for fetch in (False, True):
            if fetch:
                await self._fetch_keys()
            fitting = [k for k in self._keys if ALGORITHMS.get(_kind(k)) == algorithm and k.get("use", "sig") == "sig"]
            found = [k for k in fitting if k.get("kid") == kid] if kid is not None else fitting
            if len(found) == 1:
                return found[0]
        raise ProviderRefused

    async def _fetch_keys(self) -> None:
        if time.monotonic() - self._keys_at < REFETCH_PAUSE:
            return
        self._keys_at = time.monotonic()
        answer = await self._call("GET", await self._endpoint("jwks_uri"))
        keys = _parse(answer).get("keys")
        self._keys = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []

    async def _user_info(self, access_token: str, subject: str) -> dict[str, Any]:
        if "userinfo_endpoint" not in self._metadata:
            return {}
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        answer = await self._call("GET", await self._endpoint("userinfo_endpoint"), headers=headers)
        told = _parse(answer) if answer.status == 200 else {}
        if told.get("sub") != subject:  # user info of somebody else (OpenID Connect Core, 5.3.2)
            return {}
        return {name: told[name] for name in ("email", "email_verified", "name", "preferred_username") if name in told}

    async def _endpoint(self, name: str) -> str:
        if time.monotonic() - self._described_at > KEPT:
            await self._discover()
        endpoint = self._metadata.get(name)
        if not isinstance(endpoint, str) or (self.settings.is_encrypted and not endpoint.startswith("https://")):
            raise ProviderAway
        return endpoint

    async def _discover(self) -> None:
        answer = await self._call("GET", f"{self.settings.issuer}/.well-known/openid-configuration")
        metadata = _parse(answer)
        issuer = metadata.get("issuer")
        if answer.status != 200 or not isinstance(issuer, str) or issuer.rstrip("/") != self.settings.issuer:
            raise ProviderAway
        self._metadata, self._described_at = metadata, time.monotonic()

    async def _call(self, method: str, url: str, **given: Any) -> Answer:
        try:
            return await self._outgoing.request(method, url, **given)
        except OutgoingError as error:
            log.warning("provider not reached", provider=self.settings.name, error=str(error))
            raise ProviderAway from None


def _kind(key: dict[str, Any]) -> tuple[Any, Any]:
    return key.get("kty"), key.get("crv")


def _parse(answer: Answer) -> dict[str, Any]:
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raise ProviderAway from None
    if not isinstance(body, dict):
        raise ProviderAway
    return body
