"""Browsers on the embedded system. Each page fails its test for what a person would never see: errors in the browser's
console, and requests that leave the machine."""

import json
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.system.conftest import embedded, everybody_leaves
from tests.system.people import Person
from tests.system.running import RunningSystem

__all__ = ["embedded", "everybody_leaves"]

CHROMIUM = ("chromium-headless-shell", "/usr/lib/chromium/chromium-headless-shell", "chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SIGNED_IN = """session => {
    if (!localStorage.getItem("taskwire.session")) localStorage.setItem("taskwire.session", JSON.stringify(session));
}"""

BUILT = pytest.mark.skipif(
    not Path("gateway/console/dist/index.html").exists(), reason="the console is not built: there is no Node.js"
)

Visit = Callable[..., Coroutine[Any, Any, Page]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    assert found, "headless Chromium is missing: run deploy/test-packages"
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=found, args=QUIET)
        yield running
        await running.close()


@pytest.fixture
async def visit(browser: Browser, embedded: RunningSystem) -> AsyncIterator[Visit]:
    """`await visit(person, allowed=("412",), **context_options)`: a browser of its own, with the person signed in.
    What has one of the words in `allowed` may stand in its console."""
    complaints: list[str] = []
    contexts = []

    async def open_page(person: Person | None = None, *, allowed: tuple[str, ...] = (), **options: Any) -> Page:
        def complain(text: str) -> None:
            if not any(word in text for word in allowed):
                complaints.append(text)

        context = await browser.new_context(base_url=embedded.base, **options)
        contexts.append(context)
        if person:
            await context.add_init_script(f"({SIGNED_IN})({json.dumps(await _session(person))})")
        page = await context.new_page()
        page.on("console", lambda m: complain(f"{page.url}: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: complain(f"{page.url}: {e}"))
        page.on("request", lambda r: complain(r.url) if _leaves(r.url, embedded.base) else None)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest.fixture
async def page(visit: Visit) -> Page:
    """A browser in which nobody is signed in."""
    return await visit()


@pytest.fixture
async def admin(embedded: RunningSystem) -> Person:
    written = json.loads((embedded.data / "admin.json").read_text())
    return await Person.known(embedded.base, written["username"], written["password"])


async def _session(person: Person) -> dict[str, Any]:
    """As the console keeps it, with a token that is good for the length of a test."""
    user = (await person.get("/api/users/me")).json()
    return {"access": person.access, "refresh": person.refresh, "expires": 2**42, "user": user}


def _leaves(url: str, base: str) -> bool:
    return not url.startswith((base, "data:", "blob:"))
