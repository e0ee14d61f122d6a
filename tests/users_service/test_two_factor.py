"""Two-factor authentication: set up, asked for at sign-in, each code accepted once."""

from __future__ import annotations

import asyncio
import time
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pyotp
import pytest

from shared.sealing import Broken, Sealer
from tests.apps import ServiceApp
from tests.users_service.people import PASSWORD, Person, assert_problem, pointers, sign_up
from users_service.two_factor import codes

FACTOR = "/api/auth/2fa"


def code(secret: str, steps: int = 0) -> str:
    """The code of now, or of so many steps later. Not of earlier ones: the clock may tick meanwhile."""
    return pyotp.TOTP(secret).at(int(time.time()) + steps * codes.PERIOD)


def wrong(secret: str) -> str:
    now = {pyotp.TOTP(secret).at(int(time.time()) + i * codes.PERIOD) for i in range(-3, 4)}
    return next(f"{i:06}" for i in range(10) if f"{i:06}" not in now)


async def log_in(person: Person, otp: str | None = None, password: str = PASSWORD) -> httpx.Response:
    body = {"username": person.username, "password": password, **({} if otp is None else {"otp": otp})}
    return await person.running.http.post("/api/auth/login", json=body)


async def unspend(person: Person) -> None:
    """Forgets which codes were accepted, as if minutes had passed."""
    await person.running.session().execute("UPDATE two_factor SET last_step = 0 WHERE user_id = $1", person.id)


async def set_up(person: Person) -> str:
    answer = await person.post(f"{FACTOR}/setup")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["secret"])


async def enabled(person: Person) -> tuple[str, list[str]]:
    """Turns it on; the secret and the recovery codes."""
    secret = await set_up(person)
    answer = await person.post(f"{FACTOR}/enable", json={"otp": code(secret)})
    assert answer.status_code == 200, answer.text
    await unspend(person)
    return secret, answer.json()["recovery_codes"]


class TestSetUp:
    async def test_what_an_app_needs(self, person: Person) -> None:
        body = (await person.post(f"{FACTOR}/setup")).json()
        assert body.keys() == {"secret", "otpauth_url", "qr_svg"}
        url = urlsplit(body["otpauth_url"])
        assert (url.scheme, url.netloc, unquote(url.path)) == ("otpauth", "totp", f"/Taskwire:{person.username}")
        assert parse_qs(url.query) == {"secret": [body["secret"]], "issuer": ["Taskwire"]}
        image = ET.fromstring(body["qr_svg"])
        assert image.tag == "{http://www.w3.org/2000/svg}svg"
        assert "style" not in body["qr_svg"]
        assert "script" not in body["qr_svg"]

    async def test_changes_nothing_yet(self, person: Person) -> None:
        await set_up(person)
        assert (await log_in(person)).status_code == 200
        assert (await person.get(FACTOR)).json() == {"enabled": False, "recovery_codes_left": 0}

    async def test_again_makes_another_secret(self, person: Person) -> None:
        first, second = await set_up(person), await set_up(person)
        assert first != second
        assert_problem(await person.post(f"{FACTOR}/enable", json={"otp": code(first)}), 422, "invalid_otp")
        assert (await person.post(f"{FACTOR}/enable", json={"otp": code(second)})).status_code == 200

    async def test_secret_is_stored_sealed(self, users_app: ServiceApp, person: Person) -> None:
        secret = await set_up(person)
        row = await users_app.session().fetchval("SELECT secret FROM two_factor WHERE user_id = $1", person.id)
        assert secret.encode() not in row
        sealer: Sealer = users_app.app.state.sealer
        assert sealer.open(row, f"two-factor {person.id}").decode() == secret
        for purpose in ("", f"two-factor {person.id + 1}"):
            with pytest.raises(Broken):
                sealer.open(row, purpose)
        with pytest.raises(Broken):
            Sealer(b"x" * 32).open(row, f"two-factor {person.id}")

    async def test_not_once_it_is_on(self, person: Person) -> None:
        await enabled(person)
        assert_problem(await person.post(f"{FACTOR}/setup"), 409, "two_factor_on")

    async def test_anonymous_is_refused(self, users_app: ServiceApp) -> None:
        for path in ("setup", "enable", "disable", "recovery-codes"):
            assert_problem(await users_app.http.post(f"{FACTOR}/{path}", json={}), 401)


