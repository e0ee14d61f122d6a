"""Passwords that change, links that are mailed, addresses that are confirmed."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from shared.mail import MailFailed
from tests.apps import ServiceApp
from tests.users_service.mailbox import URL, Mailbox, text_of
from tests.users_service.people import PASSWORD, Person, assert_problem, event_types, pointers, sign_in, sign_up

FORGOT, RESET, CHANGE = "/api/auth/password/forgot", "/api/auth/password/reset", "/api/auth/password/change"
CONFIRM = "/api/auth/email/confirm"
NEW = "another battery staple"


def address(person: Person) -> str:
    return f"{person.username}@example.com"


async def log_in(running: ServiceApp, person: Person, password: str) -> int:
    body = {"username": person.username, "password": password}
    return (await running.http.post("/api/auth/login", json=body)).status_code


async def forgotten(running: ServiceApp, mailbox: Mailbox, person: Person) -> str:
    """The token of a new mail."""
    assert (await running.http.post(FORGOT, json={"email": address(person)})).status_code == 202
    return await mailbox.token(address(person))


class TestChange:
    async def test_ends_the_other_sessions(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        other = await person.again()
        answer = await person.post(CHANGE, json={"current_password": PASSWORD, "new_password": NEW})
        assert answer.status_code == 204
        assert [await person.is_signed_in(), await other.is_signed_in()] == [True, False]
        assert [await log_in(users_app, person, PASSWORD), await log_in(users_app, person, NEW)] == [401, 200]
        assert (await event_types(users_app, person.id))[-1] == "session.revoked"
        [mail] = await mailbox.to(address(person))
        assert mail["Subject"] == "Your password was changed"

    async def test_personal_tokens_stay(self, person: Person) -> None:
        token = (await person.post("/api/auth/tokens", json={"name": "x", "scopes": ["tasks:read"]})).json()["token"]
        await person.post(CHANGE, json={"current_password": PASSWORD, "new_password": NEW})
        answer = await person.get("/api/users/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200

    async def test_wrong_current_password_is_refused(self, users_app: ServiceApp, person: Person) -> None:
        answer = await person.post(CHANGE, json={"current_password": "wrong password", "new_password": NEW})
        assert pointers(assert_problem(answer, 422, "wrong_password")) == {"/current_password"}
        assert await log_in(users_app, person, PASSWORD) == 200

    @pytest.mark.parametrize("new", ["short", "password123", "x" * 129, "\x00" * 10, "{username}", "{email}"])
    async def test_weak_new_password_is_refused(self, person: Person, new: str) -> None:
        new = new.format(username=person.username, email=address(person))
        answer = await person.post(CHANGE, json={"current_password": PASSWORD, "new_password": new})
        assert pointers(assert_problem(answer, 422)) == {"/new_password"}

    async def test_anonymous_is_refused(self, users_app: ServiceApp) -> None:
        body = {"current_password": PASSWORD, "new_password": NEW}
        assert_problem(await users_app.http.post(CHANGE, json=body), 401)

    async def test_of_several_at_once_one_counts(self, users_app: ServiceApp, person: Person) -> None:
        bodies = [{"current_password": PASSWORD, "new_password": f"{NEW} {i}"} for i in range(4)]
        answers = await asyncio.gather(*(person.post(CHANGE, json=body) for body in bodies))
        codes = [answer.status_code for answer in answers]
        assert codes.count(204) >= 1
        assert set(codes) <= {204, 409, 422}
        winners = [i for i in range(4) if await log_in(users_app, person, f"{NEW} {i}") == 200]
        assert len(winners) == 1


class TestForgot:
    async def test_answer_is_the_same_for_everybody(self, users_app: ServiceApp, person: Person) -> None:
        answers = [
            await users_app.http.post(FORGOT, json={"email": email}, headers={"X-Request-ID": "same"})
            for email in (address(person), "nobody@example.com")
        ]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert answers[0].content == answers[1].content
        assert answers[0].headers == answers[1].headers

    async def test_nobody_gets_mail_for_nobody(self, users_app: ServiceApp, mailbox: Mailbox) -> None:
        await users_app.http.post(FORGOT, json={"email": "nobody-there@example.com"})
        assert await mailbox.to("nobody-there@example.com") == []

    async def test_mail_has_a_link_to_the_console(
        self, users_app: ServiceApp, person: Person, mailbox: Mailbox
    ) -> None:
        token = await forgotten(users_app, mailbox, person)
        [mail] = await mailbox.to(address(person))
        assert f"{URL}/#/reset-password?token={token}\n" in text_of(mail)
        html = mail.get_body(("html",))
        assert html is not None
        assert token in html.get_content()
        assert mail["Auto-Submitted"] == "auto-generated"

    async def test_goes_to_the_account_s_own_spelling(
        self, users_app: ServiceApp, person: Person, mailbox: Mailbox
    ) -> None:
        await users_app.http.post(FORGOT, json={"email": address(person).upper()})
        assert len(await mailbox.to(address(person))) == 1

    async def test_no_more_than_a_few_mails(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        answers = [await users_app.http.post(FORGOT, json={"email": address(person)}) for _ in range(8)]
        assert {answer.status_code for answer in answers} == {202}
        assert len(await mailbox.to(address(person))) == 5

    async def test_an_inactive_account_gets_none(
        self, users_app: ServiceApp, person: Person, admin: Person, mailbox: Mailbox
    ) -> None:
        await admin.patch(f"/api/users/{person.id}", json={"is_active": False})
        await users_app.http.post(FORGOT, json={"email": address(person)})
        assert await mailbox.to(address(person)) == []

    @pytest.mark.parametrize("email", ["", "nobody", "a@b\r\nBcc: x@y.z", "\x00@example.com", 7, None])
    async def test_what_is_no_address_is_refused(self, users_app: ServiceApp, email: object) -> None:
        assert_problem(await users_app.http.post(FORGOT, json={"email": email}), 422)


class TestReset:
    async def test_sets_the_password_and_ends_everything(
        self, users_app: ServiceApp, person: Person, mailbox: Mailbox
    ) -> None:
        made = await person.post("/api/auth/tokens", json={"name": "x", "scopes": ["tasks:read"]})
        token = await forgotten(users_app, mailbox, person)
        answer = await users_app.http.post(RESET, json={"token": token, "new_password": NEW})
        assert (answer.status_code, answer.content) == (204, b"")
        assert not await person.is_signed_in()
        with_token = await person.get("/api/users/me", headers={"Authorization": f"Bearer {made.json()['token']}"})
        assert with_token.status_code == 401
        assert [await log_in(users_app, person, PASSWORD), await log_in(users_app, person, NEW)] == [401, 200]

    async def test_is_good_once(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        token = await forgotten(users_app, mailbox, person)
        bodies = [{"token": token, "new_password": f"{NEW} {i}"} for i in range(5)]
        answers = await asyncio.gather(*(users_app.http.post(RESET, json=body) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [204, 422, 422, 422, 422]
        refused = await users_app.http.post(RESET, json={"token": token, "new_password": NEW})
        assert pointers(assert_problem(refused, 422, "invalid_link")) == {"/token"}

    async def test_older_links_die_when_a_newer_one_is_sent(
        self, users_app: ServiceApp, person: Person, mailbox: Mailbox
    ) -> None:
        older, newer = [await forgotten(users_app, mailbox, person) for _ in range(2)]
        assert_problem(
            await users_app.http.post(RESET, json={"token": older, "new_password": NEW}), 422, "invalid_link"
        )
        assert (await users_app.http.post(RESET, json={"token": newer, "new_password": NEW})).status_code == 204

    async def test_a_changed_password_ends_links(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        token = await forgotten(users_app, mailbox, person)
        await person.post(CHANGE, json={"current_password": PASSWORD, "new_password": NEW})
        assert_problem(
            await users_app.http.post(RESET, json={"token": token, "new_password": NEW}), 422, "invalid_link"
        )

    async def test_half_an_hour_later_it_is_over(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        token = await forgotten(users_app, mailbox, person)
        life = await users_app.session().fetchval(
            "SELECT max(expires_at) - now() FROM links WHERE user_id = $1", person.id
        )
        assert 29 * 60 < life.total_seconds() <= 30 * 60
        await users_app.session().execute("UPDATE links SET expires_at = now() WHERE user_id = $1", person.id)
        assert_problem(
            await users_app.http.post(RESET, json={"token": token, "new_password": NEW}), 422, "invalid_link"
        )

    async def test_a_weak_password_does_not_use_the_link_up(
        self, users_app: ServiceApp, person: Person, mailbox: Mailbox
    ) -> None:
        token = await forgotten(users_app, mailbox, person)
        for weak in ("short", person.username):
            answer = await users_app.http.post(RESET, json={"token": token, "new_password": weak})
            assert pointers(assert_problem(answer, 422)) == {"/new_password"}
        assert (await users_app.http.post(RESET, json={"token": token, "new_password": NEW})).status_code == 204

    async def test_an_account_that_was_deactivated_stays_so(
        self, users_app: ServiceApp, person: Person, admin: Person, mailbox: Mailbox
    ) -> None:
        token = await forgotten(users_app, mailbox, person)
        await admin.patch(f"/api/users/{person.id}", json={"is_active": False})
        assert_problem(
            await users_app.http.post(RESET, json={"token": token, "new_password": NEW}), 422, "invalid_link"
        )

    @pytest.mark.parametrize("token", ["x", "x" * 43, "\x00", "x" * 5000, "'; --"])
    async def test_made_up_ones_are_refused(self, users_app: ServiceApp, token: str) -> None:
        assert_problem(await users_app.http.post(RESET, json={"token": token, "new_password": NEW}), 422)

    async def test_only_hashes_are_kept(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        await users_app.http.post(FORGOT, json={"email": address(person)})
        waiting = await users_app.session().fetchrow("SELECT * FROM mails WHERE recipient = $1", address(person))
        assert waiting is not None
        assert await users_app.session().fetchval("SELECT count(*) FROM links WHERE user_id = $1", person.id) == 0
        token = await mailbox.token(address(person))
        hashed = await users_app.session().fetchval("SELECT hash FROM links WHERE user_id = $1", person.id)
        assert hashed == hashlib.sha256(token.encode()).digest()
        assert (
            await users_app.session().fetchval("SELECT count(*) FROM mails WHERE recipient = $1", address(person)) == 0
        )

    async def test_links_of_one_kind_open_no_other_door(
        self, users_app: ServiceApp, person: Person, mailbox: Mailbox
    ) -> None:
        token = await forgotten(users_app, mailbox, person)
        assert_problem(await users_app.http.post(CONFIRM, json={"token": token}), 422, "invalid_link")


class TestEmail:
    async def test_takes_effect_when_it_is_confirmed(
        self, users_app: ServiceApp, person: Person, mailbox: Mailbox
    ) -> None:
        new = f"new-{address(person)}"
        answer = await person.patch("/api/users/me", json={"email": new})
        assert (answer.status_code, answer.json()["email"]) == (200, address(person))
        assert answer.json()["pending_email"] == new
        old = await mailbox.to(address(person))
        assert new in text_of(old[-1])
        assert "token=" not in text_of(old[-1])
        confirmed = await users_app.http.post(CONFIRM, json={"token": await mailbox.token(new)})
        assert confirmed.status_code == 204
        me = (await person.get("/api/users/me")).json()
        assert (me["email"], me["pending_email"], me["version"]) == (new, None, 3)
        assert (await mailbox.to(address(person)))[-1]["Subject"] == "Your e-mail address was changed"
        assert (await event_types(users_app, person.id))[-1] == "user.updated"

    async def test_until_then_the_old_one_signs_in(self, users_app: ServiceApp, person: Person) -> None:
        await person.patch("/api/users/me", json={"email": f"next-{address(person)}"})
        for name, status in ((address(person), 200), (f"next-{address(person)}", 401)):
            body = {"username": name, "password": PASSWORD}
            assert (await users_app.http.post("/api/auth/login", json=body)).status_code == status

    async def test_only_oneself_sees_the_next_one(self, users_app: ServiceApp, person: Person, admin: Person) -> None:
        await person.patch("/api/users/me", json={"email": f"next-{address(person)}"})
        for reader in (admin, await sign_up(users_app)):
            assert "next-" not in (await reader.get(f"/api/users/{person.id}")).text
            assert "next-" not in (await reader.get(f"/api/users?q={person.username}")).text

    async def test_the_present_one_takes_it_back(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        new = f"never-{address(person)}"
        await person.patch("/api/users/me", json={"email": new})
        token = await mailbox.token(new)
        answer = await person.patch("/api/users/me", json={"email": address(person)})
        assert answer.json()["pending_email"] is None
        assert_problem(await users_app.http.post(CONFIRM, json={"token": token}), 422, "invalid_link")

    async def test_a_second_choice_ends_the_first(
        self, users_app: ServiceApp, person: Person, mailbox: Mailbox
    ) -> None:
        first, second = f"first-{address(person)}", f"second-{address(person)}"
        await person.patch("/api/users/me", json={"email": first})
        token = await mailbox.token(first)
        await person.patch("/api/users/me", json={"email": second})
        assert_problem(await users_app.http.post(CONFIRM, json={"token": token}), 422, "invalid_link")
        assert (await users_app.http.post(CONFIRM, json={"token": await mailbox.token(second)})).status_code == 204

    async def test_who_comes_first_has_it(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        wanted = f"wanted-{address(person)}"
        await person.patch("/api/users/me", json={"email": wanted})
        token = await mailbox.token(wanted)
        await sign_up(users_app, email=wanted)
        assert_problem(await users_app.http.post(CONFIRM, json={"token": token}), 409, "email_taken")
        assert (await person.get("/api/users/me")).json()["email"] == address(person)

    async def test_administrators_set_it_at_once(
        self, users_app: ServiceApp, person: Person, admin: Person, mailbox: Mailbox
    ) -> None:
        token = await forgotten(users_app, mailbox, person)
        answer = await admin.patch(f"/api/users/{person.id}", json={"email": f"set-{address(person)}"})
        assert answer.json()["email"] == f"set-{address(person)}"
        assert (await mailbox.to(address(person)))[-1]["Subject"] == "Your e-mail address was changed"
        assert_problem(
            await users_app.http.post(RESET, json={"token": token, "new_password": NEW}), 422, "invalid_link"
        )

    async def test_strangers_are_not_mailed_again_and_again(self, person: Person) -> None:
        answers = [await person.patch("/api/users/me", json={"email": f"v{i}-{address(person)}"}) for i in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert_problem(answers[-1], 429, "too_many_mails")

    async def test_nothing_is_left_of_who_is_deleted(self, users_app: ServiceApp, mailbox: Mailbox) -> None:
        person = await sign_up(users_app, username="leaving", email="leaving@personal.example")
        await person.patch("/api/users/me", json={"email": "next@personal.example"})
        assert (await person.delete(f"/api/users/{person.id}")).status_code == 204
        for table in ("users", "mails", "links"):
            rows = await users_app.session().fetch(f"SELECT * FROM {table}")
            assert "personal.example" not in str([dict(row) for row in rows])
        sessions = await users_app.session().fetch(
            "SELECT address, user_agent FROM sessions WHERE user_id = $1", person.id
        )
        assert {(row["address"], row["user_agent"]) for row in sessions} == {("", "")}


class TestMails:
    async def test_are_tried_again_with_the_same_id(
        self, users_app: ServiceApp, person: Person, mailbox: Mailbox
    ) -> None:
        await users_app.http.post(FORGOT, json={"email": address(person)})
        with mailbox.failing(MailFailed("busy", permanent=False)):
            await mailbox.deliver()
        again = "UPDATE mails SET next_attempt_at = now() WHERE recipient = $1"
        await users_app.session().execute(again, address(person))
        [mail] = await mailbox.to(address(person))
        assert {sent.message_id for sent in mailbox.sent if sent.to == address(person)} == {mail["Message-ID"]}
        tokens = [sent.text.partition("token=")[2].split()[0] for sent in mailbox.sent if sent.to == address(person)]
        assert len(set(tokens)) == 2
        # The first one may have arrived although the server's answer did not.
        assert (await users_app.http.post(RESET, json={"token": tokens[0], "new_password": NEW})).status_code == 204

    async def test_are_not_tried_at_once_again(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        await users_app.http.post(FORGOT, json={"email": address(person)})
        with mailbox.failing(MailFailed("busy", permanent=False)):
            await mailbox.deliver()
            await mailbox.deliver()
        assert sum(sent.to == address(person) for sent in mailbox.sent) == 1

    async def test_a_refused_address_is_given_up(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        await users_app.http.post(FORGOT, json={"email": address(person)})
        with mailbox.failing(MailFailed("550 no", permanent=True, recipient_refused=True)):
            await mailbox.deliver()
        assert not await users_app.session().fetchval(
            "SELECT count(*) FROM mails WHERE recipient = $1", address(person)
        )

    async def test_what_nobody_needs_any_more_is_dropped(
        self, users_app: ServiceApp, person: Person, mailbox: Mailbox
    ) -> None:
        await users_app.http.post(FORGOT, json={"email": address(person)})
        await users_app.session().execute("UPDATE mails SET give_up_at = now() WHERE recipient = $1", address(person))
        assert await mailbox.to(address(person)) == []
        assert not await users_app.session().fetchval(
            "SELECT count(*) FROM mails WHERE recipient = $1", address(person)
        )

    async def test_two_workers_send_each_once(self, users_app: ServiceApp, person: Person, mailbox: Mailbox) -> None:
        for _ in range(3):
            await users_app.http.post(FORGOT, json={"email": address(person)})
        await asyncio.gather(*(mailbox.deliver() for _ in range(4)))
        assert len(await mailbox.to(address(person))) == 3

    async def test_a_signed_in_person_keeps_the_present_session(self, users_app: ServiceApp, person: Person) -> None:
        again = await sign_in(users_app, person.username)
        assert await again.is_signed_in()
