"""The verifier: asks the users service little, forgets in time, and believes nobody when it cannot ask."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from shared import auth, jwks
from shared.auth import HttpVerifier
from shared.context import uuid7
from shared.errors import Unauthenticated, Unavailable
from shared.http import PeerClient
from tests.fakes import FakeUsers, Person

VERIFY, JWKS = "/api/auth/verify", "/.well-known/jwks.json"


class Clock:
    """Stands in for `time` in the verifier; `pass_by` moves it on."""

    def __init__(self) -> None:
        self.offset = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.offset

    def time(self) -> float:
        return time.time()

    def pass_by(self, seconds: float) -> None:
        self.offset += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(auth, "time", clock)
    monkeypatch.setattr(jwks, "time", clock)
    return clock


async def background_work(verifier: HttpVerifier) -> None:
    await asyncio.gather(*verifier._calls.values(), return_exceptions=True)


class TestAsking:
    async def test_gives_the_principal(self, verifier: HttpVerifier, person: Person) -> None:
        principal = await verifier.verify_token(person.token)
        assert (principal.id, principal.username, principal.role) == (person.id, person.username, "user")
        assert principal.session_id == person.session_id
        assert not principal.is_admin

    async def test_asks_once_for_a_hundred_requests_at_once(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person
    ) -> None:
        found = await asyncio.gather(*(verifier.verify_token(person.token) for _ in range(100)))
        assert {principal.id for principal in found} == {person.id}
        assert dict(fake_users.calls) == {JWKS: 1, VERIFY: 1}

    async def test_fetches_the_keys_once_for_many_people_at_once(
        self, verifier: HttpVerifier, fake_users: FakeUsers
    ) -> None:
        people = [fake_users.register() for _ in range(20)]
        await asyncio.gather(*(verifier.verify_token(one.token) for one in people))
        assert dict(fake_users.calls) == {JWKS: 1, VERIFY: 20}

    async def test_a_cancelled_request_does_not_take_the_answer_from_the_others(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person
    ) -> None:
        fake_users.gate.clear()
        first = asyncio.create_task(verifier.verify_token(person.token))
        second = asyncio.create_task(verifier.verify_token(person.token))
        await asyncio.wait_for(fake_users.verifying.wait(), 5)
        first.cancel()
        fake_users.gate.set()
        assert (await second).id == person.id
        assert fake_users.calls[VERIFY] == 1

    async def test_remembers_only_so_many(
        self, verifier: HttpVerifier, fake_users: FakeUsers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(auth, "CACHE_SIZE", 3)
        for _ in range(5):
            await verifier.verify_token(fake_users.register().token)
        assert len(verifier._cache) == 3

    async def test_garbage_never_reaches_the_users_service(self, verifier: HttpVerifier, fake_users: FakeUsers) -> None:
        await verifier.verify_token(fake_users.register().token)
        fake_users.calls.clear()
        for number in range(200):
            with pytest.raises(Unauthenticated):
                await verifier.verify_token(f"garbage.{number}.token")
        assert not fake_users.calls

    async def test_unknown_key_ids_fetch_the_keys_now_and_then_only(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person
    ) -> None:
        await verifier.verify_token(person.token)
        forged = [fake_users.mint(person.id, uuid7(), headers={"kid": f"k{i}"}) for i in range(50)]
        answers = await asyncio.gather(*map(verifier.verify_token, forged), return_exceptions=True)
        assert {type(answer) for answer in answers} == {Unauthenticated}
        assert fake_users.calls[JWKS] <= 2

    async def test_unknown_key_ids_do_not_storm_a_users_service_that_fails(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person, clock: Clock
    ) -> None:
        await verifier.verify_token(person.token)
        fake_users.mode = "failing"
        clock.pass_by(jwks.REFETCH_PAUSE + 1)
        for number in range(10):
            with pytest.raises(Unauthenticated):
                await verifier.verify_token(fake_users.mint(person.id, uuid7(), headers={"kid": f"k{number}"}))
        assert fake_users.calls[JWKS] == 2, "a fetch that failed is a fetch"

    async def test_a_new_key_is_fetched(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person, clock: Clock
    ) -> None:
        await verifier.verify_token(person.token)
        (key,) = fake_users.key_set["keys"]
        fake_users.key_set["keys"].append({**key, "kid": "next"})
        clock.pass_by(jwks.REFETCH_PAUSE + 1)
        token = fake_users.mint(person.id, person.session_id, headers={"kid": "next"})
        assert (await verifier.verify_token(token)).id == person.id


class TestForgetting:
    async def test_believes_an_answer_for_thirty_seconds_at_most(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person, clock: Clock
    ) -> None:
        await verifier.verify_token(person.token)
        fake_users.revoke(person)
        clock.pass_by(auth.KNOWN_FOR + 0.1)
        with pytest.raises(Unauthenticated):
            await verifier.verify_token(person.token)
        assert auth.KNOWN_FOR <= 30

    async def test_asks_again_in_the_background_after_half_the_time(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person, clock: Clock
    ) -> None:
        await verifier.verify_token(person.token)
        clock.pass_by(auth.FRESH_FOR - 1)
        await verifier.verify_token(person.token)
        await background_work(verifier)
        assert fake_users.calls[VERIFY] == 1
        clock.pass_by(2)
        fake_users.gate.clear()
        await asyncio.wait_for(verifier.verify_token(person.token), 0.1)
        fake_users.gate.set()
        await background_work(verifier)
        assert fake_users.calls[VERIFY] == 2
        clock.pass_by(auth.FRESH_FOR - 1)
        await verifier.verify_token(person.token)
        await background_work(verifier)
        assert fake_users.calls[VERIFY] == 2, "the answer from the background is a fresh one"

    async def test_a_refusal_in_the_background_counts_at_once(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person, clock: Clock
    ) -> None:
        await verifier.verify_token(person.token)
        fake_users.revoke(person)
        clock.pass_by(auth.FRESH_FOR + 1)
        await verifier.verify_token(person.token)
        await background_work(verifier)
        with pytest.raises(Unauthenticated):
            await verifier.verify_token(person.token)

    async def test_the_role_is_that_of_the_newest_answer(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person, clock: Clock
    ) -> None:
        await verifier.verify_token(person.token)
        fake_users.people[person.id]["role"] = "admin"
        clock.pass_by(auth.KNOWN_FOR + 1)
        assert (await verifier.verify_token(person.token)).is_admin


class TestUsersServiceAway:
    @pytest.mark.parametrize("mode", ["failing", "hanging"])
    async def test_unknown_tokens_are_answered_503(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person, mode: Any
    ) -> None:
        fake_users.mode = mode
        started = time.monotonic()
        with pytest.raises(Unavailable) as refused:
            await verifier.verify_token(person.token)
        assert time.monotonic() - started < 4
        assert int(refused.value.headers["Retry-After"]) > 0

    async def test_unknown_tokens_are_answered_503_when_the_keys_are_known(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person
    ) -> None:
        await verifier.verify_token(fake_users.register().token)
        fake_users.mode = "failing"
        with pytest.raises(Unavailable):
            await verifier.verify_token(person.token)

    async def test_nobody_listens_there(self, person: Person) -> None:
        client = PeerClient("http://127.0.0.1:9")
        with pytest.raises(Unavailable):
            await HttpVerifier(client).verify_token(person.token)
        await client.aclose()

    async def test_known_tokens_go_on_for_thirty_seconds_and_no_longer(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person, clock: Clock
    ) -> None:
        await verifier.verify_token(person.token)
        fake_users.mode = "failing"
        for _ in range(29):
            clock.pass_by(1)
            assert (await verifier.verify_token(person.token)).id == person.id
            await background_work(verifier)
        clock.pass_by(1.1)
        with pytest.raises(Unavailable):
            await verifier.verify_token(person.token)

    async def test_forgets_nothing_of_it_once_it_is_back(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person
    ) -> None:
        fake_users.mode = "failing"
        with pytest.raises(Unavailable):
            await verifier.verify_token(person.token)
        fake_users.mode = "ok"
        assert (await verifier.verify_token(person.token)).id == person.id
