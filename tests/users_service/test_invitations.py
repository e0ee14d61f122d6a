"""Invitations, and registration that is closed."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.apps import ServiceApp
from tests.conftest import StartApp
from tests.users_service.mailbox import URL, Mailbox, text_of
from tests.users_service.people import PASSWORD, Person, assert_problem, pointers, registration, sign_in, sign_up

INVITATIONS, REGISTER = "/api/invitations", "/api/auth/register"


@pytest.fixture(scope="module")
async def closed(service_app: StartApp) -> AsyncIterator[ServiceApp]:
    async with service_app("users_service", registration="closed") as running:
        yield running


@pytest.fixture(scope="module")
async def host(service_app: StartApp, closed: ServiceApp) -> Person:
    """An administrator of the system that is closed."""
    async with service_app("users_service", database_url=closed.settings.database_url) as other:
        person = await sign_up(other, full_name="Helga Host")
    await closed.session().execute("UPDATE users SET role = 'admin' WHERE id = $1", person.id)
    return await sign_in(closed, person.username)


@pytest.fixture
def post(closed: ServiceApp, tmp_path: Path) -> Mailbox:
    return Mailbox(closed, tmp_path)


async def invited(host: Person, post: Mailbox, **fields: str) -> tuple[str, dict[str, object]]:
    """The token of a new invitation, and a body that accepts it."""
    body = registration()
    answer = await host.post(INVITATIONS, json={"email": body["email"], **fields})
    assert answer.status_code == 201, answer.text
    token = await post.token(body["email"])
    return token, {**body, "invitation": token}


class TestClosed:
    async def test_nobody_registers_by_themselves(self, closed: ServiceApp) -> None:
        assert_problem(await closed.http.post(REGISTER, json=registration()), 403, "registration_closed")

    async def test_who_is_invited_does(self, closed: ServiceApp, host: Person, post: Mailbox) -> None:
        _, body = await invited(host, post)
        answer = await closed.http.post(REGISTER, json=body)
        assert (answer.status_code, answer.json()["role"]) == (201, "user")
        assert await (await sign_in(closed, str(body["username"]))).is_signed_in()
        newest = (await host.get(INVITATIONS)).json()["items"][0]
        assert (newest["email"], newest["accepted_by"]) == (body["email"], answer.json()["id"])

    async def test_mail_names_the_host(self, host: Person, post: Mailbox) -> None:
        token, body = await invited(host, post)
        [mail] = await post.to(str(body["email"]))
        assert "Helga Host invites you" in text_of(mail)
        assert f"{URL}/#/register?token={token}\n" in text_of(mail)

    async def test_role_comes_from_the_invitation(self, closed: ServiceApp, host: Person, post: Mailbox) -> None:
        _, body = await invited(host, post, role="admin")
        assert (await closed.http.post(REGISTER, json=body)).json()["role"] == "admin"

    async def test_is_good_once(self, closed: ServiceApp, host: Person, post: Mailbox) -> None:
        _, body = await invited(host, post)
        bodies = [{**body, "username": f"{body['username']}{i}"} for i in range(4)]
        answers = await asyncio.gather(*(closed.http.post(REGISTER, json=one) for one in bodies))
        assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]

    async def test_is_for_one_address(self, closed: ServiceApp, host: Person, post: Mailbox) -> None:
        _, body = await invited(host, post)
        refused = await closed.http.post(REGISTER, json={**body, "email": "somebody-else@example.com"})
        assert pointers(assert_problem(refused, 422)) == {"/email"}
        assert (await closed.http.post(REGISTER, json={**body, "email": str(body["email"]).upper()})).status_code == 201

    async def test_a_refused_registration_leaves_it_good(self, closed: ServiceApp, host: Person, post: Mailbox) -> None:
        _, body = await invited(host, post)
        taken = await closed.http.post(REGISTER, json={**body, "username": host.username})
        assert_problem(taken, 409, "username_taken")
        assert (await closed.http.post(REGISTER, json=body)).status_code == 201

    async def test_withdrawn_or_late_it_is_no_good(self, closed: ServiceApp, host: Person, post: Mailbox) -> None:
        _, withdrawn = await invited(host, post)
        newest = (await host.get(INVITATIONS)).json()["items"][0]
        assert (await host.delete(f"{INVITATIONS}/{newest['id']}")).status_code == 204
        _, late = await invited(host, post)
        await closed.session().execute("UPDATE invitations SET expires_at = now() WHERE email = $1", late["email"])
        for body in (withdrawn, late, {**late, "invitation": "made-up"}, {**late, "invitation": "\x00"}):
            assert "/invitation" in pointers(assert_problem(await closed.http.post(REGISTER, json=body), 422))

    async def test_withdrawn_before_the_mail_left(self, host: Person, post: Mailbox) -> None:
        made = (await host.post(INVITATIONS, json={"email": "too-late@example.com"})).json()
        await host.delete(f"{INVITATIONS}/{made['id']}")
        assert await post.to("too-late@example.com") == []


class TestAdministrators:
    async def test_alone_invite(self, users_app: ServiceApp, person: Person) -> None:
        one = f"{INVITATIONS}/{uuid.uuid4()}"
        for method, path, body in (
            ("POST", INVITATIONS, {"email": "x@example.com"}),
            ("GET", INVITATIONS, None),
            ("GET", one, None),
            ("DELETE", one, None),
        ):
            assert_problem(await users_app.http.request(method, path, json=body), 401)
            assert_problem(await person.call(method, path, json=body), 403)

    async def test_who_has_an_account_is_not_invited(self, admin: Person, person: Person) -> None:
        answer = await admin.post(INVITATIONS, json={"email": f"{person.username}@EXAMPLE.com"})
        assert_problem(answer, 409, "email_taken")

    @pytest.mark.parametrize(
        "body", [{}, {"email": "x"}, {"email": "a@b.cd", "role": "root"}, {"email": "a@b.cd", "x": 1}]
    )
    async def test_what_makes_no_sense_is_refused(self, admin: Person, body: dict[str, object]) -> None:
        assert_problem(await admin.post(INVITATIONS, json=body), 422)

    async def test_list_never_shows_the_secret(self, host: Person, post: Mailbox) -> None:
        token, _ = await invited(host, post)
        page = await host.get(f"{INVITATIONS}?limit=2&count=true")
        assert token not in page.text
        assert len(page.json()["items"]) <= 2
        again = await host.get(f"{INVITATIONS}/{page.json()['items'][0]['id']}")
        assert again.json() == page.json()["items"][0]

    async def test_missing_one_is_404(self, admin: Person) -> None:
        assert_problem(await admin.delete(f"{INVITATIONS}/{uuid.uuid4()}"), 404, "invitation_not_found")
        assert_problem(await admin.get(f"{INVITATIONS}/1"), 422)

    async def test_open_registration_takes_them_too(
        self, users_app: ServiceApp, admin: Person, mailbox: Mailbox
    ) -> None:
        _, body = await invited(admin, mailbox, role="admin")
        assert (await users_app.http.post(REGISTER, json=body)).json()["role"] == "admin"
        assert PASSWORD not in str([dict(r) for r in await users_app.session().fetch("SELECT * FROM audit_entries")])