class TestEnable:
    async def test_gives_recovery_codes_once(self, users_app: ServiceApp, person: Person) -> None:
        _, recovery = await enabled(person)
        assert len(recovery) == len(set(recovery)) == 10
        assert (await person.get(FACTOR)).json() == {"enabled": True, "recovery_codes_left": 10}
        rows = await users_app.session().fetch("SELECT recovery_codes::text AS row FROM recovery_codes")
        for plain in recovery:
            assert not any(plain in row["row"] or codes.plain(plain) in row["row"] for row in rows)

    async def test_session_goes_on(self, person: Person) -> None:
        await enabled(person)
        assert await person.is_signed_in()

    async def test_not_before_it_is_set_up(self, person: Person) -> None:
        assert_problem(await person.post(f"{FACTOR}/enable", json={"otp": "123456"}), 409, "two_factor_off")

    async def test_wrong_code(self, person: Person) -> None:
        secret = await set_up(person)
        body = assert_problem(await person.post(f"{FACTOR}/enable", json={"otp": wrong(secret)}), 422, "invalid_otp")
        assert pointers(body) == {"/otp"}
        assert (await log_in(person)).status_code == 200

    @pytest.mark.parametrize("otp", ["", "x" * 65, "\x00", "\ud800", "١٢٣٤٥٦", 123456, None, ["123456"]])
    async def test_hostile_code(self, person: Person, otp: Any) -> None:
        await set_up(person)
        content = httpx.Request("POST", "/", json={"otp": otp}).content if otp != "\ud800" else b'{"otp":"\\ud800"}'
        answer = await person.post(f"{FACTOR}/enable", content=content, headers={"Content-Type": "application/json"})
        assert_problem(answer, 422)

    async def test_its_code_is_spent(self, person: Person) -> None:
        secret = await set_up(person)
        otp = code(secret)
        assert (await person.post(f"{FACTOR}/enable", json={"otp": otp})).status_code == 200
        assert_problem(await log_in(person, otp), 401, "invalid_otp")
        assert (await log_in(person, code(secret, 1))).status_code == 200

    async def test_several_at_once_enable_once(self, person: Person) -> None:
        secret = await set_up(person)
        calls = [person.post(f"{FACTOR}/enable", json={"otp": code(secret)}) for _ in range(5)]
        answers = await asyncio.gather(*calls)
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
        assert (await person.get(FACTOR)).json()["recovery_codes_left"] == 10


class TestSignIn:
    async def test_code_is_asked_for(self, person: Person) -> None:
        secret, _ = await enabled(person)
        answer = await log_in(person)
        assert_problem(answer, 401, "otp_required")
        assert "access_token" not in answer.text
        assert (await log_in(person, code(secret))).status_code == 200

    async def test_only_after_the_right_password(self, person: Person) -> None:
        secret, _ = await enabled(person)
        for otp in (None, wrong(secret), code(secret)):
            assert_problem(await log_in(person, otp, "another password"), 401, "invalid_credentials")
        assert (await log_in(person, code(secret))).status_code == 200  # the wrong password spent no code

    async def test_not_for_an_account_that_is_not_active(self, users_app: ServiceApp, person: Person) -> None:
        await enabled(person)
        await users_app.session().execute("UPDATE users SET is_active = false WHERE id = $1", person.id)
        assert_problem(await log_in(person), 401, "invalid_credentials")

    async def test_by_form(self, users_app: ServiceApp, person: Person) -> None:
        secret, _ = await enabled(person)
        form = {"username": person.username, "password": PASSWORD}
        assert_problem(await users_app.http.post("/api/auth/token", data=form), 401, "otp_required")
        answer = await users_app.http.post("/api/auth/token", data={**form, "otp": code(secret)})
        assert answer.status_code == 200

    async def test_code_is_accepted_once(self, person: Person) -> None:
        secret, _ = await enabled(person)
        otp = code(secret)
        assert (await log_in(person, otp)).status_code == 200
        assert_problem(await log_in(person, otp), 401, "invalid_otp")

    async def test_no_older_code_after_a_newer_one(self, person: Person) -> None:
        secret, _ = await enabled(person)
        older, newer = code(secret), code(secret, 1)
        assert (await log_in(person, newer)).status_code == 200
        assert_problem(await log_in(person, older), 401, "invalid_otp")

    async def test_code_at_once_from_many_is_accepted_once(self, person: Person) -> None:
        secret, _ = await enabled(person)
        otp = code(secret)
        answers = await asyncio.gather(*(log_in(person, otp) for _ in range(5)))
        assert [answer.status_code for answer in answers].count(200) == 1

    async def test_codes_of_other_times(self, person: Person) -> None:
        secret, _ = await enabled(person)
        for steps in (-3, 3):
            assert_problem(await log_in(person, code(secret, steps)), 401, "invalid_otp")

    async def test_somebody_elses_code(self, users_app: ServiceApp, person: Person) -> None:
        await enabled(person)
        other, _ = await enabled(await sign_up(users_app))
        assert_problem(await log_in(person, code(other)), 401, "invalid_otp")

    async def test_who_has_not_turned_it_on_may_send_one(self, person: Person) -> None:
        assert (await log_in(person, "123456")).status_code == 200

    async def test_spaces_do_not_matter(self, person: Person) -> None:
        secret, _ = await enabled(person)
        otp = code(secret)
        assert (await log_in(person, f" {otp[:3]} {otp[3:]} ")).status_code == 200


