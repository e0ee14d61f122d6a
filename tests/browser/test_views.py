"""Each view of the console: it opens without a complaint, fits a telephone, and axe finds nothing serious in either
colour scheme."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, ViewportSize

from tests.browser.conftest import BUILT, Visit
from tests.system.people import Person

pytestmark = [pytest.mark.browser, BUILT]

AXE = Path("gateway/console/node_modules/axe-core/axe.min.js")
TELEPHONE, SCREEN = ViewportSize(width=360, height=740), ViewportSize(width=1600, height=900)
GROUPS = {
    "outside": ["/sign-in", "/register", "/forgot", "/reset-password"],
    "tasks": [
        "/",
        "/tasks",
        "/tasks?trashed=1",
        "/tasks?filter=nonsense",
        "/tasks?import=1",
        "/board",
        "/tasks/{task}",
    ],
    "projects": [
        *("/projects", "/projects/{project}", "/projects/{project}/settings", "/board?project={project}"),
        *("/reports", "/inbox", "/projects/999999"),
    ],
    "settings": [
        f"/settings{page}"
        for page in ("", "/security", "/tokens", "/notifications", "/labels", "/webhooks", "/calendar")
    ],
    "admin": [f"/admin{page}" for page in ("", "/invitations", "/audit", "/templates", "/dead-letters", "/system")],
}
REFUSED = ("404", "422")  # the browser writes each refused request into its console
CHECK = """async rules => {
    const {violations} = await axe.run(document, rules ? {runOnly: rules} : {});
    return violations
        .filter(found => ["serious", "critical"].includes(found.impact))
        .map(found => `${found.id}: ${found.nodes.map(node => node.html.slice(0, 120)).join(" | ")}`);
}"""
FIRST_LOAD = 120_000  # bytes, compressed
LOADED = """performance.getEntriesByType("resource")
    .filter(one => one.name.includes("/assets/")).reduce((sum, one) => sum + one.transferSize, 0)"""
MOVED = 0.1  # a page that moves more than this under one's hand is called poor
SHIFTS = """() => new Promise(resolve => {
    let sum = 0;
    const seen = list => { for (const entry of list.getEntries()) sum += entry.value; };
    new PerformanceObserver(seen).observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def settled(page: Page, path: str) -> None:
    await page.goto(path)
    await page.locator("h1, .empty h2").first.wait_for()
    await page.wait_for_load_state("networkidle")


async def violations(page: Page, scheme: Any, rules: list[str] | None = None) -> list[str]:
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found: list[str] = await page.evaluate(CHECK, rules)
    return [f"{scheme}: {one}" for one in found]


@pytest.fixture
async def ids(admin: Person) -> dict[str, int]:
    """A project, and a task of it on which all hangs that a task can have."""
    now = datetime.now(UTC)
    project = (await admin.post("/api/projects", {"name": "Everything"})).json()["id"]
    field = {"name": "Size", "type": "choice", "options": ["small", "large"]}
    assert (await admin.post(f"/api/projects/{project}/fields", field)).status_code == 201
    steps = [("Ready", "todo"), ("Doing", "in_progress"), ("Done", "completed")]
    columns = [
        (await admin.post(f"/api/projects/{project}/statuses", {"name": name, "category": category})).json()["id"]
        for name, category in steps
    ]
    way = {"from_status_id": columns[0], "to_status_id": columns[1], "roles": ["owner"]}
    await admin.call("PUT", f"/api/projects/{project}/transitions", {"transitions": [way]})
    blocker = (await admin.post("/api/tasks", {"title": "First this"})).json()["id"]
    body = {
        "title": "A task with everything",
        "project_id": project,
        "priority": "urgent",
        "due_date": (now + timedelta(days=30)).date().isoformat(),
        "assignee_ids": [admin.id],
        "labels": ["bug"],
        "recurrence": "FREQ=WEEKLY",
        "blocked_by": [blocker],
        "estimate_minutes": 90,
    }
    task = (await admin.post("/api/tasks", body)).json()["id"]
    for path, more in (
        ("comments", {"body": "**Look** at `this`, @admin"}),
        ("time-entries", {"minutes": 20, "started_at": (now - timedelta(days=task)).isoformat()}),
        ("reminders", {"lead_minutes": 60}),
    ):
        answer = await admin.post(f"/api/tasks/{task}/{path}", more)
        assert answer.status_code == 201, answer.text
    await admin.post("/api/tasks", {"title": "Below", "parent_id": task, "project_id": project})
    await admin.patch(f"/api/tasks/{task}", {"status": "in_progress"})
    return {"task": task, "project": project}


class TestViews:
    @pytest.mark.parametrize("group", GROUPS)
    async def test_opens_fits_and_can_be_read_by_everybody(
        self, visit: Visit, admin: Person, ids: dict[str, int], group: str
    ) -> None:
        person = None if group == "outside" else admin
        page = await visit(person, allowed=REFUSED, bypass_csp=True, viewport=SCREEN)
        await page.context.add_init_script(path=AXE)
        found = {}
        for path in GROUPS[group]:
            await settled(page, path.format(**ids))
            wrong = await violations(page, "light") + await violations(page, "dark", ["color-contrast"])
            await page.set_viewport_size(TELEPHONE)
            if too_wide := await page.evaluate(WIDER):
                wrong.append(f"{too_wide} pixels too wide for a telephone")
            await page.set_viewport_size(SCREEN)
            if wrong:
                found[path] = wrong
        assert found == {}

    async def test_loads_little_and_stays_where_it_is(self, visit: Visit, admin: Person, ids: dict[str, int]) -> None:
        for size in (SCREEN, TELEPHONE):
            page = await visit(admin, viewport=size)
            await settled(page, "/")
            assert await page.evaluate(LOADED) < FIRST_LOAD
            for path in ("/", "/tasks", "/board", "/tasks/{task}", "/projects/{project}"):
                await settled(page, path.format(**ids))
                assert await page.evaluate(SHIFTS) < MOVED, path
