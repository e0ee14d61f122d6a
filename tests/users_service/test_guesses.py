"""How often a password may be guessed, by whom, and that its owner still gets in."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.addresses import network_of
from tests.apps import ServiceApp
from tests.conftest import StartApp
from tests.users_service.mailbox import Mailbox
from tests.users_service.people import PASSWORD, Person, assert_problem, registration, sign_up
from users_service.guesses import service as guesses

LOGIN = "/api/auth/login"
HOME, ELSEWHERE, ATTACKER = "198.51.100.1", "198.51.100.99", "203.0.113.9"

HEADERS = ("X-Forwarded-For", "Forwarded", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Request-ID", "Via")


async def log_in(
    running: ServiceApp, name: str, password: str = "wrong password", address: str = ATTACKER, **headers: str
) -> httpx.Response:
    """Signs in from an address, as the gateway tells it."""
    body = {"username": name, "password": password}
    return await running.http.post(LOGIN, json=body, headers={**headers, "X-Real-IP": address})


async def register(running: ServiceApp) -> str:
    """Somebody who has never signed in."""
    answer = await running.http.post("/api/auth/register", json=registration())
    return str(answer.json()["username"])


def evaluated(answers: list[httpx.Response]) -> int:
    return sum(answer.status_code == 401 for answer in answers)


class TestBounds:
    async def test_one_attacker_has_few_guesses_whatever_it_sends(self, users_app: ServiceApp) -> None:
        name = await register(users_app)
        answers = [
            await log_in(users_app, [name, f"{name}@example.com"][i % 2], **dict.fromkeys(HEADERS, f"10.0.{i}.1"))
            for i in range(30)
        ]
        assert evaluated(answers) == guesses.FROM_A_NETWORK
        assert {answer.status_code for answer in answers} == {401, 429}
        body = assert_problem(answers[-1], 429, "too_many_guesses")
        assert name not in str(body)
        assert 0 < int(answers[-1].headers["retry-after"]) <= 900

    async def test_the_right_password_is_refused_like_the_others_then(self, users_app: ServiceApp) -> None:
        name = await register(users_app)
        for _ in range(guesses.FROM_A_NETWORK):
            await log_in(users_app, name)
        assert_problem(await log_in(users_app, name, PASSWORD), 429)

    async def test_many_attackers_together_have_not_more_than_ten(self, users_app: ServiceApp) -> None:
        person = await sign_up(users_app)  # who signed in from 127.0.0.1
        strangers = [await log_in(users_app, person.username, address=f"203.0.113.{i}") for i in range(20)]
        assert evaluated(strangers) == guesses.FROM_STRANGERS
        home = [await log_in(users_app, person.username, address="127.0.0.1") for _ in range(20)]
        assert evaluated(strangers + home) == guesses.OF_AN_ACCOUNT == 10

    async def test_many_at_once_are_counted_one_by_one(self, users_app: ServiceApp) -> None:
        name = await register(users_app)
        answers = await asyncio.gather(*(log_in(users_app, name) for _ in range(40)))
        assert evaluated(list(answers)) == guesses.FROM_A_NETWORK
        assert {answer.status_code for answer in answers} == {401, 429}

    async def test_a_network_of_ipv6_is_one(self, users_app: ServiceApp) -> None:
        name = await register(users_app)
        answers = [await log_in(users_app, name, address=f"2001:db8:1:2::{i:x}") for i in range(1, 20)]
        assert evaluated(answers) == guesses.FROM_A_NETWORK

    async def test_unknown_names_are_counted_alike(self, users_app: ServiceApp) -> None:
        known, unknown = await register(users_app), "nobody-of-this-name"
        for name in (known, unknown):
            answers = [await log_in(users_app, name, **{"X-Request-ID": "same"}) for _ in range(9)]
            assert [answer.status_code for answer in answers] == [401] * 6 + [429] * 3
        bodies = {(await log_in(users_app, n, **{"X-Request-ID": "same"})).content for n in (known, unknown)}
        assert len(bodies) == 1

    async def test_what_was_typed_as_a_name_is_not_kept(self, users_app: ServiceApp) -> None:
        await log_in(users_app, "my secret pass phrase")
        kept = await users_app.session().fetchval("SELECT string_agg(account, ' ') FROM guesses")
        assert "secret" not in kept


class TestOwner:
    async def test_is_not_locked_out_elsewhere(self, users_app: ServiceApp) -> None:
        name = await register(users_app)
        while (await log_in(users_app, name)).status_code == 401:
            pass
        assert (await log_in(users_app, name, PASSWORD, ELSEWHERE)).status_code == 200

    async def test_is_not_locked_out_at_home_by_a_botnet(self, users_app: ServiceApp) -> None:
        name = await register(users_app)
        assert (await log_in(users_app, name, PASSWORD, HOME)).status_code == 200
        for i in range(20):
            await log_in(users_app, name, address=f"203.0.113.{i}")
        assert_problem(await log_in(users_app, name, PASSWORD, ELSEWHERE), 429)
        assert (await log_in(users_app, name, PASSWORD, HOME)).status_code == 200

    async def test_right_passwords_do_not_count(self, users_app: ServiceApp) -> None:
        name = await register(users_app)
        answers = await asyncio.gather(*(log_in(users_app, name, PASSWORD) for _ in range(25)))
        assert {answer.status_code for answer in answers} == {200}
        assert not await users_app.session().fetchval("SELECT count(*) FROM guesses WHERE network = $1", ATTACKER + "x")

    async def test_gets_in_again_when_the_time_is_over(self, users_app: ServiceApp) -> None:
        name = await register(users_app)
        while (await log_in(users_app, name)).status_code == 401:
            pass
        await users_app.session().execute("UPDATE guesses SET made_at = made_at - interval '16 minutes'")
        assert (await log_in(users_app, name, PASSWORD)).status_code == 200
        await guesses.purge_guesses(users_app.database)
        assert not await users_app.session().fetchval("SELECT count(*) FROM guesses")

    async def test_gets_in_again_with_a_new_password(self, users_app: ServiceApp, mailbox: Mailbox) -> None:
        name = await register(users_app)
        while (await log_in(users_app, name)).status_code == 401:
            pass
        await users_app.http.post("/api/auth/password/forgot", json={"email": f"{name}@example.com"})
        body = {"token": await mailbox.token(f"{name}@example.com"), "new_password": "a better pass phrase"}
        assert (await users_app.http.post("/api/auth/password/reset", json=body)).status_code == 204
        assert (await log_in(users_app, name, "a better pass phrase")).status_code == 200


class TestOtherSecrets:
    async def test_a_stolen_session_is_no_licence_to_guess(self, person: Person) -> None:
        body: dict[str, Any] = {"current_password": "wrong password", "new_password": "another pass phrase"}
        codes = [(await person.post("/api/auth/password/change", json=body)).status_code for _ in range(12)]
        assert codes == [422] * 6 + [429] * 6
        body["current_password"] = PASSWORD
        assert_problem(await person.post("/api/auth/password/change", json=body), 429, "too_many_guesses")

    async def test_the_form_shares_the_count(self, users_app: ServiceApp) -> None:
        name = await register(users_app)
        form = {"username": name, "password": "wrong password"}
        headers = {"X-Real-IP": ATTACKER}
        answers = [await users_app.http.post("/api/auth/token", data=form, headers=headers) for _ in range(5)]
        answers += [await log_in(users_app, name) for _ in range(5)]
        assert evaluated(answers) == guesses.FROM_A_NETWORK


class TestRestart:
    async def test_counts_outlive_the_process(self, service_app: StartApp) -> None:
        async with service_app("users_service") as first:
            name = await register(first)
            answers = [await log_in(first, name) for _ in range(4)]
            url = first.settings.database_url
        async with service_app("users_service", database_url=url) as second:
            answers += [await log_in(second, name) for _ in range(20)]
        assert evaluated(answers) == guesses.FROM_A_NETWORK


class TestNetworks:
    @given(st.ip_addresses(v=4))
    def test_an_ipv4_address_is_its_own(self, address: Any) -> None:
        assert network_of(str(address)) == network_of(f"::ffff:{address}") == str(address)

    @settings(max_examples=50)
    @given(st.ip_addresses(v=6, network="2001:db8::/64"))
    def test_a_household_is_one(self, address: Any) -> None:
        assert network_of(str(address)) == network_of(f"{address}%eth0") == "2001:db8::/64"

    @pytest.mark.parametrize("text", ["", "unix:", "x" * 5000])
    def test_anything_else_stands_for_itself(self, text: str) -> None:
        assert len(network_of(text)) <= 64
