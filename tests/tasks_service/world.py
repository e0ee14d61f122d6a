"""One project, one task in it and what hangs on them, made as far as an operation's address names them."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from tasks_service.report_jobs import making
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of
from tests.tasks_service.files import PNG, attach

MISSING = 987_654_321
ROLES = ("maintainer", "member", "viewer")

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

_words, _hours = itertools.count(1), itertools.count(1)


@dataclass
class World:
    """`ids` are what stands for the names in braces of an address."""

    tasks: Tasks
    users: FakeUsers
    people: dict[str, Person]
    ids: dict[str, int | str] = field(default_factory=dict)
    made: dict[str, Json] = field(default_factory=dict)

    def word(self) -> str:
        return f"word{next(_words)}"

    def newcomer(self) -> Person:
        return self.users.register()

    async def project(self) -> Json:
        if "project" not in self.made:
            owner = self.people["owner"]
            members = {role: self.people[role] for role in ROLES}
            self.made["project"] = await self.tasks.project(owner, self.word(), members=members)
        return self.made["project"]

    async def task(self) -> Json:
        """Its creator was a member when it was made, and is none now."""
        if "task" not in self.made:
            project, creator = await self.project(), self.people["creator"]
            await self.tasks.join(project, self.people["owner"], creator)
            assigned = [self.people["assignee"].id]
            self.made["task"] = await self.tasks.create(creator, project_id=project["id"], assignee_ids=assigned)
            leaving = f"/api/projects/{project['id']}/members/{creator.id}"
            assert (await self.tasks.call("DELETE", leaving, creator)).status_code == 204
        return self.made["task"]

    async def make(self, name: str) -> None:
        """What stands for this name, in the project and on the task of this world."""
        if name not in self.ids:
            self.ids[name] = await MAKERS[name](self)

    def hour(self) -> Json:
        """Time that nobody has entered before."""
        return {"started_at": (EPOCH + timedelta(hours=next(_hours))).isoformat(), "minutes": 30}

    async def posted(self, who: str, path: str, body: Json) -> int:
        answer = await self.tasks.post(path, self.people[who], json=body)
        assert answer.status_code == 201, answer.text
        found: int = answer.json()["id"]
        return found

    async def call(self, method: str, path: str, who: Person | None, **request: object) -> httpx.Response:
        return await self.tasks.call(method, path, who, **request)

    def address(self, template: str) -> str:
        return template.format_map(self.ids)

    async def trash_task(self) -> None:
        await self.tasks.delete(await self.task(), self.people["creator"])

    async def trash_project(self) -> None:
        path = f"/api/projects/{(await self.project())['id']}"
        assert (await self.tasks.call("DELETE", path, self.people["owner"])).status_code == 204

    async def make_reports(self) -> None:
        state = self.tasks.running.app.state
        while await making.make_next(state.database, state.settings, state.peers["users"]):
            pass

    async def make_other_label(self) -> None:
        self.ids["other"] = await label_id(self)

    async def watch(self) -> None:
        path = f"{path_of(await self.task())}/watchers"
        assert (await self.tasks.post(path, self.people["member"], json={})).status_code == 201

    async def start(self) -> None:
        self.ids["entry_id"] = await self.posted("member", f"{path_of(await self.task())}/time-entries/start", {})


async def project_id(world: World) -> int:
    return int((await world.project())["id"])


async def task_id(world: World) -> int:
    return int((await world.task())["id"])


async def comment_id(world: World) -> int:
    return await world.posted("creator", f"{path_of(await world.task())}/comments", {"body": "Well."})


async def attachment_id(world: World) -> int:
    made = await attach(world.tasks, await world.task(), world.people["creator"], PNG, "a.png")
    return int(made["id"])


async def reminder_id(world: World) -> int:
    return await world.posted("member", f"{path_of(await world.task())}/reminders", {"lead_minutes": 30})


async def report_id(world: World) -> int:
    answer = await world.tasks.post("/api/reports", world.people["member"], json={"kind": "insights"})
    assert answer.status_code == 202, answer.text
    return int(answer.json()["id"])


async def schedule_id(world: World) -> int:
    return await world.posted("member", "/api/reports/schedules", {"kind": "insights", "every": "daily"})


async def user_id(world: World) -> int:
    await world.project()
    return world.people["member"].id


async def status_id(world: World) -> int:
    body = {"name": world.word(), "category": "todo"}
    return await world.posted("owner", f"/api/projects/{await project_id(world)}/statuses", body)


async def field_id(world: World) -> int:
    body = {"name": world.word(), "type": "text"}
    return await world.posted("owner", f"/api/projects/{await project_id(world)}/fields", body)


async def view_id(world: World) -> int:
    body = {"name": world.word(), "project_id": await project_id(world), "shared": True}
    return await world.posted("member", "/api/views", body)


async def label_id(world: World) -> int:
    return await world.posted("member", "/api/labels", {"name": world.word(), "project_id": await project_id(world)})


async def entry_id(world: World) -> int:
    return await world.posted("member", f"{path_of(await world.task())}/time-entries", world.hour())


async def calendar_id(world: World) -> int:
    return await world.posted("member", "/api/calendar", {})


async def letter_id(world: World) -> int:
    sql = """INSERT INTO dead_letters (queue, message_id, routing_key, body, reason, attempts)
    VALUES ('q', $1, 'user.updated', '{}', 'x', 5) RETURNING id"""
    return int(await world.tasks.session().fetchval(sql, world.word()))


async def event_id(world: World) -> str:
    """Of a change that can be taken back."""
    task, creator = await world.task(), world.people["creator"]
    assert (await world.tasks.patch(task, creator, {"title": world.word()})).status_code == 200
    return str((await world.tasks.items(f"{path_of(task)}/activity", creator))[0]["id"])


async def emoji(world: World) -> str:
    return "👍"


async def import_id(world: World) -> int:
    """The member's own."""
    headers = {"Content-Type": "text/csv"}
    path, member = "/api/tasks/import", world.people["member"]
    answer = await world.tasks.post(path, member, content=b"title\nx\n", headers=headers)
    assert answer.status_code == 202, answer.text
    found: int = answer.json()["id"]
    return found


MAKERS: dict[str, Callable[[World], Awaitable[int | str]]] = {
    made.__name__: made
    for made in (
        *(report_id, schedule_id, project_id, task_id, comment_id, attachment_id, reminder_id),
        *(user_id, status_id, field_id, view_id, calendar_id, label_id, entry_id, letter_id, event_id, emoji),
        import_id,
    )
}
