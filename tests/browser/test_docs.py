"""The pages that a person opens first, in a real browser."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.system.conftest import embedded, everybody_leaves
from tests.system.people import Person
from tests.system.running import RunningSystem

__all__ = ["embedded", "everybody_leaves"]

pytestmark = pytest.mark.browser

CHROMIUM = ("chromium-headless-shell", "/usr/lib/chromium/chromium-headless-shell", "chromium")
BLOCKED_LOGO = "cdn.redoc.ly"  # ReDoc's own mark; our Content-Security-Policy keeps the browser from asking for it
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    assert found, "headless Chromium is missing: run deploy/test-packages"
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=found, args=QUIET)
        yield running
        await running.close()


@pytest.fixture
async def page(browser: Browser, embedded: RunningSystem) -> AsyncIterator[Page]:
    """A page on the embedded system that fails the test for what a person would never see: errors in the console, and
    requests that leave the machine."""
    context = await browser.new_context(base_url=embedded.base)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("request", lambda r: complaints.append(r.url) if _leaves(r.url, embedded.base) else None)
    yield page
    await context.close()
    assert [c for c in complaints if BLOCKED_LOGO not in c] == []


def _leaves(url: str, base: str) -> bool:
    return not url.startswith((base, "data:", "blob:"))


class TestStartPage:
    async def test_leads_to_the_explorer(self, page: Page) -> None:
        await page.goto("/")
        await page.get_by_role("link", name="explorer").first.click()
        await expect(page).to_have_url(re.compile("/docs"))
        await page.get_by_role("button", name="Authorize").first.wait_for()


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
    async def test_a_person_signs_in_and_tries_an_operation(
        self, page: Page, embedded: RunningSystem, tmp_path: Path
    ) -> None:
        person = await Person.registered(embedded.base)
        await page.goto("/docs")
        await page.get_by_role("button", name="Authorize").first.click()
        form = page.locator(".auth-container", has_text="Flow: password")
        await form.locator("input[type=text]").first.fill(person.name)
        await form.locator("input[type=password]").first.fill(person.password)
        await form.locator("button.authorize").click()
        await form.get_by_text("Logout").wait_for()
        await page.get_by_role("button", name="Close").first.click()

        await page.locator("#operations-tag-users").click()
        operation = page.locator("#operations-users-get_me")
        await operation.locator(".opblock-summary").click()
        await operation.get_by_role("button", name="Execute").click()
        await operation.locator(".live-responses-table").get_by_text(person.name).first.wait_for()
        await page.screenshot(path=tmp_path / "explorer.png")

    async def test_redoc_shows_every_service(self, page: Page) -> None:
        await page.goto("/redoc")
        for heading in ("tasks", "users", "notifications"):
            await page.get_by_role("heading", name=heading).first.wait_for()
