"""The pages that a person opens first, in a real browser."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = pytest.mark.browser

DRAWN = 30_000  # milliseconds; ReDoc takes its time with so many operations


class TestStartPage:
    async def test_leads_to_the_explorer(self, page: Page) -> None:
        await page.goto("/")
        await page.get_by_role("link", name="explorer").first.click()
        await expect(page).to_have_url(re.compile("/docs"))
        await page.locator("#sign-in").wait_for()


class TestLivePage:
    async def test_a_person_connects_and_sees_what_happens(self, page: Page, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        await page.goto("/docs/live")
        await page.locator("#event-list summary", has_text="task.created").wait_for()
        await page.get_by_label("Username").fill(person.name)
        await page.get_by_label("Password").fill(person.password)
        await page.get_by_role("button", name="Connect", exact=True).click()
        await page.get_by_text("Connected.").wait_for()
        await person.post("/api/tasks", {"title": "Seen at once"})
        await page.locator("#log").get_by_text("Seen at once").first.wait_for()
        await page.get_by_role("button", name="Disconnect").click()
        await page.get_by_text("Closed with 1000").wait_for()


class TestExplorer:
    async def test_a_person_signs_in_either_way_and_tries_an_operation(
        self, page: Page, embedded: RunningSystem
    ) -> None:
        person, other = await Person.registered(embedded.base), await Person.registered(embedded.base)
        await page.goto("/docs")
        await page.get_by_role("button", name="Authorize").first.click()
        form = page.locator(".auth-container", has_text="Flow: password")
        await form.locator("input[type=text]").first.fill(person.name)
        await form.locator("input[type=password]").first.fill(person.password)
        await form.locator("button.authorize").click()
        await form.get_by_text("Logout").wait_for()
        await form.locator("button", has_text="Logout").click()
        await page.get_by_role("button", name="Close").first.click()

        form = page.locator("#sign-in")
        await form.get_by_label("Username").fill(other.name)
        await form.get_by_label("Password").fill(other.password)
        await form.get_by_role("button", name="Sign in").click()
        await page.get_by_text(f"You are {other.name}").wait_for()
        await page.locator("#operations-tag-users").click()
        operation = page.locator("#operations-users-get_me")
        await operation.locator(".opblock-summary").click()
        await operation.get_by_role("button", name="Execute").click()
        await operation.locator(".live-responses-table").get_by_text(other.name).first.wait_for()

    async def test_redoc_shows_every_service(self, page: Page) -> None:
        await page.goto("/redoc")
        for heading in ("tasks", "users", "notifications"):
            await page.get_by_role("heading", name=heading).first.wait_for()

    async def test_redoc_is_dark_where_the_device_is(self, page: Page) -> None:
        dark = "rgb(228, 230, 230)"
        await page.goto("/redoc")
        menu = page.locator(".menu-content").get_by_text("single sign-on")
        await menu.wait_for()
        await expect(menu).not_to_have_css("color", dark)
        await page.emulate_media(color_scheme="dark")
        await expect(menu).to_have_css("color", dark, timeout=DRAWN)
        await expect(page.locator("#redoc")).to_have_css("background-color", "rgb(28, 32, 34)")
        await page.emulate_media(color_scheme="light")
        await expect(menu).not_to_have_css("color", dark, timeout=DRAWN)
