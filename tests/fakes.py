"""The users service as far as other services call it: a real server on loopback that tests can break."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.context import uuid7
from shared.jwks import ALGORITHM, AUDIENCE, ISSUER
from tests.apps import signing_key
from tests.serving import serving

KID = "test-key"
MODES = Literal["ok", "failing", "hanging"]


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and the session of one sign-in."""

    id: int
    username: str
    role: str
    session_id: UUID
    token: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class FakeUsers:
    """`calls` counts what was asked, by path. `verifying` is set while a verification is under way, and while `gate`
    is closed it stays so, the answer already decided."""

    def __init__(self) -> None:
        self.url = ""
        self.mode: MODES = "ok"
        self.calls: Counter[str] = Counter()
        self.people: dict[int, dict[str, Any]] = {}
        self.sessions: dict[str, int] = {}
        self.scopes: dict[str, list[str]] = {}
        self.expiring: dict[str, str] = {}
        self.gate, self.verifying = asyncio.Event(), asyncio.Event()
        self.gate.set()
        self.private_pem = signing_key()
        key = serialization.load_pem_private_key(self.private_pem.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        form, encoding = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.Encoding.PEM
        self.public_pem = key.public_key().public_bytes(encoding, form).decode()
        self.key_set = {"keys": [{**jwk.construct(self.public_pem, ALGORITHM).to_dict(), "kid": KID}]}
        self._ids = itertools.count(1)

    def register(self, role: str = "user", **fields: Any) -> Person:
        """A new person who is signed in. Nobody hears of it by an event."""
        user_id = next(self._ids)
        profile = {
            "id": user_id,
            "username": f"user{user_id}",
            "full_name": f"User {user_id}",
            "email": f"user{user_id}@example.com",
            "role": role,
            "timezone": "UTC",
            "locale": "en",
            "is_active": True,
            "version": 1,
        }
        self.people[user_id] = {**profile, **fields}
        return self.sign_in(user_id)

    def sign_in(self, user_id: int, *scopes: str) -> Person:
        """Another session of a person; with scopes, as a token that was made for less."""
        session_id = uuid7()
        self.scopes[str(session_id)] = [*scopes] or ["*"]
        self.sessions[str(session_id)] = user_id
        person = self.people[user_id]
        return Person(user_id, person["username"], person["role"], session_id, self.mint(user_id, session_id))

    def mint(self, user_id: int, session_id: UUID, *, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token signed with the published key. A claim that is None is left out."""
        now = int(time.time())
        usual = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": str(uuid7()),
            "typ": "access",
            "iat": now,
            "exp": now + 900,
        }
        chosen = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return str(jwt.encode(chosen, self.private_pem, ALGORITHM, headers={"kid": KID, **(headers or {})}))

    def revoke(self, person: Person) -> None:
        del self.sessions[str(person.session_id)]

    async def _answer(self, request: Request, body: Any, status: int = 200) -> Response:
        mode = self.mode
        self.calls[request.url.path] += 1
        if mode == "hanging":
            await asyncio.sleep(60)
        return Response(status_code=500) if mode == "failing" else JSONResponse(body, status)

    async def _jwks(self, request: Request) -> Response:
        return await self._answer(request, self.key_set)

    async def _verify(self, request: Request) -> Response:
        claims = jwt.get_unverified_claims(request.headers["authorization"].removeprefix("Bearer "))
        user_id = self.sessions.get(claims["sid"])
        person = self.people.get(user_id or 0)
        self.verifying.set()
        await self.gate.wait()
        self.verifying.clear()
        if person is None:
            return await self._answer(request, {}, 401)
        names = {name: person[name] for name in ("id", "username", "role")}
        told = {"scopes": self.scopes.get(claims["sid"], ["*"]), "expires_at": self.expiring.get(claims["sid"])}
        return await self._answer(request, {**names, **told, "session_id": claims["sid"]})

    async def _users(self, request: Request) -> Response:
        ids = [int(text) for text in request.query_params["ids"].split(",")]
        return await self._answer(request, {"items": [self.people[i] for i in ids if i in self.people]})

    async def _sessions_ended(self, request: Request) -> Response:
        asked = (await request.json())["session_ids"]
        return await self._answer(request, {"ended": [one for one in asked if one not in self.sessions]})

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/jwks.json", self._jwks),
            Route("/api/auth/verify", self._verify),
            Route("/internal/users", self._users),
            Route("/internal/sessions/ended", self._sessions_ended, methods=["POST"]),
        ]


@asynccontextmanager
async def running_users() -> AsyncIterator[FakeUsers]:
    users = FakeUsers()
    async with serving(users.routes()) as users.url:
        yield users
