"""Personal access tokens at the verifier of the other services."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared import access_tokens
from shared.auth import HttpVerifier
from shared.errors import Unauthenticated, Unavailable
from shared.http import PeerClient
from tests.apps import ServiceApp
from tests.users_service.people import Person
from tests.users_service.test_access_tokens import TOKENS, made, set_token


class CountingPeer(PeerClient):
    """The users service in this process, as others call it."""

    def __init__(self, running: ServiceApp) -> None:
        super().__init__("http://users")
        self._running = running
        self.calls: Counter[str] = Counter()

    async def get(self, path: str, **request: Any) -> Any:
        self.calls[path] += 1
        return await self._running.http.get(path, **request)


@pytest.fixture
def peer(users_app: ServiceApp) -> CountingPeer:
    return CountingPeer(users_app)


class TestElsewhere:
    async def test_is_asked_for_once(self, peer: CountingPeer, person: Person) -> None:
        token = await made(person, "tasks:*")
        verifier = HttpVerifier(peer)
        for _ in range(3):
            principal = await verifier.verify_token(token["token"])
        assert (principal.id, principal.scopes, str(principal.session_id)) == (person.id, ("tasks:*",), token["id"])
        assert peer.calls == {"/api/auth/verify": 1}

    async def test_made_up_ones_ask_nobody(self, peer: CountingPeer, person: Person) -> None:
        good = (await made(person))["token"]
        verifier = HttpVerifier(peer)
        for token in (good[:-1], good[:-1] + "é", good + "0", good.upper(), "tw_pat_", "tw_pat_" + "x" * 46):
            with pytest.raises(Unauthenticated):
                await verifier.verify_token(token)
        assert not peer.calls

    async def test_unknown_one(self, peer: CountingPeer) -> None:
        with pytest.raises(Unauthenticated):
            await HttpVerifier(peer).verify_token(access_tokens.new_token())

    async def test_revoked_is_forgotten_at_once(self, peer: CountingPeer, person: Person) -> None:
        token, verifier = await made(person), HttpVerifier(peer)
        await verifier.verify_token(token["token"])
        await person.delete(f"{TOKENS}/{token['id']}")
        verifier.revoke({UUID(token["id"])})
        with pytest.raises(Unauthenticated):
            await verifier.verify_token(token["token"])

    async def test_expiry_is_kept_by_the_cache(
        self, users_app: ServiceApp, peer: CountingPeer, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        soon = datetime.now(UTC) + timedelta(seconds=20)
        token, verifier = await made(person, expires_at=soon.isoformat()), HttpVerifier(peer)
        principal = await verifier.verify_token(token["token"])
        assert principal.expires_at == soon.timestamp()
        began, asked = time.monotonic(), peer.calls["/api/auth/verify"]
        await set_token(users_app, token["id"], "expires_at = now()")
        for later, good in ((10, True), (21, False)):  # at 21 s the answer would still be used for any other token
            monkeypatch.setattr("shared.auth.time.monotonic", lambda later=later: began + later)
            if good:
                await verifier.verify_token(token["token"])
                assert peer.calls["/api/auth/verify"] == asked
            else:
                with pytest.raises(Unauthenticated):
                    await verifier.verify_token(token["token"])
                assert peer.calls["/api/auth/verify"] == asked + 1

    async def test_users_service_away(self) -> None:
        verifier = HttpVerifier(PeerClient("http://127.0.0.1:9"))
        with pytest.raises(Unavailable):
            await verifier.verify_token(access_tokens.new_token())