class TestRecoveryCodes:
    async def test_each_opens_once(self, person: Person) -> None:
        _, recovery = await enabled(person)
        assert (await log_in(person, recovery[0])).status_code == 200
        assert_problem(await log_in(person, recovery[0]), 401, "invalid_otp")
        assert (await log_in(person, recovery[1].upper().replace("-", " "))).status_code == 200
        assert (await person.get(FACTOR)).json()["recovery_codes_left"] == 8

    async def test_at_once_from_many(self, person: Person) -> None:
        _, recovery = await enabled(person)
        answers = await asyncio.gather(*(log_in(person, recovery[0]) for _ in range(5)))
        assert [answer.status_code for answer in answers].count(200) == 1

    async def test_those_of_others_do_not(self, users_app: ServiceApp, person: Person) -> None:
        await enabled(person)
        _, theirs = await enabled(await sign_up(users_app))
        assert_problem(await log_in(person, theirs[0]), 401, "invalid_otp")

    async def test_new_ones_void_the_old(self, person: Person) -> None:
        secret, old = await enabled(person)
        answer = await person.post(f"{FACTOR}/recovery-codes", json={"otp": code(secret)})
        assert answer.status_code == 200
        fresh = answer.json()["recovery_codes"]
        assert not set(fresh) & set(old)
        assert_problem(await log_in(person, old[0]), 401, "invalid_otp")
        assert (await log_in(person, fresh[0])).status_code == 200

    async def test_new_ones_need_a_code(self, person: Person) -> None:
        secret, _ = await enabled(person)
        answer = await person.post(f"{FACTOR}/recovery-codes", json={"otp": wrong(secret)})
        assert_problem(answer, 422, "invalid_otp")


class TestDisable:
    async def test_with_password_and_code(self, person: Person) -> None:
        secret, _ = await enabled(person)
        answer = await person.post(f"{FACTOR}/disable", json={"password": PASSWORD, "otp": code(secret)})
        assert answer.status_code == 204
        assert (await log_in(person)).status_code == 200
        assert (await person.get(FACTOR)).json() == {"enabled": False, "recovery_codes_left": 0}
        await enabled(person)

    async def test_is_written_down(self, users_app: ServiceApp, person: Person) -> None:
        _, recovery = await enabled(person)
        await person.post(f"{FACTOR}/recovery-codes", json={"otp": recovery[0]})
        sql = "SELECT action FROM audit_entries WHERE actor_id = $1 AND action LIKE 'two_factor.%' ORDER BY id"
        actions = [row["action"] for row in await users_app.session().fetch(sql, person.id)]
        assert actions == ["two_factor.enabled", "two_factor.recovery_codes_renewed"]

    async def test_with_a_recovery_code(self, person: Person) -> None:
        _, recovery = await enabled(person)
        answer = await person.post(f"{FACTOR}/disable", json={"password": PASSWORD, "otp": recovery[3]})
        assert answer.status_code == 204

    async def test_not_with_one_of_them(self, person: Person) -> None:
        secret, _ = await enabled(person)
        for password, otp in (("another password", code(secret)), (PASSWORD, wrong(secret))):
            answer = await person.post(f"{FACTOR}/disable", json={"password": password, "otp": otp})
            assert_problem(answer, 422)
        assert_problem(await log_in(person), 401, "otp_required")

    async def test_not_when_it_is_off(self, person: Person) -> None:
        answer = await person.post(f"{FACTOR}/disable", json={"password": PASSWORD, "otp": "123456"})
        assert_problem(answer, 409, "two_factor_off")

    async def test_by_an_administrator(self, person: Person, admin: Person) -> None:
        await enabled(person)
        assert (await admin.delete(f"/api/users/{person.id}/2fa")).status_code == 204
        assert (await log_in(person)).status_code == 200
        assert_problem(await admin.delete(f"/api/users/{2**62}/2fa"), 404, "user_not_found")

    async def test_by_nobody_else(self, users_app: ServiceApp, person: Person) -> None:
        await enabled(person)
        for who in (person, await sign_up(users_app)):
            assert_problem(await who.delete(f"/api/users/{person.id}/2fa"), 403)

    async def test_nothing_is_left_of_a_deleted_account(self, users_app: ServiceApp, person: Person) -> None:
        await enabled(person)
        assert (await person.delete(f"/api/users/{person.id}")).status_code == 204
        for table in ("two_factor", "recovery_codes"):
            left = await users_app.session().fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", person.id)
            assert left == 0
