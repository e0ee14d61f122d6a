"""What the other services ask: accounts by id, which sessions have ended, and events once more."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.states import UserState
from tests.apps import ServiceApp
from tests.users_service.people import Person, assert_problem, sign_up


class TestUserStates:
    async def test_states_of_those_who_exist(self, users_app: ServiceApp, person: Person) -> None:
        other = await sign_up(users_app)
        ids = f"{other.id},{person.id},{2**62},{person.id}"
        items = (await users_app.http.get("/internal/users", params={"ids": ids})).json()["items"]
        assert [UserState.model_validate(item).username for item in items] == [person.username, other.username]
        assert all(item.keys() == UserState.model_fields.keys() for item in items)

    async def test_none(self, users_app: ServiceApp) -> None:
        assert (await users_app.http.get("/internal/users", params={"ids": ""})).json() == {"items": []}

    @pytest.mark.parametrize("ids", ["x", "1,,2", "-1", "0", "1.5", str(2**63), "9" * 5000, "1\x00", "1," * 1000 + "1"])
    async def test_rubbish_is_refused(self, users_app: ServiceApp, ids: str) -> None:
        assert_problem(await users_app.http.get("/internal/users", params={"ids": ids}), 422)

    async def test_a_thousand_will_do(self, users_app: ServiceApp) -> None:
        ids = ",".join(str(10**9 + i) for i in range(1000))
        assert (await users_app.http.get("/internal/users", params={"ids": ids})).json() == {"items": []}


class TestAgain:
    async def test_events_are_published_once_more(self, users_app: ServiceApp) -> None:
        person = await sign_up(users_app)
        mark = "UPDATE events SET published_at = now()"
        await users_app.session().execute(mark)
        assert (await users_app.http.post("/internal/events/again")).json() == {"next": None}
        waiting = "SELECT count(*) FROM events WHERE subject_id = $1 AND published_at IS NULL"
        assert await users_app.session().fetchval(waiting, person.id)

    @pytest.mark.parametrize("before", ["0", "x", str(2**63)])
    async def test_rubbish_is_refused(self, users_app: ServiceApp, before: str) -> None:
        assert_problem(await users_app.http.post("/internal/events/again", params={"before": before}), 422)


class TestEndedSessions:
    async def test_live_ones_are_left_out(self, users_app: ServiceApp, admin: Person) -> None:
        people = [await sign_up(users_app) for _ in range(4)]
        ids = [(await one.get("/api/auth/verify")).json()["session_id"] for one in people]
        await people[1].post("/api/auth/logout")
        await users_app.session().execute("UPDATE users SET is_active = false WHERE id = $1", people[2].id)
        await users_app.session().execute("UPDATE sessions SET expires_at = now() WHERE user_id = $1", people[3].id)
        unknown = str(uuid4())
        answer = await users_app.http.post("/internal/sessions/ended", json={"session_ids": [*ids, unknown]})
        assert set(answer.json()["ended"]) == {*ids[1:], unknown}

    @pytest.mark.parametrize(
        "body", [{}, {"session_ids": ["x"]}, {"session_ids": None}, [], {"session_ids": [], "x": 1}]
    )
    async def test_rubbish_is_refused(self, users_app: ServiceApp, body: Any) -> None:
        assert_problem(await users_app.http.post("/internal/sessions/ended", json=body), 422)
