"""Who is calling: the principal, and the verifier that asks the users service and forgets its answer in time.

A token's signature and claims are checked here first, against the published keys (of a personal access token its form
and checksum), so garbage never reaches the users service. Whether its session still lives only the users service knows:
it is asked once for each token and 30 seconds, by one call however many requests wait for it, and the answer is dropped
at once when `session.revoked` arrives. An answer that was under way while the session ended is not believed.
"""

import asyncio
import hashlib
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from starlette.requests import HTTPConnection

from shared import access_tokens, scopes
from shared.errors import Unauthenticated, Unavailable
from shared.http import PeerClient
from shared.logging import get_logger

log = get_logger(__name__)

FRESH_FOR = 15.0  # seconds; an older answer is used once more while a new one is fetched
KNOWN_FOR = 30.0  # seconds until an answer is not used any more
REVOCATIONS_KEPT = 120.0  # longer than any verification can be under way
CACHE_SIZE = 20_000
SCHEMES = ("bearer", "token")


@dataclass(slots=True, frozen=True)
class Principal:
    """The person (and session) that a request acts for. For a personal access token `session_id` is the token's id."""

    id: int
    username: str
    role: str
    scopes: tuple[str, ...]
    session_id: UUID
    expires_at: float | None = None  # seconds since 1970, when the token is over for good

    @property
    def is_admin(self) -> bool:
        """Whether the request may do what administrators may: not by a token that was made for less."""
        return self.role == "admin" and self.may(scopes.ADMIN)

    def may(self, scope: str) -> bool:
        return self.scopes == scopes.ALL or scopes.covers(self.scopes, scope)


def read_token(connection: HTTPConnection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() not in SCHEMES or not token:
        raise Unauthenticated
    return token.strip()


@dataclass(slots=True)
class Verified:
    """`until` is when the token itself ends; both are times of the monotonic clock."""

    principal: Principal
    at: float
    until: float


class HttpVerifier:
    """Verifies by `GET /api/auth/verify` of the users service."""

    def __init__(self, users: PeerClient) -> None:
        self._users = users
        from shared.jwks import KeySet  # cryptography: nothing for processes that only know principals

        self._keys = KeySet(users)
        self._cache: OrderedDict[bytes, Verified] = OrderedDict()
        self._calls: dict[bytes, asyncio.Task[Principal]] = {}
        self._revoked_sessions: dict[UUID, float] = {}
        self._revoked_users: dict[int, float] = {}

    async def verify(self, connection: HTTPConnection) -> Principal:
        return await self.verify_token(read_token(connection))

    async def verify_token(self, token: str) -> Principal:
        key = hashlib.blake2b(token.encode("utf-8", "surrogateescape"), digest_size=16).digest()
        known = self._cache.get(key)
        if known is not None:
            now = time.monotonic()
            age = now - known.at
            if now >= known.until:
                age = KNOWN_FOR
            if age < FRESH_FOR:
                return known.principal
            if age < KNOWN_FOR:
                self._call(key, token)
                return known.principal
            del self._cache[key]
        return await asyncio.shield(self._call(key, token))

    def _call(self, key: bytes, token: str) -> "asyncio.Task[Principal]":
        """The one verification under way for this token."""
        task = self._calls.get(key)
        if task is None:
            task = self._calls[key] = asyncio.create_task(self._ask(key, token))
            task.add_done_callback(lambda done: self._ended(key, done))
        return task

    def _ended(self, key: bytes, task: "asyncio.Task[Principal]") -> None:
        self._calls.pop(key, None)
        if not task.cancelled() and isinstance(task.exception(), Unauthenticated):
            self._cache.pop(key, None)

    async def _ask(self, key: bytes, token: str) -> Principal:
        asked_at = time.monotonic()
        expires_at = await self._check(token)
        try:
            answer = await self._users.get("/api/auth/verify", headers={"Authorization": f"Bearer {token}"})
        except httpx.HTTPError as error:
            raise Unavailable(
                "Your token cannot be verified at the moment. Please try again.", retry_after=2
            ) from error
        if answer.status_code in (401, 403):
            raise Unauthenticated
        if answer.status_code != 200:
            raise Unavailable("Your token cannot be verified at the moment. Please try again.", retry_after=2)
        principal = principal_of(answer.json())
        if self._revoked_since(principal, asked_at):
            raise Unauthenticated
        expires_at = min(expires_at, principal.expires_at or expires_at)
        self._cache[key] = Verified(principal, asked_at, time.monotonic() + expires_at - time.time())
        while len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)
        return principal

    async def _check(self, token: str) -> float:
        """When the token ends at the latest. Raises Unauthenticated for what the users service cannot have made."""
        if not access_tokens.is_one(token):
            return await self._keys.check(token)
        if not access_tokens.is_well_formed(token):
            raise Unauthenticated
        return math.inf

    def _revoked_since(self, principal: Principal, moment: float) -> bool:
        session, user = self._revoked_sessions.get(principal.session_id), self._revoked_users.get(principal.id)
        return (session is not None and session >= moment) or (user is not None and user >= moment)

    def revoke(self, session_ids: set[UUID], user_id: int | None = None) -> None:
        """Forgets what was known of these sessions (or of all of one user), and what is being asked about them."""
        now = time.monotonic()
        self._revoked_sessions |= dict.fromkeys(session_ids, now)
        if user_id is not None:
            self._revoked_users[user_id] = now
        gone = [k for k, v in self._cache.items() if v.principal.session_id in session_ids or v.principal.id == user_id]
        for key in gone:
            del self._cache[key]
        horizon = now - REVOCATIONS_KEPT
        self._revoked_sessions = {k: t for k, t in self._revoked_sessions.items() if t > horizon}
        self._revoked_users = {k: t for k, t in self._revoked_users.items() if t > horizon}

    def forget_all(self) -> None:
        """After the connection to the bus was away: a revocation may have been missed."""
        self._cache.clear()


def principal_of(body: dict[str, Any]) -> Principal:
    expires_at = body.get("expires_at")
    return Principal(
        id=body["id"],
        username=body["username"],
        role=body["role"],
        scopes=tuple(body["scopes"]),
        session_id=UUID(body["session_id"]),
        expires_at=None if expires_at is None else datetime.fromisoformat(expires_at).timestamp(),
    )
