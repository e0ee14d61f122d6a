"""The web console as people use it, in a real browser on the embedded system."""

import io
import re

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import BUILT, Visit
from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = [pytest.mark.browser, BUILT]

REFUSED = ("412",)  # the browser writes each refused request into its console
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "WebSocket")


async def task_of(person: Person, title: str, **fields: object) -> int:
    answer = await person.post("/api/tasks", {"title": title, **fields})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


class TestFirstSteps:
    async def test_from_registering_to_the_first_task(self, page: Page) -> None:
        person = Person("http://unused")
        await page.goto("/register")
        await page.get_by_label("Username").fill(person.name)
        await page.get_by_label("E-mail").fill(f"{person.name}@example.com")
        await page.get_by_label("Password").fill(person.password)
        await page.get_by_role("button", name="Create account").click()
        await page.get_by_role("heading", name=f"Hello {person.name}").wait_for()

        await page.keyboard.press("c")
        await page.get_by_role("textbox", name="Title").fill("Buy milk")
        await page.get_by_role("button", name="Create task").click()
        await page.get_by_role("button", name="Open", exact=True).click()
        await expect(page.get_by_role("textbox", name="Title")).to_have_value("Buy milk")
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_role("heading", name="Sign in to Taskwire").wait_for()

    async def test_what_is_wrong_stands_at_its_field(self, visit: Visit, embedded: RunningSystem) -> None:
        taken = await Person.registered(embedded.base)
        page = await visit(allowed=("40", "42"))
        await page.goto("/register")
        await page.get_by_label("Username").fill(taken.name)
        await page.get_by_label("E-mail").fill("new@example.com")
        await page.get_by_label("Password").fill("password")
        await page.get_by_role("button", name="Create account").click()
        await expect(page.get_by_label("Password")).to_have_accessible_description(re.compile("common", re.IGNORECASE))
        await page.get_by_label("Password").fill(taken.password)
        await page.get_by_role("button", name="Create account").click()
        await expect(page.get_by_role("alert")).to_have_text("This username is taken: choose another one.")

    @pytest.mark.parametrize(
        ("path", "seen"), [("/task-create/", "New task"), ("/query/", "Filter"), ("/update/", "Changed last")]
    )
    async def test_addresses_of_older_systems_open_the_right_view(
        self, visit: Visit, embedded: RunningSystem, path: str, seen: str
    ) -> None:
        page = await visit(await Person.registered(embedded.base))
        await page.goto(path)
        expected = {
            "New task": page.get_by_role("dialog", name="New task"),
            "Filter": page.get_by_role("textbox", name="Filter"),
            "Changed last": page.get_by_role("combobox", name="sort").get_by_role("option", selected=True),
        }[seen]
        await expect(expected).to_be_attached()
        if seen == "Changed last":
            await expect(expected).to_have_text(seen)


