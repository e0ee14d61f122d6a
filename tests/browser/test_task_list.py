"""The console's list of tasks: choosing many, filters in words, saved views, the trash; and the clock of a task."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import BUILT, Visit
from tests.browser.test_console import task_of
from tests.system.people import Person, until
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.browser, BUILT]


class TestTaskList:
    async def test_many_are_changed_at_once_and_come_back_from_the_trash(
        self, visit: Visit, embedded: RunningSystem
    ) -> None:
        person = await Person.registered(embedded.base)
        for title in ("One", "Two", "Three"):
            await task_of(person, title)
        page = await visit(person)
        await page.goto("/tasks")
        await page.get_by_role("link", name="Three").focus()
        await page.keyboard.press("x")
        await page.keyboard.press("j")
        await page.keyboard.press("x")
        bar = page.get_by_role("toolbar")
        await expect(bar.get_by_text("2 selected")).to_be_visible()
        await bar.get_by_label("Set the priority").select_option("urgent")
        await page.get_by_text("2 of 2 changed.").wait_for()
        urgent = await person.everything("/api/tasks?priority=urgent")
        assert {task["title"] for task in urgent} == {"Three", "Two"}

        await page.get_by_role("button", name="Select", exact=True).click()
        await page.get_by_role("button", name="All that are shown").click()
        await bar.get_by_role("button", name="To the trash").click()
        await page.get_by_role("heading", name="No task yet").wait_for()
        await page.get_by_role("link", name="Trash").click()
        await page.get_by_role("listitem").filter(has_text="One").get_by_role("button", name="Restore").click()
        await expect(page.get_by_role("listitem").filter(has_text="One")).to_have_count(0)
        assert [task["title"] for task in await person.everything("/api/tasks")] == ["One"]

    async def test_a_filter_says_where_it_is_wrong_and_can_be_kept(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        await task_of(person, "Burning", priority="urgent")
        await task_of(person, "Idle")
        page = await visit(person, allowed=("422",))
        await page.goto("/query/")
        language = page.get_by_role("textbox", name="Filter")
        await expect(language).to_be_focused()
        await language.fill("priority>=high and stat=x")
        await language.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("at character 20")
        await language.fill("priority>=high")
        await language.press("Enter")
        await expect(page.locator("a.title")).to_have_text(["Burning"])
        await page.get_by_role("button", name="Save this view").click()
        await page.get_by_role("textbox", name="Name").fill("Fires")
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page).to_have_url(re.compile(r"view=\d+"))
        await expect(page.locator("a.title")).to_have_text(["Burning"])
        await expect(page.get_by_label("Saved view").locator("option:checked")).to_have_text("Fires")


class TestTime:
    async def test_a_clock_is_started_and_stopped(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        task = await task_of(person, "Takes a while")
        page = await visit(person)
        await page.goto(f"/tasks/{task}")
        await page.get_by_role("button", name="Start the clock").click()
        await page.get_by_role("button", name="Stop the clock").click()
        await page.get_by_role("button", name="Start the clock").wait_for()
        assert await until(lambda: _stopped(person, task))

    async def test_a_change_is_taken_back(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        task = await task_of(person, "Right")
        await person.patch(f"/api/tasks/{task}", {"title": "Wrong"})
        page = await visit(person)
        await page.goto(f"/tasks/{task}")
        title = page.get_by_role("textbox", name="Title")
        await expect(title).to_have_value("Wrong")
        await page.get_by_role("button", name="Undo this").click()
        await expect(title).to_have_value("Right")


async def _stopped(person: Person, task: int) -> bool:
    entries = await person.everything(f"/api/tasks/{task}/time-entries")
    return [entry["ended_at"] is not None for entry in entries] == [True]
