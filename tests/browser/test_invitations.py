"""Invitations in the console, from asking somebody to their account; a link that is dead says so."""

import asyncio
import email
import re
from email.policy import default
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import BUILT, Visit
from tests.system.people import Person
from tests.system.running import RunningSystem
from tests.waiting import until

pytestmark = [pytest.mark.browser, BUILT]


def link_to(folder: Path, address: str) -> str | None:
    """What stands behind the `#` of the link that was mailed there."""
    for file in folder.glob("*.eml"):
        mail = email.message_from_bytes(file.read_bytes(), policy=default)
        body = mail.get_body(("plain",))
        if mail["To"] == address and body and (found := re.search(r"/#/\S+", body.get_content())):
            return found[0]
    return None


async def mailed(embedded: RunningSystem, address: str) -> str:
    link: str = await until(lambda: asyncio.to_thread(link_to, embedded.data / "mail", address))
    return link


class TestInvitations:
    async def test_somebody_is_asked_and_comes(self, visit: Visit, embedded: RunningSystem, admin: Person) -> None:
        guest = Person("http://unused")
        address = f"{guest.name}@example.com"
        page = await visit(admin)
        await page.goto("/admin/invitations")
        await page.get_by_label("E-mail").fill(address)
        await page.get_by_role("button", name="Send an invitation").click()
        row = page.get_by_role("listitem").filter(has_text=address)
        await row.get_by_role("button", name="Withdraw").wait_for()

        theirs = await visit(allowed=("422",))
        await theirs.goto(await mailed(embedded, address))
        await theirs.get_by_role("heading", name="You are invited").wait_for()
        await theirs.get_by_label("Username").fill(guest.name)
        await theirs.get_by_label("E-mail").fill("another@example.com")
        await theirs.get_by_label("Password").fill(guest.password)
        await theirs.get_by_role("button", name="Create account").click()
        await expect(theirs.get_by_label("E-mail")).to_have_accessible_description(re.compile("invitation was sent to"))
        await theirs.get_by_label("E-mail").fill(address)
        await theirs.get_by_role("button", name="Create account").click()
        await theirs.get_by_role("heading", name=f"Hello {guest.name}").wait_for()

        await page.reload()
        await row.get_by_text("came just now").wait_for()
        await row.get_by_role("button", name=f"Remove the invitation of {address}").click()
        await expect(row).to_have_count(0)

    async def test_a_withdrawn_link_says_that_it_is_dead(
        self, visit: Visit, embedded: RunningSystem, admin: Person
    ) -> None:
        guest = Person("http://unused")
        address = f"{guest.name}@example.com"
        await admin.post("/api/invitations", {"email": address})
        link = await mailed(embedded, address)
        page = await visit(admin)
        await page.goto("/admin/invitations")
        row = page.get_by_role("listitem").filter(has_text=address)
        await row.get_by_role("button", name="Withdraw").click()
        await expect(row).to_have_count(0)
        theirs = await visit(allowed=("422",))
        await theirs.goto(link)
        await theirs.get_by_label("Username").fill(guest.name)
        await theirs.get_by_label("E-mail").fill(address)
        await theirs.get_by_label("Password").fill(guest.password)
        await theirs.get_by_role("button", name="Create account").click()
        await expect(theirs.get_by_role("alert")).to_contain_text(re.compile("link", re.IGNORECASE))

    async def test_who_has_an_account_is_not_invited(
        self, visit: Visit, embedded: RunningSystem, admin: Person
    ) -> None:
        person = await Person.registered(embedded.base)
        page = await visit(admin, allowed=("409",))
        await page.goto("/admin/invitations")
        await page.get_by_label("E-mail").fill(f"{person.name}@example.com")
        await page.get_by_role("button", name="Send an invitation").click()
        await page.get_by_role("alert").wait_for()

    async def test_others_do_not_see_them(self, visit: Visit, embedded: RunningSystem) -> None:
        page = await visit(await Person.registered(embedded.base))
        await page.goto("/admin/invitations")
        await page.get_by_role("heading").first.wait_for()
        await expect(page.get_by_text("Invite somebody")).to_have_count(0)
        await expect(page.get_by_role("link", name="Administration")).to_have_count(0)
