"""The console without a mouse: single keys, the palette, and where the focus goes."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import BUILT, Visit
from tests.browser.test_console import task_of
from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.browser, BUILT]


class TestKeys:
    async def test_the_palette_leads_to_views_and_tasks(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        task = await task_of(person, "Water the plants")
        page = await visit(person)
        await page.goto("/")
        await page.keyboard.press("Control+k")
        box = page.get_by_role("dialog").get_by_role("combobox")
        await expect(box).to_be_focused()
        await box.fill("board")
        await page.get_by_role("option", name="Board", exact=True).wait_for()
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile("/board"))
        await page.keyboard.press("Control+k")
        await box.fill("plants")
        await page.get_by_role("option", name="Water the plants").wait_for()
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(f"/tasks/{task}"))

    async def test_keys_open_dialogs_which_keep_the_focus_and_give_it_back(
        self, visit: Visit, embedded: RunningSystem
    ) -> None:
        page = await visit(await Person.registered(embedded.base))
        await page.goto("/tasks")
        opener = page.get_by_role("button", name="New task").first
        await opener.focus()
        for key, name in (("?", "Keys"), ("n", "New task")):
            await page.keyboard.press(key)
            dialog = page.get_by_role("dialog", name=name)
            await dialog.wait_for()
            for _ in range(12):
                await page.keyboard.press("Tab")
                outside = "![document.body, document.documentElement].includes(document.activeElement)"
                inside = "document.activeElement.closest('dialog') !== null"
                assert await page.evaluate(f"{inside} || !({outside})"), "the focus left the dialog"
            await page.keyboard.press("Escape")
            await dialog.wait_for(state="detached")
            await expect(opener).to_be_focused()
        await page.keyboard.press("g")
        await page.keyboard.press("b")
        await expect(page).to_have_url(re.compile("/board"))

    async def test_a_list_is_walked_and_its_tasks_completed(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        for title in ("Below", "Above"):
            await task_of(person, title)
        page = await visit(person)
        await page.goto("/tasks")
        await page.get_by_role("link", name="Above").wait_for()
        await page.keyboard.press("j")
        await expect(page.get_by_role("link", name="Above")).to_be_focused()
        await page.keyboard.press("j")
        await expect(page.get_by_role("link", name="Below")).to_be_focused()
        await page.keyboard.press("e")
        await expect(page.get_by_role("checkbox", name="Completed: Below")).to_be_checked()
        await page.keyboard.press("/")
        await expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
        await page.keyboard.type("Abo")
        await expect(page.locator("a.title")).to_have_text(["Above"])
        await page.get_by_role("link", name="Above").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("textbox", name="Title")).to_have_value("Above")
