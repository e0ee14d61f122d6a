"""Projects made of other projects in the console: copies, templates, and what comes back from the trash."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import BUILT, Visit
from tests.browser.test_console import task_of
from tests.browser.test_projects import project_of
from tests.browser.test_workflow import member
from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.browser, BUILT]


async def choose(page: Page, project: str, what: str) -> None:
    await page.get_by_label(f"More about {project}").click()
    await page.get_by_role("button", name=what).click()


async def opened(page: Page, name: str) -> int:
    """The id of the project that the page goes to."""
    await page.get_by_role("heading", name=name, level=1).wait_for()
    found = re.search(r"/projects/(\d+)", page.url)
    assert found, page.url
    return int(found[1])


class TestCopies:
    async def test_a_viewer_makes_a_copy_with_what_is_ticked(self, visit: Visit, embedded: RunningSystem) -> None:
        owner, viewer = await Person.registered(embedded.base), await Person.registered(embedded.base)
        project = await project_of(owner, "First one")
        await owner.post(f"/api/projects/{project}/statuses", {"name": "Ready", "category": "todo"})
        await task_of(owner, "Goes along", project_id=project)
        await member(owner, project, viewer, "viewer")
        page = await visit(viewer)
        await page.goto(f"/projects/{project}")
        await page.get_by_label("More about First one").click()
        await expect(page.get_by_role("button", name="Make it a template")).to_have_count(0)
        await page.get_by_role("button", name="Duplicate").click()
        dialog = page.get_by_role("dialog", name="Duplicate First one")
        await expect(dialog.get_by_label("Name")).to_have_value("Copy of First one")
        await dialog.get_by_label("Name").fill("Second one")
        await dialog.get_by_label("Columns and workflow").uncheck()
        await dialog.get_by_role("button", name="Duplicate").click()
        copy = await opened(page, "Second one")
        assert [task["title"] for task in await viewer.everything(f"/api/tasks?project_id={copy}")] == ["Goes along"]
        assert await viewer.everything(f"/api/projects/{copy}/statuses") == []
        assert (await viewer.get(f"/api/projects/{copy}")).json()["role"] == "owner"

    async def test_a_key_that_is_taken_is_refused(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        project = await project_of(person, "Only one")
        key = (await person.get(f"/api/projects/{project}")).json()["key"]
        page = await visit(person, allowed=("409",))
        await page.goto(f"/projects/{project}")
        await choose(page, "Only one", "Duplicate")
        await page.get_by_role("dialog").get_by_label("Key").fill(key)
        await page.get_by_role("dialog").get_by_role("button", name="Duplicate").click()
        await page.get_by_role("alert").wait_for()
        assert len(await person.everything("/api/projects")) == 1


class TestTemplates:
    async def test_a_project_becomes_one_and_another_begins_with_it(
        self, visit: Visit, embedded: RunningSystem
    ) -> None:
        person = await Person.registered(embedded.base)
        project = await project_of(person, "Every launch")
        await task_of(person, "Tell everybody", project_id=project)
        page = await visit(person)
        await page.goto(f"/projects/{project}")
        await choose(page, "Every launch", "Make it a template")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("template")
        await page.goto("/projects")
        await page.get_by_label("Which projects").select_option("Templates")
        await page.locator(".cards").get_by_role("link", name="Every launch").click()
        await choose(page, "Every launch", "New project from this")
        dialog = page.get_by_role("dialog", name="New project")
        await expect(dialog.get_by_label("Begin with").get_by_role("option", selected=True)).to_have_text(
            "Every launch"
        )
        await dialog.get_by_label("Name").fill("This launch")
        await dialog.get_by_role("button", name="Create project").click()
        made = await opened(page, "This launch")
        assert [t["title"] for t in await person.everything(f"/api/tasks?project_id={made}")] == ["Tell everybody"]
        assert not (await person.get(f"/api/projects/{made}")).json()["is_template"]

    async def test_a_copy_is_kept_as_a_template(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        page = await visit(person)
        await page.goto(f"/projects/{await project_of(person, 'At work')}")
        await choose(page, "At work", "Duplicate")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Name").fill("How we work")
        await dialog.get_by_label("The copy is a template").check()
        await dialog.get_by_role("button", name="Duplicate").click()
        copy = await opened(page, "How we work")
        templates = await person.everything("/api/projects?is_template=true")
        assert [one["id"] for one in templates] == [copy]


class TestTrash:
    async def test_a_project_comes_back_from_the_trash(self, visit: Visit, embedded: RunningSystem) -> None:
        person, other = await Person.registered(embedded.base), await Person.registered(embedded.base)
        project = await project_of(person, "Thrown away")
        await member(person, project, other, "maintainer")
        await person.call("DELETE", f"/api/projects/{project}")
        theirs = await visit(other)
        await theirs.goto("/projects")
        await theirs.get_by_label("Which projects").select_option("In the trash")
        await theirs.locator(".cards").get_by_text("Thrown away").wait_for()
        await expect(theirs.get_by_role("button", name="Bring it back")).to_have_count(0)
        page = await visit(person)
        await page.goto("/projects")
        await page.get_by_label("Which projects").select_option("In the trash")
        await page.get_by_role("button", name="Bring it back").click()
        assert await opened(page, "Thrown away") == project
