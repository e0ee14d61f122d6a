"""The activity: of everything, of a task, of a project, by week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tasks_service.activity import service
from tasks_service.settings import Settings
from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, path_of, problem
from tests.tasks_service.comments import at, comment_on
from tests.tasks_service.files import attach

pytestmark = pytest.mark.usefixtures("few")


@pytest.fixture(params=[300, 0], ids=["from their tasks", "from the events"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to the same list."""
    monkeypatch.setattr(service, "FEW", request.param)


async def project_of(tasks: Tasks, person: Person, *members: Person, role: str = "member") -> Json:
    answer = await tasks.post("/api/projects", person, json={"name": "Project"})
    assert answer.status_code == 201, answer.text
    project: Json = answer.json()
    for member in members:
        path = f"/api/projects/{project['id']}/members/{member.id}"
        assert (await tasks.call("PUT", path, person, json={"role": role})).status_code in (200, 201)
    return project


async def actions(tasks: Tasks, path: str, person: Person, **params: object) -> list[str]:
    return [entry["action"] for entry in await tasks.items(path, person, **params)]


class TestEverything:
    async def test_that_happened_is_there(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await project_of(tasks, ann, bob)
        task = await tasks.create(ann, "Named", project_id=project["id"])
        comment = await comment_on(tasks, task, bob)
        await tasks.call("PUT", at(comment), bob, json={"body": "secret words"})
        attachment = await attach(tasks, task, ann, b"x", "plan.txt")
        await tasks.call("DELETE", at(comment), bob)
        expected = [
            *("comment_deleted", "attachment_added", "comment_updated", "comment_added", "task_created"),
            *("project_member_added", "project_created"),
        ]
        for person in (ann, bob):
            for path in ("/api/activity", f"/api/projects/{project['id']}/activity"):
                assert await actions(tasks, path, person, limit=2) == expected
        assert await actions(tasks, f"{path_of(task)}/activity", bob) == expected[:5]
        answer = await tasks.get("/api/activity?count=true&limit=1", ann)
        assert answer.json()["total"] == 7
        assert "secret" not in (await tasks.get("/api/activity", ann)).text
        found = {entry["action"]: entry for entry in await tasks.items("/api/activity", bob)}
        assert found["attachment_added"]["filename"] == "plan.txt"
        assert found["attachment_added"]["subject_id"] == attachment["id"]
        assert found["task_created"]["title"] == "Named"
        assert found["project_member_added"]["member"] == {"user_id": bob.id, "role": "member"}
        assert {entry["project_id"] for entry in found.values()} == {project["id"]}

    async def test_is_for_those_who_may_see_it_now(self, tasks: Tasks, ann: Person, bob: Person, admin: Person) -> None:
        project = await project_of(tasks, ann, bob)
        task = await tasks.create(ann, project_id=project["id"])
        assert len(await actions(tasks, "/api/activity", bob)) == 3
        assert len(await actions(tasks, "/api/activity", admin, project_id=project["id"])) == 3
        await tasks.call("DELETE", f"/api/projects/{project['id']}/members/{bob.id}", ann)
        assert await actions(tasks, "/api/activity", bob) == []
        for path in (f"/api/projects/{project['id']}/activity", f"/api/projects/{project['id']}/activity/weeks"):
            problem(await tasks.get(path, bob), 404, "project_not_found")
            problem(await tasks.get(path, None), 401, "unauthenticated")
        await tasks.delete(task, ann)
        assert "task_created" not in await actions(tasks, "/api/activity", ann)

    async def test_of_a_task_that_left_the_project_stays_with_its_viewers(
        self, tasks: Tasks, ann: Person, bob: Person
    ) -> None:
        project = await project_of(tasks, ann, bob)
        task = await tasks.create(ann, project_id=project["id"])
        await tasks.patch(task, ann, {"project_id": None})
        path = f"/api/projects/{project['id']}/activity"
        assert "task_created" not in await actions(tasks, path, bob)
        assert "task_created" in await actions(tasks, path, ann)


class TestFilters:
    async def test_narrow(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        one, two = await tasks.create(ann, assignee_ids=[bob.id]), await tasks.create(ann, assignee_ids=[bob.id])
        await tasks.patch(one, bob, {"status": "completed"})
        await comment_on(tasks, two, bob)
        assert await actions(tasks, "/api/activity", ann, actor_id=bob.id) == ["comment_added", "task_updated"]
        assert await actions(tasks, "/api/activity", ann, type="task.updated") == ["task_updated"]
        both = ["task_updated", "comment_added"]
        assert await actions(tasks, "/api/activity", ann, type=both) == both[::-1]
        assert await actions(tasks, "/api/activity", ann, task_id=one["id"]) == ["task_updated", "task_created"]
        assert await actions(tasks, f"{path_of(one)}/activity", ann, type="task_created") == ["task_created"]
        middle = (await tasks.items("/api/activity", ann))[1]["occurred_at"]
        assert await actions(tasks, "/api/activity", ann, since=middle) == ["comment_added", "task_updated"]
        assert await actions(tasks, "/api/activity", ann, until=middle) == ["task_created", "task_created"]
        assert await actions(tasks, "/api/activity", ann, project_id=10**9) == []

    @pytest.mark.parametrize(
        "query", ["type=nonsense", "actor_id=0", "since=yesterday", "until=%00", "task_id=x", "q=x", "type=task"]
    )
    async def test_that_make_no_sense_are_refused(self, tasks: Tasks, ann: Person, query: str) -> None:
        problem(await tasks.get(f"/api/activity?{query}", ann), 422, "validation_failed")

    async def test_belong_to_the_cursor(self, tasks: Tasks, ann: Person) -> None:
        for _ in range(3):
            await tasks.create(ann)
        cursor = (await tasks.get("/api/activity?limit=1", ann)).json()["next_cursor"]
        problem(await tasks.get(f"/api/activity?cursor={cursor}&actor_id=7", ann), 422, "validation_failed")


class TestWeeks:
    async def test_outlive_the_events(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await project_of(tasks, ann, bob)
        for _ in range(3):
            await tasks.create(ann, project_id=project["id"])
        sql = """UPDATE events SET published_at = occurred_at, occurred_at = now() - make_interval(days => $2)
            WHERE project_id = $1 AND type = $3"""
        await tasks.session().execute(sql, project["id"], 400, "project.created")
        await tasks.session().execute(sql, project["id"], 200, "project.member_added")
        await tasks.session().execute("UPDATE events SET published_at = occurred_at")
        path = f"/api/projects/{project['id']}/activity/weeks"
        before = await tasks.items(path, ann, limit=1)
        assert [week["actions"] for week in before] == [
            {"task_created": 3},
            {"project_member_added": 1},
            {"project_created": 1},
        ]
        monday = datetime.now(UTC).date() - timedelta(days=datetime.now(UTC).weekday())
        assert (before[0]["week"], before[0]["total"]) == (monday.isoformat(), 3)
        assert isinstance(tasks.running.settings, Settings)
        while await service.purge(tasks.session(), tasks.running.settings):
            pass
        left = await tasks.items(f"/api/projects/{project['id']}/activity", ann)
        assert {entry["action"] for entry in left} == {"task_created"}
        assert await tasks.items(path, bob) == before
        assert (await tasks.get(f"{path}?count=true", ann)).json()["total"] == 3
        for cursor in ("x", "WyJhIl0"):
            problem(await tasks.get(f"{path}?cursor={cursor}", ann), 422, "validation_failed")
