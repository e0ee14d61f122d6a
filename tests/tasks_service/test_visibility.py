"""Who may see and do what, and what those learn who may not."""

from __future__ import annotations

import pytest

from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of, problem

MISSING: Json = {"id": 987_654_321}
OPERATIONS = {
    "get": ("GET", ""),
    "put": ("PUT", ""),
    "patch": ("PATCH", ""),
    "delete": ("DELETE", ""),
    "restore": ("POST", "/restore"),
    "activity": ("GET", "/activity"),
}
DONE = {"get": 200, "put": 200, "patch": 200, "delete": 204, "restore": 200, "activity": 200}
ASSIGNEE = {**DONE, "delete": 403, "restore": 403}
STRANGER = dict.fromkeys(DONE, 404)
ANONYMOUS = dict.fromkeys(DONE, 401)
MATRIX = {"anonymous": ANONYMOUS, "stranger": STRANGER, "creator": DONE, "assignee": ASSIGNEE, "admin": DONE}


@pytest.fixture
def people(fake_users: FakeUsers) -> dict[str, Person | None]:
    named: dict[str, Person | None] = {role: fake_users.register() for role in ("creator", "assignee", "stranger")}
    return {**named, "admin": fake_users.register("admin"), "anonymous": None}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("role", MATRIX)
class TestMatrix:
    async def test_cell(self, tasks: Tasks, people: dict[str, Person | None], operation: str, role: str) -> None:
        creator, assignee = people["creator"], people["assignee"]
        assert creator is not None
        assert assignee is not None
        task = await tasks.create(creator, assignee_ids=[assignee.id])
        if operation == "restore":
            await tasks.delete(task, creator)
        method, path = OPERATIONS[operation]
        body = {"json": {"title": "New"}} if method in ("PUT", "PATCH") else {}
        answer = await tasks.call(method, path_of(task) + path, people[role], **body)
        assert answer.status_code == MATRIX[role][operation], answer.text
        if answer.status_code >= 400:
            assert len(await tasks.events_of(task)) == (2 if operation == "restore" else 1), "a refusal changes nothing"
        if role == "anonymous":
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_what_is_anothers_looks_like_what_is_not_there(
    tasks: Tasks, people: dict[str, Person | None], operation: str
) -> None:
    creator = people["creator"]
    assert creator is not None
    task = await tasks.create(creator)
    method, path = OPERATIONS[operation]
    body = {"json": {"title": "New"}} if method in ("PUT", "PATCH") else {}
    seen = []
    for one in (task, MISSING):
        headers = {"If-Match": '"9"', "X-Request-ID": "same"}
        answer = await tasks.call(method, path_of(one) + path, people["stranger"], headers=headers, **body)
        content = answer.content.replace(path_of(one).encode(), b"PATH")
        fixed = {k: v for k, v in answer.headers.items() if k != "content-length"}
        seen.append((answer.status_code, content, fixed))
    assert seen[0] == seen[1]


class TestLists:
    async def test_show_what_one_may_see(self, tasks: Tasks, fake_users: FakeUsers, admin: Person) -> None:
        ann, bob, eve = (fake_users.register() for _ in range(3))
        own, given = await tasks.create(ann), await tasks.create(ann, assignee_ids=[bob.id])
        both = {own["id"], given["id"]}
        for person, expected in ((ann, both), (bob, {given["id"]}), (eve, set())):
            assert {task["id"] for task in await tasks.items("/api/tasks", person)} == expected
            assert (await tasks.get("/api/tasks/stats", person)).json()["total"] == len(expected)
            assert {entry["task_id"] for entry in await tasks.items("/api/activity", person)} == expected
            counted = await tasks.get("/api/tasks?count=true", person)
            assert counted.json()["total"] == len(expected)
        assert both <= {task["id"] for task in await tasks.items("/api/tasks", admin, limit=100)}

    @pytest.mark.parametrize("path", ["/api/tasks", "/api/tasks/stats", "/api/activity"])
    async def test_show_nothing_to_nobody(self, tasks: Tasks, path: str) -> None:
        problem(await tasks.get(path, None), 401, "unauthenticated")

    async def test_filters_show_nobody_more(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        await tasks.create(ann, "Secret words")
        for query in (f"created_by={ann.id}", "q=secret", "trashed=true", "status=todo&sort=due_date"):
            assert (await tasks.get(f"/api/tasks?{query}", bob)).json() == {"items": [], "next_cursor": None}

    async def test_the_trash_is_for_who_could_see_it_before(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        shared, own = await tasks.create(ann, assignee_ids=[bob.id]), await tasks.create(ann)
        await tasks.delete(shared, ann)
        await tasks.delete(own, ann)
        assert [task["id"] for task in await tasks.items("/api/tasks", bob, trashed=True)] == [shared["id"]]


class TestRights:
    async def test_that_are_lost_end_at_once(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        assert (await tasks.get(path_of(task), bob)).status_code == 200
        assert len(await tasks.items("/api/tasks", bob)) == 1
        await tasks.patch(task, ann, {"assignee_ids": []})
        problem(await tasks.get(path_of(task), bob), 404, "task_not_found")
        assert await tasks.items("/api/tasks", bob) == []
        assert await tasks.items("/api/activity", bob) == []

    async def test_an_assignee_may_give_a_task_away(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        answer = await tasks.patch(task, bob, {"assignee_ids": []})
        assert answer.status_code == 200
        problem(await tasks.get(path_of(task), bob), 404, "task_not_found")

    async def test_who_is_not_signed_in_learns_nothing_about_the_parameters(self, tasks: Tasks) -> None:
        problem(await tasks.get("/api/tasks?nonsense=1&limit=x", None), 401, "unauthenticated")
        problem(await tasks.post("/api/tasks", None, content=b"{"), 401, "unauthenticated")
        problem(await tasks.get("/api/tasks/abc", None), 401, "unauthenticated")
