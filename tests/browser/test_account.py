"""An account in the console: two-factor authentication from setting it up to signing in with it."""

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import BUILT, Visit
from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.browser, BUILT]


class TestTwoFactor:
    async def test_is_set_up_and_asked_for_at_the_next_sign_in(
        self, visit: Visit, page: Page, embedded: RunningSystem
    ) -> None:
        person = await Person.registered(embedded.base)
        settings = await visit(person)
        await settings.goto("/settings/security")
        await settings.get_by_role("button", name="Set it up").click()
        secret = await settings.locator(".secret code").inner_text()
        code = pyotp.TOTP(secret)
        await settings.get_by_label("Code that it shows now").fill(code.now())
        await settings.get_by_role("button", name="Turn it on").click()
        await settings.get_by_text("Recovery codes").wait_for()
        recovery = (await settings.locator(".secret code").inner_text()).split()[0]

        page = await visit(allowed=("401",))
        await page.goto("/")
        await page.get_by_label("Username").fill(person.name)
        await page.get_by_label("Password").fill(person.password)
        await page.get_by_role("button", name="Sign in").click()
        field = page.get_by_label("Code")
        await expect(field).to_be_focused()
        await field.fill("000000")
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("alert").wait_for()
        await field.fill(recovery)
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("heading", name=f"Hello {person.name}").wait_for()
