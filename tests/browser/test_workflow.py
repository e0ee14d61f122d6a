"""The workflow of a project in the console: who runs it says which column leads where, everybody else sees it."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import BUILT, Visit
from tests.browser.test_console import column, task_of
from tests.browser.test_projects import project_of
from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.browser, BUILT]

COLUMNS = (("Ready", "todo"), ("Checking", "in_progress"), ("Out", "completed"))


async def project_with_columns(person: Person) -> int:
    project = await project_of(person, "In steps")
    for name, category in COLUMNS:
        answer = await person.post(f"/api/projects/{project}/statuses", {"name": name, "category": category})
        assert answer.status_code == 201, answer.text
    return project


async def member(person: Person, project: int, other: Person, role: str) -> None:
    answer = await person.call("PUT", f"/api/projects/{project}/members/{other.id}", {"role": role})
    assert answer.is_success, answer.text


async def lead(page: Page, start: str, *, to: list[str], away_from: list[str]) -> None:
    await page.get_by_role("button", name=f"Where {start} leads").click()
    dialog = page.get_by_role("dialog", name=f"From {start}")
    for name in to:
        await dialog.get_by_label(name, exact=True).check()
    for name in away_from:
        await dialog.get_by_label(name, exact=True).uncheck()
    await dialog.get_by_role("button", name="Save").click()


class TestWorkflow:
    async def test_columns_lead_where_an_owner_says(self, visit: Visit, embedded: RunningSystem) -> None:
        person, other = await Person.registered(embedded.base), await Person.registered(embedded.base)
        project = await project_with_columns(person)
        await member(person, project, other, "member")
        await task_of(person, "One step at a time", project_id=project)
        page = await visit(person)
        await page.goto(f"/projects/{project}/settings")
        card = page.get_by_role("region", name="Workflow")
        await expect(card.get_by_role("listitem")).to_have_text([re.compile("to every other")] * 3)
        await lead(page, "Ready", to=[], away_from=["Out"])
        await expect(card.get_by_role("listitem")).to_contain_text(
            ["to Checking", "to Ready, Out", "to Ready, Checking"]
        )
        await page.get_by_role("button", name="Where Checking leads").click()
        way = page.get_by_role("dialog").get_by_role("group", name="To Out")
        await way.get_by_label("maintainer").check()
        await page.get_by_role("dialog").get_by_role("button", name="Save").click()
        await expect(card.get_by_role("listitem").nth(1)).to_contain_text("to Ready, Out (maintainer only)")

        theirs = await visit(other, allowed=("409",))
        await theirs.goto(f"/projects/{project}")
        shown = theirs.get_by_role("region", name="Workflow")
        await expect(shown.get_by_role("listitem").nth(1)).to_contain_text("Out (maintainer only)")
        await expect(shown.get_by_role("button")).to_have_count(0)
        await theirs.goto(f"/board?project={project}")
        moved = theirs.get_by_role("link", name="One step at a time")
        await moved.focus()
        await theirs.keyboard.press("Alt+ArrowRight")
        await column(theirs, "Checking").get_by_text("One step at a time").wait_for()
        await theirs.keyboard.press("Alt+ArrowRight")
        await theirs.get_by_text("does not let you move").wait_for()
        await expect(column(theirs, "Checking").get_by_text("One step at a time")).to_be_visible()

    async def test_one_way_stays_and_all_are_lifted_and_brought_back(
        self, visit: Visit, embedded: RunningSystem
    ) -> None:
        person = await Person.registered(embedded.base)
        project = await project_with_columns(person)
        ready, checking, _ = [one["id"] for one in await person.everything(f"/api/projects/{project}/statuses")]
        way = {"from_status_id": ready, "to_status_id": checking, "roles": []}
        await person.call("PUT", f"/api/projects/{project}/transitions", {"transitions": [way]})
        page = await visit(person)
        await page.goto(f"/projects/{project}/settings")
        await lead(page, "Ready", to=[], away_from=["Checking"])
        await expect(page.get_by_role("alert")).to_contain_text("One way has to stay")
        await page.keyboard.press("Escape")
        card = page.get_by_role("region", name="Workflow")
        await card.get_by_role("button", name="Allow every change").click()
        await card.get_by_text("Every change of column is allowed.").wait_for()
        await page.get_by_role("button", name="Undo").click()
        await expect(card.get_by_role("listitem")).to_contain_text(["to Checking", "leads nowhere", "leads nowhere"])

    async def test_who_lost_the_right_is_told_so(self, visit: Visit, embedded: RunningSystem) -> None:
        person, other = await Person.registered(embedded.base), await Person.registered(embedded.base)
        project = await project_with_columns(person)
        await member(person, project, other, "maintainer")
        page = await visit(other, allowed=("403",))
        await page.route_web_socket("**/ws/**", lambda _: None)  # so that nothing tells the page of it
        await page.goto(f"/projects/{project}/settings")
        await page.get_by_role("button", name="Where Ready leads").wait_for()
        await member(person, project, other, "viewer")
        await lead(page, "Ready", to=[], away_from=["Out"])
        await expect(page.get_by_role("alert")).to_contain_text("owners and maintainers")
        await page.goto(f"/projects/{project}/settings")
        await page.get_by_text("Only its owners and maintainers change a project.").wait_for()
