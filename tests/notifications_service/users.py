"""The users service as far as the notifications service calls it: a real server on loopback."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.context import uuid7
from shared.jwks import ALGORITHM, AUDIENCE, ISSUER
from tests.apps import signing_key

ids = itertools.count(1)
KID = "test"


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    id: int
    username: str
    role: str
    session_id: UUID
    token: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Users:
    def __init__(self) -> None:
        pem = signing_key()
        self._key = jwk.construct(pem, ALGORITHM)
        public = serialization.load_pem_private_key(pem.encode(), None)
        assert isinstance(public, ec.EllipticCurvePrivateKey)
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        published = public.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
        self._key_set = {"keys": [{**jwk.construct(published, ALGORITHM).to_dict(), "kid": KID}]}
        self._principals: dict[str, dict[str, Any]] = {}
        self._ended: set[str] = set()
        self.is_away = False
        self.app = Starlette(
            routes=[
                Route("/.well-known/jwks.json", self._jwks),
                Route("/api/auth/verify", self._verify),
                Route("/internal/sessions/ended", self._which_ended, methods=["POST"]),
            ]
        )

    def sign_in(self, role: str = "user", user_id: int | None = None) -> Person:
        """A new person, or another session of one."""
        user_id = user_id or next(ids)
        session_id = uuid7()
        now = int(time.time())
        names = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(user_id), "sid": str(session_id), "jti": str(uuid7())}
        token = jwt.encode({**names, "typ": "access", "iat": now, "exp": now + 900}, self._key, ALGORITHM, {"kid": KID})
        person = Person(user_id, f"u{user_id}", role, session_id, token)
        self._principals[token] = {
            "id": user_id,
            "username": person.username,
            "role": role,
            "scopes": [],
            "session_id": str(session_id),
        }
        return person

    def end(self, person: Person) -> None:
        self._ended.add(str(person.session_id))
        self._principals.pop(person.token, None)

    async def _jwks(self, _: Request) -> Response:
        return self._answer(self._key_set)

    async def _verify(self, request: Request) -> Response:
        principal = self._principals.get(request.headers["authorization"].removeprefix("Bearer "))
        return self._answer(principal) if principal else Response(status_code=401)

    async def _which_ended(self, request: Request) -> Response:
        asked = (await request.json())["session_ids"]
        return self._answer({"ended": [one for one in asked if one in self._ended]})

    def _answer(self, body: Any) -> Response:
        return Response(status_code=503) if self.is_away else JSONResponse(body)
