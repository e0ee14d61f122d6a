"""Watchers."""

from __future__ import annotations

from tests.fakes import Person
from tests.tasks_service.client import Json, Tasks, path_of, problem


def watchers(task: Json, person: Person | None = None) -> str:
    return f"{path_of(task)}/watchers{f'/{person.id}' if person else ''}"


class TestWatchers:
    async def test_come_and_go(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        task = await tasks.create(ann, project_id=project["id"])
        answer = await tasks.post(watchers(task), bob, json={})
        assert (answer.status_code, answer.json()["user_id"]) == (201, bob.id)
        assert answer.headers["location"] == watchers(task, bob)
        for _ in range(2):
            assert (await tasks.call("PUT", watchers(task, ann), ann)).status_code == 200
        found = await tasks.items(watchers(task), bob, limit=1)
        assert [w["user_id"] for w in found] == sorted([ann.id, bob.id])
        assert (await tasks.call("DELETE", watchers(task, ann), ann)).status_code == 204
        problem(await tasks.call("DELETE", watchers(task, ann), ann), 404, "watcher_not_found")
        page = (await tasks.get(watchers(task), ann, params={"count": True})).json()
        assert page["total"] == 1
        assert (await tasks.read(task, ann))["version"] == 1

    async def test_others_only_by_those_who_may_change_the_task(
        self, tasks: Tasks, ann: Person, bob: Person, admin: Person
    ) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        task = await tasks.create(ann, project_id=project["id"])
        problem(await tasks.post(watchers(task), bob, json={"user_id": ann.id}), 403, "task_change_refused")
        await tasks.call("PUT", watchers(task, ann), ann)
        problem(await tasks.call("DELETE", watchers(task, ann), bob), 403, "task_change_refused")
        assert (await tasks.call("PUT", watchers(task, bob), ann)).status_code == 200
        own = await tasks.create(ann)
        for person_id in (bob.id, 10**12):
            refused = problem(
                await tasks.post(watchers(own), ann, json={"user_id": person_id}), 422, "validation_failed"
            )
            assert refused["errors"][0]["pointer"] == "/user_id"
        assert (await tasks.post(watchers(own), admin, json={})).status_code == 201

    async def test_of_what_nobody_sees(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        foreign = await tasks.create(ann)
        for task in (foreign, {"id": 10**15}):
            for method, path, body in (
                ("GET", watchers(task), None),
                ("POST", watchers(task), {}),
                ("PUT", watchers(task, bob), None),
                ("DELETE", watchers(task, bob), None),
            ):
                problem(await tasks.call(method, path, bob, json=body), 404, "task_not_found")

    async def test_are_told_as_long_as_they_see_the_task(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        await tasks.post(watchers(task), bob, json={})
        await tasks.patch(task, ann, {"title": "a"})
        await tasks.patch(task, ann, {"assignee_ids": []})
        await tasks.patch(task, ann, {"title": "b"})
        await tasks.delete(task, ann)
        assert [e.data.watchers for e in await tasks.events_of(task)] == [[], [bob.id], [], [], []]