class TestBoard:
    async def test_a_drag_is_seen_live_in_a_second_browser(self, visit: Visit, embedded: RunningSystem) -> None:
        mover, onlooker = await Person.registered(embedded.base), await Person.registered(embedded.base)
        task = await task_of(mover, "Dragged along", assignee_ids=[onlooker.id])
        here, there = await visit(mover), await visit(onlooker)
        for page in (here, there):
            await page.goto("/board")
            await column(page, "To do").get_by_text("Dragged along").wait_for()
        await here.locator(f"[data-id='{task}']").drag_to(column(here, "In progress"))
        for page in (here, there):
            await column(page, "In progress").get_by_text("Dragged along").wait_for()
        assert (await mover.get(f"/api/tasks/{task}")).json()["status"] == "in_progress"

    async def test_the_keyboard_moves_a_card_and_keeps_the_focus(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        await task_of(person, "First")
        await task_of(person, "Second")
        page = await visit(person)
        await page.goto("/board")
        first = page.get_by_role("link", name="First")
        titles = column(page, "To do").locator(".task-card a")
        await expect(titles).to_have_text(["First", "Second"])
        await first.focus()
        await page.keyboard.press("Alt+ArrowDown")
        await expect(titles).to_have_text(["Second", "First"])
        await expect(first).to_be_focused()
        await page.keyboard.press("Alt+ArrowRight")
        await column(page, "In progress").get_by_text("First").wait_for()
        await expect(first).to_be_focused()


class TestConflict:
    async def test_both_versions_are_shown_and_nothing_is_overwritten_unasked(
        self, visit: Visit, embedded: RunningSystem
    ) -> None:
        person = await Person.registered(embedded.base)
        task = await task_of(person, "As it was")
        page = await visit(person, allowed=REFUSED)
        await page.goto(f"/tasks/{task}")
        title = page.get_by_role("textbox", name="Title")
        await title.fill("Mine")
        await person.patch(f"/api/tasks/{task}", {"title": "Theirs"})
        await page.get_by_text("As it was").first.wait_for()  # the history shows that the change has come in
        await expect(title).to_have_value("Mine")
        await title.press("Enter")

        dialog = page.get_by_role("dialog")
        await expect(dialog.locator("output")).to_have_text(["Theirs", "Mine"])
        await expect(dialog.get_by_role("radio", name="Theirs")).to_be_checked()
        assert (await person.get(f"/api/tasks/{task}")).json()["title"] == "Theirs"
        await dialog.get_by_role("radio", name="Yours").check()
        await dialog.get_by_role("button", name="Save the choice").click()
        await expect(title).to_have_value("Mine")
        await page.get_by_role("region", name="History").get_by_text("Mine").wait_for()
        assert (await person.get(f"/api/tasks/{task}")).json()["title"] == "Mine"

    async def test_changes_to_different_fields_do_not_conflict(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        task = await task_of(person, "Two at once")
        page = await visit(person, allowed=REFUSED)
        await page.goto(f"/tasks/{task}")
        title = page.get_by_role("textbox", name="Title")
        await title.fill("Renamed")
        await person.patch(f"/api/tasks/{task}", {"priority": "urgent"})
        await title.press("Enter")
        await page.get_by_text("Two at once").wait_for()
        now = (await person.get(f"/api/tasks/{task}")).json()
        assert (now["title"], now["priority"], now["version"]) == ("Renamed", "urgent", 3)


class TestOffline:
    async def test_what_happens_meanwhile_is_there_afterwards(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        task = await task_of(person, "Before")
        page = await visit(person, allowed=OFFLINE)
        await page.goto("/tasks")
        await page.get_by_role("link", name="Before").wait_for()
        await page.context.set_offline(True)
        away = page.get_by_text("The connection is lost")
        await away.wait_for()
        await person.patch(f"/api/tasks/{task}", {"title": "After"})
        await task_of(person, "Meanwhile")
        await page.context.set_offline(False)
        await page.get_by_role("link", name="After").wait_for()
        await page.get_by_role("link", name="Meanwhile").wait_for()
        await away.wait_for(state="detached")


class TestTaskPage:
    async def test_a_picture_is_attached_and_shown(self, visit: Visit, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        task = await task_of(person, "With a picture")
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
        page = await visit(person)
        await page.goto(f"/tasks/{task}")
        await page.get_by_label("Attach a file").set_input_files(
            {"name": "sea.png", "mimeType": "image/png", "buffer": picture.getvalue()}
        )
        shown = page.get_by_role("region", name="Attachments").locator("img")
        await shown.wait_for()
        assert await shown.evaluate("async image => { await image.decode(); return image.naturalWidth; }") > 0
        await page.get_by_text("sea.png").first.wait_for()

    async def test_somebody_mentioned_hears_of_it(self, visit: Visit, embedded: RunningSystem) -> None:
        writer, reader = await Person.registered(embedded.base), await Person.registered(embedded.base)
        task = await task_of(writer, "Talked about", assignee_ids=[reader.id])
        here, there = await visit(writer), await visit(reader)
        await there.goto("/inbox")
        await there.get_by_role("heading", name="Inbox").wait_for()
        await here.goto(f"/tasks/{task}")
        comment = here.get_by_role("textbox", name="Write a comment")
        await comment.press_sequentially(f"Look @{reader.name[:8]}")
        await here.locator(".offered").get_by_text(f"@{reader.name}").wait_for()
        await comment.press("Enter")
        await expect(comment).to_have_value(f"Look @{reader.name} ")
        await comment.press("Control+Enter")
        await here.locator(".prose").get_by_text(f"@{reader.name}").wait_for()
        await there.get_by_text(re.compile("mentioned")).first.wait_for()
