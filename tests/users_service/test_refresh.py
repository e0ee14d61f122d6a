"""POST /api/auth/refresh: rotation, the grace after it, and reuse."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx

from tests.apps import ServiceApp
from tests.users_service.people import Person, assert_problem, event_types, events_about, sign_up

ROUNDS = 50
LIVE = """
SELECT count(*) FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
WHERE s.user_id = $1 AND t.used_at IS NULL AND s.revoked_at IS NULL
"""


async def refresh(running: ServiceApp, token: str) -> httpx.Response:
    return await running.http.post("/api/auth/refresh", json={"refresh_token": token})


async def age(running: ServiceApp, token: str, seconds: int) -> None:
    """Makes a used token one that was used that long ago."""
    aged = (
        "UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => $2) WHERE id = $1 AND used_at IS NOT NULL"
    )
    assert await running.session().execute(aged, UUID(token.partition(".")[0]), seconds) == 1


class TestRotation:
    async def test_new_pair_works(self, users_app: ServiceApp, person: Person) -> None:
        answer = await refresh(users_app, person.refresh)
        body = answer.json()
        assert answer.status_code == 200
        assert body.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
        assert body["refresh_token"] != person.refresh
        person.access = body["access_token"]
        assert await person.is_signed_in()

    async def test_session_stays_the_same(self, users_app: ServiceApp, person: Person) -> None:
        before = (await person.get("/api/auth/verify")).json()["session_id"]
        person.access = (await refresh(users_app, person.refresh)).json()["access_token"]
        assert (await person.get("/api/auth/verify")).json()["session_id"] == before

    async def test_replay_at_once_gives_the_same_successor(self, users_app: ServiceApp, person: Person) -> None:
        first, second = await refresh(users_app, person.refresh), await refresh(users_app, person.refresh)
        assert second.status_code == 200
        assert second.json()["refresh_token"] == first.json()["refresh_token"]
        person.access = second.json()["access_token"]
        assert await person.is_signed_in()

    async def test_replay_later_ends_the_session(self, users_app: ServiceApp, person: Person) -> None:
        successor = (await refresh(users_app, person.refresh)).json()["refresh_token"]
        await age(users_app, person.refresh, 11)
        assert_problem(await refresh(users_app, person.refresh), 401, "invalid_refresh_token")
        assert_problem(await refresh(users_app, successor), 401, "invalid_refresh_token")
        assert not await person.is_signed_in()

    async def test_replay_later_leaves_other_sessions_alone(self, users_app: ServiceApp, person: Person) -> None:
        other, stranger = await person.again(), await sign_up(users_app)
        await refresh(users_app, person.refresh)
        await age(users_app, person.refresh, 11)
        await refresh(users_app, person.refresh)
        assert not await person.is_signed_in()
        assert await other.is_signed_in()
        assert await stranger.is_signed_in()
        assert (await refresh(users_app, other.refresh)).status_code == 200

    async def test_replay_later_is_said_once(self, users_app: ServiceApp, person: Person) -> None:
        await refresh(users_app, person.refresh)
        await age(users_app, person.refresh, 11)
        answers = await asyncio.gather(*(refresh(users_app, person.refresh) for _ in range(10)))
        assert {answer.status_code for answer in answers} == {401}
        revoked = [event for event in await events_about(users_app, person.id) if event.type == "session.revoked"]
        assert [event.actor for event in revoked] == [None]

    async def test_race(self, users_app: ServiceApp, person: Person) -> None:
        """Twenty at once, again and again: nobody is sent away, and one token lives afterwards. The first
        token comes back later, stolen: that ends this family and no other."""
        other, first = await person.again(), person.refresh
        for _ in range(ROUNDS):
            answers = await asyncio.gather(*(refresh(users_app, person.refresh) for _ in range(20)))
            assert {answer.status_code for answer in answers} == {200}
            [person.refresh] = {answer.json()["refresh_token"] for answer in answers}
            assert await users_app.session().fetchval(LIVE, person.id) == 2  # one of this session, one of the other
            for answer in answers[:: len(answers) - 1]:
                person.access = answer.json()["access_token"]
                assert await person.is_signed_in()
        await age(users_app, first, 11)
        assert_problem(await refresh(users_app, first), 401, "invalid_refresh_token")
        assert_problem(await refresh(users_app, person.refresh), 401, "invalid_refresh_token")
        assert not await person.is_signed_in()
        assert await other.is_signed_in()
        assert (await refresh(users_app, other.refresh)).status_code == 200

    async def test_race_with_logout_leaves_nothing_alive(self, users_app: ServiceApp) -> None:
        for _ in range(5):
            person = await sign_up(users_app)
            first, *answers = await asyncio.gather(
                person.post("/api/auth/logout"), *(refresh(users_app, person.refresh) for _ in range(6))
            )
            assert first.status_code == 204
            for answer in answers:
                assert answer.status_code in (200, 401)
                if answer.status_code == 200:
                    person.access = answer.json()["access_token"]
                    assert not await person.is_signed_in()
            assert await users_app.session().fetchval(LIVE, person.id) == 0


class TestRefused:
    async def test_made_up_tokens(self, users_app: ServiceApp, person: Person) -> None:
        token_id, _, mac = person.refresh.partition(".")
        for token in (
            "",
            "nonsense",
            person.access,
            token_id,
            f"{token_id}.",
            f"{token_id}.{mac[:-1]}",
            f"{token_id}.{mac}=",
            f"{token_id}.{mac[::-1]}",
            f"{token_id.upper()}.{mac}",
            f"{'0' * 32}.{mac}",
            f" {person.refresh}",
            f"{person.refresh}\n",
            "\u0660" * 32 + "." + mac,
            "x" * 100_000,
        ):
            assert_problem(await refresh(users_app, token), 401, "invalid_refresh_token")
        assert (await refresh(users_app, person.refresh)).status_code == 200

    async def test_refresh_token_is_no_access_token(self, person: Person) -> None:
        person.access = person.refresh
        assert not await person.is_signed_in()

    async def test_expired_token(self, users_app: ServiceApp, person: Person) -> None:
        token_id = UUID(person.refresh.partition(".")[0])
        await users_app.session().execute(
            "UPDATE refresh_tokens SET expires_at = now() - interval '1 second' WHERE id = $1", token_id
        )
        assert_problem(await refresh(users_app, person.refresh), 401, "invalid_refresh_token")
        assert "session.revoked" not in await event_types(users_app, person.id)

    async def test_inactive_account(self, users_app: ServiceApp, person: Person) -> None:
        await users_app.session().execute("UPDATE users SET is_active = false WHERE id = $1", person.id)
        assert_problem(await refresh(users_app, person.refresh), 401, "invalid_refresh_token")

    async def test_expired_session(self, users_app: ServiceApp, person: Person) -> None:
        await users_app.session().execute("UPDATE sessions SET expires_at = now() WHERE user_id = $1", person.id)
        assert not await person.is_signed_in()

    async def test_nothing_of_the_token_is_stored(self, users_app: ServiceApp, person: Person) -> None:
        mac = person.refresh.partition(".")[2]
        rows = await users_app.session().fetch("SELECT refresh_tokens::text AS row FROM refresh_tokens")
        assert not any(mac in row["row"] for row in rows)
