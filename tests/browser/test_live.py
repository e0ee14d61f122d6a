"""What somebody else does shows in every view without a reload."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import BUILT, Visit
from tests.browser.test_console import task_of
from tests.system.people import Person, until
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.browser, BUILT]

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "WebSocket")


class TestLive:
    async def test_every_view_shows_what_another_person_does(self, visit: Visit, embedded: RunningSystem) -> None:
        other, person = await Person.registered(embedded.base), await Person.registered(embedded.base)
        task = await task_of(other, "Shared", assignee_ids=[person.id])
        page = await visit(person)
        seen: dict[str, str] = {"/": "Dashboard says", "/tasks": "List says", "/board": "Board says"}
        for path, title in seen.items():
            await page.goto(path)
            await page.locator("main h1").wait_for()
            await page.get_by_text("Shared").first.wait_for()
            await other.post("/api/tasks", {"title": title, "assignee_ids": [person.id]})
            await page.get_by_text(title).first.wait_for()
        await page.goto(f"/tasks/{task}")
        await page.get_by_role("textbox", name="Title").wait_for()
        await other.patch(f"/api/tasks/{task}", {"priority": "urgent", "description": "It is **urgent**."})
        await expect(page.get_by_label("Priority")).to_have_value("urgent")
        await page.locator(".description strong", has_text="urgent").wait_for()
        await other.post(f"/api/tasks/{task}/comments", {"body": "Said live"})
        await page.locator(".prose").get_by_text("Said live").wait_for()
        await until(lambda: _unread(person, 6))
        count = (await person.get("/api/notifications/unread-count")).json()["count"]
        await expect(page.get_by_role("link", name="Inbox").locator(".badge")).to_have_text(f"{count} unread")

    async def test_notifications_of_a_time_away_are_counted(self, visit: Visit, embedded: RunningSystem) -> None:
        other, person = await Person.registered(embedded.base), await Person.registered(embedded.base)
        page = await visit(person, allowed=OFFLINE)
        await page.goto("/inbox")
        await page.get_by_role("heading", name="Nothing to read").wait_for()
        await page.context.set_offline(True)
        await page.get_by_text("The connection is lost").wait_for()
        await task_of(other, "While away", assignee_ids=[person.id])
        await page.context.set_offline(False)
        await page.locator(".inbox").get_by_text("While away").wait_for()
        await expect(page.get_by_role("link", name="Inbox").locator(".badge")).to_contain_text("1")

    async def test_who_else_looks_at_a_task_is_shown(self, visit: Visit, embedded: RunningSystem) -> None:
        one, other = await Person.registered(embedded.base), await Person.registered(embedded.base)
        task = await task_of(one, "Looked at", assignee_ids=[other.id])
        here, there = await visit(one), await visit(other)
        for page in (here, there):
            await page.goto(f"/tasks/{task}")
        await here.get_by_text("also here").wait_for()
        await there.goto("/tasks")
        await here.get_by_text("also here").wait_for(state="detached")


async def _unread(person: Person, least: int) -> bool:
    return bool((await person.get("/api/notifications/unread-count")).json()["count"] >= least)
