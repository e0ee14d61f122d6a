"""The published keys of the access tokens, and the check that needs nothing but them."""

import asyncio
import re
import time
from typing import Any

import httpx
from jose import jwk, jwt
from jose.exceptions import JOSEError

from shared.errors import Unauthenticated, Unavailable
from shared.http import PeerClient

ALGORITHM = "ES256"
ISSUER = "taskwire"
AUDIENCE = "taskwire"
REFETCH_PAUSE = 5.0  # seconds between two fetches because of an unknown key id
MAX_TOKEN_LENGTH = 4096
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")  # base64's decoder overlooks other characters
LEEWAY = 5  # seconds by which clocks may differ
OPTIONS = {f"require_{claim}": True for claim in ("exp", "iat", "iss", "aud", "sub", "jti")} | {"leeway": LEEWAY}
WRONG: tuple[type[Exception], ...] = (
    *(JOSEError, ValueError, TypeError, KeyError, AttributeError, RecursionError),
    OverflowError,  # an infinite time
)


def read_claims(token: str, key: Any) -> dict[str, Any]:
    """The claims of a good access token. python-jose accepts absent claims, any algorithm and
    a time of issue in the future unless told otherwise."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=OPTIONS
        )
        if claims["typ"] != "access" or not isinstance(claims["sid"], str) or not isinstance(claims["aud"], str):
            raise Unauthenticated
        if isinstance(claims["iat"], bool) or claims["iat"] > time.time() + LEEWAY:
            raise Unauthenticated
        claims["exp"] = float(claims["exp"])  # may be a whole number beyond all floats
    except WRONG:
        raise Unauthenticated from None
    return claims


def key_id(token: str) -> str:
    """The `kid` of the header, which is only ever looked up among known keys."""
    if len(token) > MAX_TOKEN_LENGTH or COMPACT.fullmatch(token) is None:
        raise Unauthenticated
    try:
        header = jwt.get_unverified_header(token)
        kid = header["kid"]
    except WRONG:
        raise Unauthenticated from None
    if header.get("alg") != ALGORITHM or "crit" in header or not isinstance(kid, str):
        raise Unauthenticated
    return kid


class KeySet:
    """The users service's JWKS, fetched when first needed and when a key id is new, by one call for all who wait."""

    def __init__(self, users: PeerClient) -> None:
        self._users = users
        self._keys: dict[str, Any] = {}
        self._fetched_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def check(self, token: str) -> float:
        """When the token expires. Raises Unauthenticated for one that the users service cannot have made."""
        kid = key_id(token)
        if kid not in self._keys:
            await self._fetch()
        if kid not in self._keys:
            raise Unauthenticated
        expires_at: float = read_claims(token, self._keys[kid])["exp"]
        return expires_at

    async def _fetch(self) -> None:
        if self._fetching is None:
            if self._keys and time.monotonic() - self._fetched_at < REFETCH_PAUSE:
                return
            self._fetching = asyncio.create_task(self._fetch_once())
            self._fetching.add_done_callback(self._fetched)
        await asyncio.shield(self._fetching)

    def _fetched(self, task: "asyncio.Task[None]") -> None:
        self._fetching = None
        if not task.cancelled():
            task.exception()  # whoever still waits has it

    async def _fetch_once(self) -> None:
        self._fetched_at = time.monotonic()  # a fetch that fails is one too: unknown keys must not cause a storm
        try:
            answer = await self._users.get("/.well-known/jwks.json")
            answer.raise_for_status()
        except httpx.HTTPError as error:
            if self._keys:
                return
            raise Unavailable("Your token cannot be verified at the moment.", retry_after=2) from error
        self._keys = {k["kid"]: jwk.construct(k, ALGORITHM) for k in answer.json()["keys"]}
