"""A task's page: text in Markdown, how it repeats, the trash and back, and files in and out of the list."""

import csv

import pytest
from playwright.async_api import expect

from tests.browser.conftest import BUILT, Visit
from tests.browser.test_console import task_of
from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.browser, BUILT]

HOSTILE = "# Plan\n\n- [ ] first\n- [x] second\n\n<img src=x onerror=alert(1)> [bad](javascript:alert(1)) **bold**"


class TestDescription:
    async def test_markdown_is_shown_ticked_and_edited(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        task = await task_of(person, "Described", description=HOSTILE)
        page = await visit(person)
        await page.goto(f"/tasks/{task}")
        shown = page.locator(".description.shown")
        await shown.get_by_role("heading", name="Plan").wait_for()
        assert await shown.locator("img, a").count() == 0
        await shown.get_by_role("checkbox", name="first").check()
        await page.get_by_role("region", name="History").get_by_text("changed description").wait_for()
        assert "- [x] first" in (await person.get(f"/api/tasks/{task}")).json()["description"]
        await page.get_by_role("button", name="Edit the description").click()
        await page.get_by_role("textbox", name="Description").fill("Now *this*")
        await page.keyboard.press("Control+Enter")
        await shown.locator("em", has_text="this").wait_for()


class TestRepeats:
    async def test_a_rhythm_is_chosen_with_its_next_days_in_sight(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        task = await task_of(person, "Again", due_date="2031-03-03")
        page = await visit(person)
        await page.goto(f"/tasks/{task}")
        await page.get_by_role("button", name="never").click()
        dialog = page.get_by_role("dialog", name="Repeats")
        await dialog.get_by_label("Every").fill("2")
        await dialog.get_by_label("Thu").check()
        await dialog.get_by_text("Mar 6 · Mar 20").wait_for()
        await dialog.get_by_role("button", name="Save").click()
        await page.get_by_role("button", name="every 2 weeks on Thu").wait_for()
        await page.get_by_role("region", name="History").get_by_text("changed recurrence").wait_for()
        assert (await person.get(f"/api/tasks/{task}")).json()["recurrence"] == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"


class TestTrash:
    async def test_a_deleted_task_is_brought_back_from_the_toast(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        task = await task_of(person, "Deleted by mistake")
        page = await visit(person)
        await page.goto(f"/tasks/{task}")
        await page.get_by_role("button", name="Move to the trash").click()
        await page.get_by_role("button", name="Undo").click()
        await page.get_by_role("link", name="Deleted by mistake").wait_for()


class TestFiles:
    async def test_tasks_come_in_and_go_out_as_files(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        page = await visit(person)
        await page.goto("/tasks?import=1")
        table = b"title,priority\nFrom a file,high\nWrong,nonsense\n"
        await page.get_by_label("File").set_input_files({"name": "t.csv", "mimeType": "text/csv", "buffer": table})
        await page.get_by_role("button", name="Import", exact=True).click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_text("1 made").wait_for()
        await expect(dialog.get_by_role("row").filter(has_text="priority")).to_have_count(1)
        await page.keyboard.press("Escape")
        await page.get_by_role("link", name="From a file").wait_for()
        await page.get_by_label("Export").click()
        async with page.expect_download() as download:
            await page.get_by_role("button", name="As CSV").click()
        rows = list(csv.DictReader((await (await download.value).path()).read_text().splitlines()))
        assert [row["title"] for row in rows] == ["From a file"]

    async def test_a_report_is_made_and_fetched(self, visit: Visit, embedded: RunningSystem) -> None:
        page = await visit(await Person.registered(embedded.base))
        await page.goto("/reports")
        files = page.get_by_role("region", name="Files")
        await files.get_by_label("As", exact=True).select_option("csv")
        await files.get_by_role("button", name="Make a file").click()
        async with page.expect_download() as download:
            await files.get_by_role("button", name="Download").click()
        assert (await download.value).suggested_filename.endswith(".csv")
