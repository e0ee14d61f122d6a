"""Members of projects: who adds, changes and removes whom, and what each role may do with tasks."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Json, Tasks, path_of, problem
from tests.tasks_service.projects import at, events_of

ROLES = ("owner", "maintainer", "member", "viewer")


def place(project: Json, person: Person) -> str:
    return at(project, f"/members/{person.id}")


@pytest.fixture
def team(fake_users: FakeUsers) -> dict[str, Person]:
    return {role: fake_users.register() for role in (*ROLES, "stranger")}


async def set_role(tasks: Tasks, project: Json, who: Person, whom: Person, role: str, **headers: str) -> int:
    answer = await tasks.call("PUT", place(project, whom), who, json={"role": role}, headers=headers)
    return answer.status_code


class TestSetMember:
    async def test_names_the_role(self, tasks: Tasks, team: dict[str, Person]) -> None:
        project = await tasks.project(team["owner"], members={"maintainer": team["maintainer"]})
        where = place(project, team["maintainer"])
        problem(await tasks.call("PUT", where, team["owner"], json={}), 422, "validation_failed")
        assert (await tasks.get(where, team["owner"])).json()["role"] == "maintainer"

    async def test_adds_and_changes(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann)
        added = await tasks.call("PUT", place(project, bob), ann, json={"role": "viewer", "user_id": bob.id})
        assert (added.status_code, added.headers["location"]) == (201, place(project, bob))
        assert added.json().items() >= {"user_id": bob.id, "role": "viewer", "version": 1}.items()
        again = await tasks.call("PUT", place(project, bob), ann, json={"role": "viewer"})
        assert (again.status_code, again.json()) == (200, added.json()), "idempotent"
        changed = await tasks.call("PUT", place(project, bob), ann, json={"role": "maintainer"})
        assert (changed.json()["role"], changed.headers["etag"]) == ("maintainer", '"2"')
        assert (await tasks.get(place(project, bob), bob)).json() == changed.json()
        recorded = await events_of(tasks, project)
        assert [(event.type, sorted(event.audience)) for event in recorded] == [
            ("project.created", [ann.id]),
            ("project.member_added", [ann.id, bob.id]),
            ("project.member_updated", [ann.id, bob.id]),
        ]
        assert recorded[2].data.member.role == "maintainer"  # type: ignore[union-attr]

    async def test_who_is_unknown_or_not_active(self, tasks: Tasks, fake_users: FakeUsers, ann: Person) -> None:
        project = await tasks.project(ann)
        gone = fake_users.register(is_active=False)
        for user_id in (gone.id, 10**9):
            answer = await tasks.call("PUT", at(project, f"/members/{user_id}"), ann, json={"role": "member"})
            assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == "/user_id"
            answer = await tasks.post(at(project, "/members"), ann, json={"user_id": user_id})
            problem(answer, 422, "validation_failed")

    async def test_who_was_deactivated_can_still_be_removed_and_changed(
        self, tasks: Tasks, ann: Person, bob: Person
    ) -> None:
        project = await tasks.project(ann, members={"owner": bob})
        await tasks.session().execute("UPDATE people SET is_active = false WHERE id = $1", bob.id)
        assert await set_role(tasks, project, ann, bob, "viewer") == 200
        assert (await tasks.call("DELETE", place(project, bob), ann)).status_code == 204

    async def test_a_body_about_somebody_else(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann)
        answer = await tasks.call("PUT", place(project, bob), ann, json={"role": "member", "user_id": ann.id})
        problem(answer, 422, "validation_failed")

    async def test_added_by_post_once(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann)
        answer = await tasks.post(at(project, "/members"), ann, json={"user_id": bob.id})
        assert (answer.status_code, answer.json()["role"]) == (201, "member")
        problem(await tasks.post(at(project, "/members"), ann, json={"user_id": bob.id}), 409, "already_member")

    async def test_conditions(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        assert await set_role(tasks, project, ann, bob, "member", **{"If-Match": '"7"'}) == 412
        assert await set_role(tasks, project, ann, bob, "member", **{"If-Match": '"1"'}) == 200
        stale = await tasks.call("DELETE", place(project, bob), ann, headers={"If-Match": '"1"'})
        problem(stale, 412, "version_conflict")

    async def test_a_new_role_is_a_new_version_of_how_one_sees_the_project(
        self, tasks: Tasks, ann: Person, bob: Person
    ) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        seen = await tasks.get(at(project), bob)
        await set_role(tasks, project, ann, bob, "member")
        now = await tasks.get(at(project), bob, headers={"If-None-Match": seen.headers["etag"]})
        assert (now.status_code, now.json()["role"]) == (200, "member")


class TestMatrix:
    @pytest.mark.parametrize("role", ROLES)
    async def test_who_gives_which_role(self, tasks: Tasks, team: dict[str, Person], role: str) -> None:
        owner = team["owner"]
        project = await tasks.project(owner, members={r: team[r] for r in ROLES[1:]})
        allowed = {"owner": ROLES, "maintainer": ROLES[1:], "member": (), "viewer": ()}[role]
        for wanted in ROLES:
            expected = 200 if wanted in allowed else 403
            assert await set_role(tasks, project, team[role], team["viewer"], wanted) == expected, wanted
            await set_role(tasks, project, owner, team["viewer"], "viewer")
            answer = await tasks.post(
                at(project, "/members"), team[role], json={"user_id": team["stranger"].id, "role": wanted}
            )
            assert answer.status_code == (201 if wanted in allowed else 403)
            await tasks.call("DELETE", place(project, team["stranger"]), owner)

    async def test_maintainers_are_no_masters_of_owners(self, tasks: Tasks, team: dict[str, Person]) -> None:
        project = await tasks.project(team["owner"], members={"maintainer": team["maintainer"]})
        assert await set_role(tasks, project, team["maintainer"], team["owner"], "viewer") == 403
        answer = await tasks.call("DELETE", place(project, team["owner"]), team["maintainer"])
        problem(answer, 403, "project_change_refused")
        assert await set_role(tasks, project, team["maintainer"], team["maintainer"], "owner") == 403

    async def test_everybody_may_leave_and_is_gone_then(self, tasks: Tasks, team: dict[str, Person]) -> None:
        project = await tasks.project(team["owner"], members={r: team[r] for r in ROLES[1:]})
        task = await tasks.create(team["owner"], project_id=project["id"])
        for role in ("viewer", "member", "maintainer"):
            assert (await tasks.get(path_of(task), team[role])).status_code == 200
            assert (await tasks.call("DELETE", place(project, team[role]), team[role])).status_code == 204
            problem(await tasks.get(path_of(task), team[role]), 404, "task_not_found")
            problem(await tasks.get(at(project), team[role]), 404, "project_not_found")
            assert await tasks.items("/api/tasks", team[role]) == []
            assert (await tasks.get("/api/tasks/stats", team[role])).json()["total"] == 0
        removed = (await events_of(tasks, project))[-1]
        assert (removed.type, sorted(removed.audience)) == (
            "project.member_removed",
            sorted([team["owner"].id, team["maintainer"].id]),
        )
        await tasks.patch(task, team["owner"], {"title": "After"})
        assert (await tasks.events_of(task))[-1].audience == [team["owner"].id]

    async def test_one_owner_stays(self, tasks: Tasks, ann: Person, bob: Person, admin: Person) -> None:
        project = await tasks.project(ann, members={"owner": bob})
        answers = await asyncio.gather(
            tasks.call("DELETE", place(project, ann), ann), tasks.call("DELETE", place(project, bob), bob)
        )
        assert sorted(answer.status_code for answer in answers) == [204, 409]
        left = ann if answers[0].status_code == 409 else bob
        for who in (left, admin):
            problem(await tasks.call("DELETE", place(project, left), who), 409, "last_owner")
            answer = await tasks.call("PUT", place(project, left), who, json={"role": "member"})
            problem(answer, 409, "last_owner")

    async def test_members_are_listed_to_members(self, tasks: Tasks, team: dict[str, Person]) -> None:
        project = await tasks.project(team["owner"], members={r: team[r] for r in ROLES[1:]})
        found = await tasks.items(at(project, "/members"), team["viewer"], limit=1)
        assert {member["role"]: member["user_id"] for member in found} == {r: team[r].id for r in ROLES}
        assert len(await tasks.items(at(project, "/members"), team["viewer"], role="owner")) == 1
        problem(await tasks.get(at(project, "/members"), team["stranger"]), 404, "project_not_found")
        problem(await tasks.get(place(project, team["stranger"]), team["owner"]), 404, "member_not_found")
        problem(await tasks.get(place(project, team["owner"]), team["stranger"]), 404, "project_not_found")


# What each may do with a task of the project that another made: change, take out, delete, put a new one beside it.
RIGHTS = {
    "owner": (200, 200, 204, 201),
    "maintainer": (200, 200, 204, 201),
    "member": (200, 200, 403, 201),
    "viewer": (403, 403, 403, 403),
    "assignee": (200, 403, 403, 404),
    "stranger": (404, 404, 404, 404),
    "creator": (200, 200, 204, 404),
    "admin": (200, 200, 204, 201),
}


class TestTasksOfAProject:
    @pytest.mark.parametrize("part", RIGHTS)
    async def test_what_each_may_do(
        self, tasks: Tasks, fake_users: FakeUsers, team: dict[str, Person], part: str
    ) -> None:
        people = {**team, "creator": fake_users.register(), "assignee": fake_users.register()}
        people["admin"] = fake_users.register("admin")
        project = await tasks.project(team["owner"], members={r: team[r] for r in ROLES[1:]})
        await tasks.join(project, team["owner"], people["creator"])
        who = people[part]
        fields = {"project_id": project["id"], "assignee_ids": [people["assignee"].id]}
        made = [await tasks.create(people["creator"], **fields) for _ in range(3)]
        await tasks.call("DELETE", place(project, people["creator"]), team["owner"])
        changes, takes_out, deletes, adds = RIGHTS[part]
        assert (await tasks.patch(made[0], who, {"title": "New"})).status_code == changes
        assert (await tasks.put(made[0], who, {"title": "New"})).status_code == changes
        assert (await tasks.patch(made[1], who, {"project_id": None})).status_code == takes_out
        assert (await tasks.delete(made[2], who)).status_code == deletes
        answer = await tasks.post(at(project, "/tasks"), who, json={"title": "x"})
        assert answer.status_code == adds
        outside = await tasks.create(who)
        expected = {201: 200, 404: 422}.get(adds, adds)
        assert (await tasks.patch(outside, who, {"project_id": project["id"]})).status_code == expected
        assert (await tasks.post("/api/tasks", who, json={"title": "x", "project_id": project["id"]})).status_code == {
            404: 422
        }.get(adds, adds)

    async def test_a_viewer_who_made_a_task_changes_it(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"member": bob})
        own, others = (
            await tasks.create(bob, project_id=project["id"]),
            await tasks.create(ann, project_id=project["id"]),
        )
        await tasks.join(project, ann, bob, "viewer")
        assert (await tasks.patch(own, bob, {"title": "New"})).status_code == 200
        problem(await tasks.patch(others, bob, {"title": "New"}), 403, "task_change_refused")
        assert (await tasks.read(others, bob))["title"] == others["title"]

    async def test_a_foreign_project_looks_like_none(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann)
        bodies = [
            (
                await tasks.post("/api/tasks", bob, json={"title": "x", "project_id": i}, headers={"X-Request-ID": "r"})
            ).content
            for i in (project["id"], 987_654_321)
        ]
        assert bodies[0] == bodies[1]

    async def test_events_go_to_all_members(self, tasks: Tasks, team: dict[str, Person]) -> None:
        project = await tasks.project(team["owner"], members={r: team[r] for r in ROLES[1:]})
        task = await tasks.create(team["member"], project_id=project["id"])
        (event,) = await tasks.events_of(task)
        assert sorted(event.audience) == sorted(team[role].id for role in ROLES)
        assert event.data.task.key == task["key"]
