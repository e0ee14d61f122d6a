"""What a project has of its own, made and changed in the console: columns, fields, labels; and views with a name."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import BUILT, Visit
from tests.browser.test_console import column, task_of
from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.browser, BUILT]


async def project_of(person: Person, name: str) -> int:
    answer = await person.post("/api/projects", {"name": name})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


class TestColumns:
    async def test_a_project_gets_columns_of_its_own(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        project = await project_of(person, "With columns")
        page = await visit(person)
        await page.goto(f"/projects/{project}/settings")
        card = page.get_by_role("region", name="Columns of the board")
        for name, category in (("Ready", "todo"), ("Checking", "in_progress"), ("Out", "completed")):
            await card.get_by_label("Name").fill(name)
            await card.get_by_label("Counts as").select_option(category)
            await card.get_by_role("button", name="Add a column").click()
            await card.get_by_role("listitem").filter(has_text=name).wait_for()
        await card.get_by_role("button", name="Checking up").click()
        await expect(card.get_by_role("listitem")).to_contain_text(["Checking", "Ready", "Out"])
        await card.get_by_role("button", name="Edit Checking").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Name").fill("In review")
        await dialog.get_by_role("button", name="Save").click()
        await card.get_by_role("listitem").filter(has_text="In review").wait_for()

        await page.goto(f"/board?project={project}")
        await column(page, "Ready").get_by_label("Add a task to Ready").fill("Written here")
        await page.keyboard.press("Enter")
        card_link = column(page, "Ready").get_by_role("link", name="Written here")
        await card_link.focus()
        await page.keyboard.press("Alt+ArrowRight")
        await column(page, "Out").get_by_text("Written here").wait_for()
        [task] = await person.everything(f"/api/tasks?project_id={project}")
        assert task["status"] == "completed"


class TestLabels:
    async def test_labels_are_renamed_and_merged_with_their_tasks(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        project = await project_of(person, "With labels")
        for name in ("bug", "defect"):
            await person.post("/api/labels", {"name": name, "color": "#d73a4a", "project_id": project})
            await task_of(person, f"A {name}", project_id=project, labels=[name])
        page = await visit(person)
        await page.goto(f"/projects/{project}")
        card = page.get_by_role("region", name="Labels")
        row = card.get_by_role("listitem").filter(has_text="defect")
        await row.get_by_label("Change defect").click()
        await row.get_by_role("button", name="Rename").click()
        await page.get_by_role("dialog").get_by_label("Name").fill("fault")
        await page.get_by_role("dialog").get_by_role("button", name="Save").click()
        row = card.get_by_role("listitem").filter(has_text="fault")
        await row.get_by_label("Change fault").click()
        await row.get_by_role("button", name="Merge").click()
        await page.get_by_role("dialog").get_by_role("button", name="Merge").click()
        await page.get_by_text("What was fault is bug now.").wait_for()
        await expect(card.get_by_role("listitem").filter(has_text="2 tasks")).to_have_count(1)
        labels = [task["labels"] for task in await person.everything(f"/api/tasks?project_id={project}")]
        assert labels == [["bug"], ["bug"]]


class TestViews:
    async def test_a_view_is_edited_forgotten_and_brought_back(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        await task_of(person, "Burning", priority="urgent")
        await task_of(person, "Idle")
        view = (await person.post("/api/views", {"name": "All", "filter": "priority>=low"})).json()["id"]
        page = await visit(person)
        await page.goto(f"/tasks?view={view}")
        await expect(page.locator("a.title")).to_have_text(["Idle", "Burning"])
        await page.get_by_role("button", name="Edit this view").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Name").fill("Fires")
        await dialog.get_by_label("Filter").fill("priority=urgent")
        await dialog.get_by_role("button", name="Save").click()
        await expect(page.locator("a.title")).to_have_text(["Burning"])
        await page.get_by_role("button", name="Edit this view").click()
        await page.get_by_role("button", name="Forget this view").click()
        await expect(page).to_have_url(re.compile("/tasks$"))
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_label("Saved view").locator("option")).to_contain_text(["Fires"])
