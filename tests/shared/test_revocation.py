"""Rights that end: each process forgets at once what it knew of them."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from shared.auth import HttpVerifier
from shared.bus import Message
from shared.bus.memory import MemoryBus
from shared.context import uuid7
from shared.errors import Unauthenticated
from shared.revocation import listen
from tests.fakes import FakeUsers, Person

VERIFY = "/api/auth/verify"


class TestRevocation:
    async def test_of_a_session_counts_at_once(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person
    ) -> None:
        other = fake_users.sign_in(person.id)
        await verifier.verify_token(person.token)
        await verifier.verify_token(other.token)
        fake_users.revoke(person)
        verifier.revoke({person.session_id})
        with pytest.raises(Unauthenticated):
            await verifier.verify_token(person.token)
        assert (await verifier.verify_token(other.token)).id == person.id
        assert fake_users.calls[VERIFY] == 3, "the other session was still known"

    async def test_of_a_person_counts_for_all_sessions(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person
    ) -> None:
        both = [person, fake_users.sign_in(person.id)]
        for one in both:
            await verifier.verify_token(one.token)
            fake_users.revoke(one)
        verifier.revoke(set(), person.id)
        for one in both:
            with pytest.raises(Unauthenticated):
                await verifier.verify_token(one.token)

    @pytest.mark.parametrize("everything", [False, True])
    async def test_while_an_answer_is_under_way_refuses_it(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person, everything: bool
    ) -> None:
        fake_users.gate.clear()
        asked = asyncio.create_task(verifier.verify_token(person.token))
        await asyncio.wait_for(fake_users.verifying.wait(), 5)
        sessions: set[UUID] = set() if everything else {person.session_id}
        verifier.revoke(sessions, person.id if everything else None)
        fake_users.gate.set()
        with pytest.raises(Unauthenticated):
            await asked
        assert not verifier._cache

    async def test_comes_by_the_bus(self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person) -> None:
        async with MemoryBus() as bus:
            listen(bus, verifier)
            await verifier.verify_token(person.token)
            fake_users.revoke(person)
            (subscriber,) = bus._subscribers
            data = f'{{"user_id":{person.id},"session_ids":["{person.session_id}"]}}'
            await subscriber.handler([Message("x", "session.revoked", b"\xff no event"), revoked(data)])
        with pytest.raises(Unauthenticated):
            await verifier.verify_token(person.token)

    async def test_that_may_have_been_missed_forgets_all(
        self, verifier: HttpVerifier, fake_users: FakeUsers, person: Person
    ) -> None:
        await verifier.verify_token(person.token)
        fake_users.revoke(person)
        verifier.forget_all()
        with pytest.raises(Unauthenticated):
            await verifier.verify_token(person.token)


def revoked(data: str) -> Message:
    event_id = uuid7()
    envelope = (
        f'{{"id":"{event_id}","source":"/users","type":"session.revoked","subject":"session/1",'
        f'"time":"2026-01-01T00:00:00Z","data":{data}}}'
    )
    return Message(str(event_id), "session.revoked", envelope.encode())
