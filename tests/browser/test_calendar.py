"""Calendar feeds in the console: of a person, a project, a saved view; addresses that are shown once and die."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import BUILT, Visit
from tests.browser.test_console import task_of
from tests.browser.test_projects import project_of
from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.browser, BUILT]

DUE = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


async def shown(page: Page, name: str) -> str:
    """The path of the address that was just made for it."""
    secret = page.locator(".secret", has_text=f"{name}: shown this once")
    return urlsplit(await secret.locator("code").inner_text()).path


async def feed(person: Person, path: str) -> tuple[int, str]:
    answer = await person.http.get(path)
    return answer.status_code, answer.text


class TestCalendar:
    async def test_each_feed_shows_its_own_and_dies_alone(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        project = await project_of(person, "Launch")
        await task_of(person, "Of the project", project_id=project, due_date=DUE)
        await task_of(person, "On fire", priority="urgent", due_date=DUE)
        await person.post("/api/views", {"name": "Fires", "filter": "priority=urgent"})
        page = await visit(person)
        await page.goto("/settings/calendar")
        paths = {}
        for name in ("What is mine to do", "Launch", "Fires"):
            await page.get_by_label("What it shows").select_option(name)
            await page.get_by_role("button", name="Make an address").click()
            paths[name] = await shown(page, name)
        for name, inside, outside in (("Launch", "Of the project", "On fire"), ("Fires", "On fire", "Of the project")):
            status, text = await feed(person, paths[name])
            assert (status, inside in text, outside in text) == (200, True, False)
        await page.reload()
        await expect(page.get_by_role("button", name="Withdraw the address of Launch")).to_be_visible()
        await expect(page.locator(".secret")).to_have_count(0)

        await page.get_by_role("button", name="A new address for Launch").click()
        await page.get_by_role("button", name="Make a new one").click()
        renewed = await shown(page, "Launch")
        assert (await feed(person, paths["Launch"]))[0] == 404
        assert (await feed(person, renewed))[0] == 200
        await page.get_by_role("button", name="Withdraw the address of Launch").click()
        await page.get_by_role("button", name="Leave it").click()
        assert (await feed(person, renewed))[0] == 200
        await page.get_by_role("button", name="Withdraw the address of Launch").click()
        await page.get_by_role("button", name="Withdraw it").click()
        await expect(page.locator(".secret")).to_have_count(0)
        await expect(page.get_by_role("button", name="Withdraw the address of Launch")).to_have_count(0)
        assert [(await feed(person, path))[0] for path in (renewed, paths["Fires"])] == [404, 200]

    async def test_a_project_that_one_has_left_is_refused(self, visit: Visit, embedded: RunningSystem) -> None:
        owner, person = await Person.registered(embedded.base), await Person.registered(embedded.base)
        project = await project_of(owner, "Left behind")
        member = f"/api/projects/{project}/members/{person.id}"
        await owner.call("PUT", member, {"role": "member"})
        page = await visit(person, allowed=("422",))
        await page.route_web_socket("**/ws/**", lambda _: None)  # so that nothing tells the page of it
        await page.goto("/settings/calendar")
        await page.get_by_label("What it shows").select_option("Left behind")
        await owner.call("DELETE", member)
        await page.get_by_role("button", name="Make an address").click()
        await page.locator(".wrong").wait_for()
        assert await person.everything("/api/calendar") == []
