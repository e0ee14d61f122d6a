"""The dashboard, with a notifications service that answers, is slow, or is away."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.ports import Ports
from tasks_service.counts.service import Folder
from tasks_service.dashboard import service
from tests.conftest import StartApp
from tests.fakes import FakeUsers, Person
from tests.serving import serving
from tests.tasks_service.client import Json, Tasks

NOTE: Json = {"id": 7, "kind": "task_assigned", "message": "For you", "is_read": False}


class FakeNotifications:
    """An inbox with one unread notification for whoever asks."""

    def __init__(self) -> None:
        self.status, self.asked = 200, list[tuple[str, str]]()
        self.answering = asyncio.Event()
        self.answering.set()

    async def answer(self, request: Request) -> Response:
        self.asked.append((str(request.url.query), request.headers["authorization"]))
        await self.answering.wait()
        return JSONResponse({"items": [NOTE], "next_cursor": None, "total": 1}, self.status)


@pytest.fixture(scope="module")
def port() -> int:
    return Ports().block()


@pytest.fixture(scope="module")
async def tasks(service_app: StartApp, fake_users: FakeUsers, port: int) -> AsyncIterator[Tasks]:
    url = f"http://127.0.0.1:{port}"
    async with service_app("tasks_service", users_url=fake_users.url, notifications_url=url) as app:
        yield Tasks(app)


@pytest.fixture
async def inbox(port: int) -> AsyncIterator[FakeNotifications]:
    fake = FakeNotifications()
    async with serving([Route("/api/notifications", fake.answer)], port):
        yield fake


async def dashboard(tasks: Tasks, person: Person) -> Json:
    answer = await tasks.get("/api/dashboard", person)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def titles(part: Json) -> list[str]:
    return [task["title"] for task in part["items"]]


class TestDashboard:
    async def test_anonymous_is_refused(self, tasks: Tasks) -> None:
        assert (await tasks.get("/api/dashboard", None)).status_code == 401

    async def test_shows_what_is_open_and_ones_own(
        self, tasks: Tasks, inbox: FakeNotifications, ann: Person, bob: Person
    ) -> None:
        today = datetime.now(UTC).date()
        project = await tasks.project(bob, members={"viewer": ann})
        await tasks.create(ann, "later")
        await tasks.create(ann, "late", due_date=str(today - timedelta(days=3)))
        await tasks.create(bob, "given", assignee_ids=[ann.id], due_date=str(today), status="in_progress")
        await tasks.create(ann, "done", status="completed", due_date=str(today))
        await tasks.create(bob, "only seen", project_id=project["id"], due_date=str(today))
        await tasks.create(bob, "foreign")
        found = await dashboard(tasks, ann)
        assert titles(found["open_tasks"]) == ["late", "given", "later"]
        assert titles(found["due_soon"]) == ["given"]
        assert found["open_tasks"]["next_cursor"] is None
        assert found["counts"] == (await tasks.get("/api/tasks/stats", ann)).json()
        assert (found["counts"]["total"], found["counts"]["overdue"]) == (5, 1)
        assert found["notifications"] == {"unread": 1, "items": [NOTE]}
        assert found["warnings"] == []
        [(query, authorization)] = inbox.asked
        assert "is_read=false" in query
        assert authorization == ann.headers["Authorization"]

    async def test_goes_on_in_the_list(self, tasks: Tasks, inbox: FakeNotifications, ann: Person) -> None:
        body = {"create": [{"title": f"Task {n}"} for n in range(51)]}
        assert (await tasks.post("/api/tasks/bulk", ann, json=body)).status_code == 200
        found = (await dashboard(tasks, ann))["open_tasks"]
        assert len(found["items"]) == 50
        query = {"status": ["todo", "in_progress"], "filter": "assignee=me or created_by=me", "sort": "due_date"}
        rest = await tasks.get("/api/tasks", ann, params={**query, "cursor": found["next_cursor"]})
        assert len(rest.json()["items"]) == 1

    @pytest.mark.parametrize("is_dense", [True, False])
    async def test_the_lists_are_those_of_the_tasks(
        self,
        tasks: Tasks,
        inbox: FakeNotifications,
        ann: Person,
        bob: Person,
        monkeypatch: pytest.MonkeyPatch,
        is_dense: bool,
    ) -> None:
        """Whichever way they are found, folded or not, with days that have nothing of the caller's."""
        monkeypatch.setattr(service, "_is_dense", lambda _: is_dense)
        chance, today, folder = random.Random(5), datetime.now(UTC).date(), Folder()
        for n in range(4):
            wanted = [
                {
                    "title": "T",
                    "status": chance.choice(["todo", "todo", "in_progress", "completed", "archived"]),
                    "due_date": chance.choice([None, str(today + timedelta(days=chance.randint(-2, 4)))]),
                    "assignee_ids": chance.choice([[], [ann.id], [bob.id], [ann.id, bob.id]]),
                }
                for _ in range(50)
            ]
            for person in (ann, bob):
                assert (await tasks.post("/api/tasks/bulk", person, json={"create": wanted})).status_code == 200
            if n == 1:
                while await folder.fold(tasks.session()):
                    pass
            found = await dashboard(tasks, ann)
            near = {"due_date_gte": str(today), "due_date_lte": str(today + timedelta(days=1))}
            for part, days in (("open_tasks", {}), ("due_soon", near)):
                query = {
                    "status": ["todo", "in_progress"],
                    "filter": "assignee=me or created_by=me",
                    "sort": "due_date",
                }
                page = (await tasks.get("/api/tasks", ann, params={**query, **days, "limit": 50})).json()
                assert found[part] == page

    async def test_of_an_administrator_is_no_list_of_everything(
        self, tasks: Tasks, inbox: FakeNotifications, ann: Person, admin: Person
    ) -> None:
        await tasks.create(ann, "foreign")
        found = await dashboard(tasks, admin)
        assert found["open_tasks"]["items"] == []
        assert found["counts"]["total"] > 0


class TestWithoutNotifications:
    async def check(self, tasks: Tasks, person: Person, code: str) -> None:
        await tasks.create(person, "mine")
        found = await dashboard(tasks, person)
        assert titles(found["open_tasks"]) == ["mine"]
        assert found["notifications"] is None
        assert [warning["code"] for warning in found["warnings"]] == [code]

    async def test_away(self, tasks: Tasks, ann: Person) -> None:
        await self.check(tasks, ann, "notifications_unavailable")

    async def test_slow(self, tasks: Tasks, inbox: FakeNotifications, ann: Person) -> None:
        inbox.answering.clear()
        await self.check(tasks, ann, "notifications_unavailable")
        inbox.answering.set()

    @pytest.mark.parametrize(
        ("status", "code"),
        [(500, "notifications_unavailable"), (503, "notifications_unavailable"), (403, "insufficient_scope")],
    )
    async def test_unwilling(self, tasks: Tasks, inbox: FakeNotifications, ann: Person, status: int, code: str) -> None:
        inbox.status = status
        await self.check(tasks, ann, code)
