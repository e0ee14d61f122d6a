"""Comments."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Tasks, path_of, problem
from tests.tasks_service.comments import at, comment_on, events_about
from tests.tasks_service.files import upload

MISSING = {"id": 987_654_321}


class TestCreateComment:
    async def test_is_kept_as_written(self, tasks: Tasks, ann: Person) -> None:
        task, body = await tasks.create(ann), "  # One\r\n\n<b>two</b> \u202e*three* 🎉\n"
        answer = await tasks.post(f"{path_of(task)}/comments", ann, json={"body": body})
        comment = answer.json()
        assert (answer.status_code, answer.headers["location"]) == (201, at(comment))
        assert answer.headers["etag"] == '"1"'
        assert set(comment) == {
            *("id", "task_id", "author_id", "body", "reactions", "created_at", "updated_at", "version"),
        }
        assert (comment["body"], comment["author_id"], comment["task_id"]) == (body, ann.id, task["id"])
        assert (comment["reactions"], comment["version"]) == ({}, 1)
        read = await tasks.get(at(comment), ann)
        assert (read.json(), read.headers["etag"]) == (comment, '"1"')
        assert (await tasks.get(at(comment), ann, headers={"If-None-Match": '"1"'})).status_code == 304
        assert (await tasks.read(task, ann))["version"] == task["version"]

    @pytest.mark.parametrize("body", ["", " \n\t", "x" * 20_001, "a\x00b", None, 1, ["x"]])
    async def test_needs_words(self, tasks: Tasks, ann: Person, body: Any) -> None:
        task = await tasks.create(ann)
        refused = await tasks.post(f"{path_of(task)}/comments", ann, json={"body": body})
        assert problem(refused, 422, "validation_failed")["errors"][0]["pointer"] == "/body"

    async def test_unknown_fields_are_refused(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        for more in ({"author_id": 1}, {"task_id": 1}, {"version": 7}, {"reactions": {}}):
            refused = await tasks.post(f"{path_of(task)}/comments", ann, json={"body": "x", **more})
            problem(refused, 422, "validation_failed")

    async def test_a_retry_adds_no_second(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        answers = [
            await tasks.post(f"{path_of(task)}/comments", ann, json={"body": "x"}, headers={"Idempotency-Key": "k"})
            for _ in range(2)
        ]
        assert answers[0].json() == answers[1].json()
        assert len(await tasks.items(f"{path_of(task)}/comments", ann)) == 1

    async def test_event_is_recorded(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        comment = await comment_on(tasks, task, bob)
        (event,) = await events_about(tasks, "comment", comment)
        assert (event.type, event.actor, event.version) == ("comment.added", bob.id, 1)
        assert sorted(event.audience) == sorted([ann.id, bob.id])
        assert event.data.comment.model_dump(mode="json")["body"] == "Well."
        assert event.data.task.id == task["id"]
        assert event.data.mentioned == []


class TestWho:
    @pytest.mark.parametrize(
        ("role", "statuses"),
        [
            ("creator", {"list": 200, "create": 201, "get": 200, "react": 200, "change": 403, "delete": 204}),
            ("author", {"list": 200, "create": 201, "get": 200, "react": 200, "change": 200, "delete": 204}),
            ("other assignee", {"list": 200, "create": 201, "get": 200, "react": 200, "change": 403, "delete": 403}),
            ("admin", {"list": 200, "create": 201, "get": 200, "react": 200, "change": 200, "delete": 204}),
            ("stranger", dict.fromkeys(("list", "create", "get", "react", "change", "delete"), 404)),
            ("anonymous", dict.fromkeys(("list", "create", "get", "react", "change", "delete"), 401)),
        ],
    )
    async def test_may_do_what(self, tasks: Tasks, fake_users: FakeUsers, role: str, statuses: dict[str, int]) -> None:
        named = {name: fake_users.register() for name in ("creator", "author", "other assignee", "stranger")}
        people: dict[str, Person | None] = {**named, "admin": fake_users.register("admin"), "anonymous": None}
        task = await tasks.create(named["creator"], assignee_ids=[named["author"].id, named["other assignee"].id])
        comment = await comment_on(tasks, task, named["author"])
        person, answers = people[role], {}
        answers["list"] = await tasks.get(f"{path_of(task)}/comments", person)
        answers["create"] = await tasks.post(f"{path_of(task)}/comments", person, json={"body": "x"})
        answers["get"] = await tasks.get(at(comment), person)
        answers["react"] = await tasks.call("PUT", at(comment, "/reactions/heart"), person)
        answers["change"] = await tasks.call("PATCH", at(comment), person, json={"body": "y"})
        answers["delete"] = await tasks.call("DELETE", at(comment), person)
        assert {name: answer.status_code for name, answer in answers.items()} == statuses

    async def test_what_hangs_on_anothers_task_looks_like_what_is_not_there(
        self, tasks: Tasks, ann: Person, bob: Person
    ) -> None:
        comment = await comment_on(tasks, await tasks.create(ann), ann)
        trashed = await tasks.create(bob)
        in_trash = await comment_on(tasks, trashed, bob)
        await tasks.delete(trashed, bob)
        calls: list[tuple[str, str, dict[str, Any]]] = [
            ("GET", "", {}),
            ("GET", "/history", {}),
            ("PUT", "", {"json": {"body": "x"}}),
            ("PATCH", "", {"json": {"body": "x"}}),
            ("DELETE", "", {}),
            ("PUT", "/reactions/heart", {}),
            ("DELETE", "/reactions/heart", {}),
        ]
        for method, more, request in calls:
            seen = []
            for one in (comment, in_trash, MISSING):
                headers = {"If-Match": '"9"', "X-Request-ID": "same"}
                answer = await tasks.call(method, at(one, more), bob, headers=headers, **request)
                problem(answer, 404, "comment_not_found")
                seen.append(answer.content.replace(at(one).encode(), b"PATH"))
            assert seen[0] == seen[1] == seen[2]

    async def test_a_right_that_is_lost_ends_at_once(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        comment = await comment_on(tasks, task, bob)
        await tasks.patch(task, ann, {"assignee_ids": []})
        problem(await tasks.call("PATCH", at(comment), bob, json={"body": "x"}), 404, "comment_not_found")


class TestListComments:
    async def test_oldest_first_and_page_by_page(self, tasks: Tasks, ann: Person) -> None:
        task, other = await tasks.create(ann), await tasks.create(ann)
        written = [(await comment_on(tasks, task, ann, f"{i}"))["id"] for i in range(7)]
        await comment_on(tasks, other, ann)
        path = f"{path_of(task)}/comments"
        assert [c["id"] for c in await tasks.items(path, ann, limit=3)] == written
        assert [c["id"] for c in await tasks.items(path, ann, limit=3, sort="-created_at")] == written[::-1]
        assert (await tasks.get(f"{path}?count=true&limit=1", ann)).json()["total"] == 7

    @pytest.mark.parametrize("query", ["sort=body", "limit=0", "cursor=x", "render=pdf", "unknown=1"])
    async def test_what_makes_no_sense_is_refused(self, tasks: Tasks, ann: Person, query: str) -> None:
        task = await tasks.create(ann)
        problem(await tasks.get(f"{path_of(task)}/comments?{query}", ann), 422, "validation_failed")


class TestChangeComment:
    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    async def test_keeps_what_it_said_before(self, tasks: Tasks, ann: Person, method: str) -> None:
        comment = await comment_on(tasks, await tasks.create(ann), ann, "one")
        for words in ("two", "three"):
            answer = await tasks.call(method, at(comment), ann, json={"body": words})
            assert (answer.status_code, answer.json()["body"]) == (200, words)
        assert answer.json()["updated_at"] > answer.json()["created_at"] == comment["created_at"]
        assert (answer.json()["version"], answer.headers["etag"]) == (3, '"3"')
        former = await tasks.items(at(comment, "/history"), ann, limit=1)
        assert [(f["body"], f["version"]) for f in former] == [("two", 2), ("one", 1)]
        assert former[1]["replaced_at"] == former[0]["written_at"]
        _, *changed = await events_about(tasks, "comment", comment)
        assert [(e.type, e.version, e.data.comment.body) for e in changed] == [
            ("comment.updated", 2, "two"),
            ("comment.updated", 3, "three"),
        ]

    async def test_without_new_words_leaves_them(self, tasks: Tasks, ann: Person) -> None:
        comment = await comment_on(tasks, await tasks.create(ann), ann, "one")
        answer = await tasks.call("PATCH", at(comment), ann, json={})
        assert answer.json() == {**comment, "version": 2}
        assert await tasks.items(at(comment, "/history"), ann) == []

    async def test_of_many_writers_with_one_tag_one_wins(self, tasks: Tasks, ann: Person) -> None:
        comment = await comment_on(tasks, await tasks.create(ann), ann)
        answers = await asyncio.gather(
            *(tasks.call("PUT", at(comment), ann, json={"body": f"{i}"}, headers={"If-Match": '"1"'}) for i in range(8))
        )
        assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 7}
        assert all(answer.json()["version"] == 2 for answer in answers)
        stale = await tasks.call("DELETE", at(comment), ann, headers={"If-Match": '"1", W/"2", "x"'})
        problem(stale, 412, "version_conflict")
        assert (await tasks.call("DELETE", at(comment), ann, headers={"If-Match": '"2"'})).status_code == 204

    async def test_null_and_blank_are_no_words(self, tasks: Tasks, ann: Person) -> None:
        comment = await comment_on(tasks, await tasks.create(ann), ann)
        for body in (None, "", "  "):
            problem(await tasks.call("PATCH", at(comment), ann, json={"body": body}), 422, "validation_failed")
        problem(await tasks.call("PUT", at(comment), ann, json={}), 422, "validation_failed")

    async def test_deleted_is_gone(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        comment = await comment_on(tasks, task, ann)
        await tasks.call("PUT", at(comment), ann, json={"body": "y"})
        answer = await tasks.call("DELETE", at(comment), ann)
        assert (answer.status_code, answer.content) == (204, b"")
        problem(await tasks.get(at(comment), ann), 404, "comment_not_found")
        assert await tasks.items(f"{path_of(task)}/comments", ann) == []
        last = (await events_about(tasks, "comment", comment))[-1]
        assert (last.type, last.version, last.actor) == ("comment.deleted", 3, ann.id)


class TestActivity:
    async def test_shows_comments_with_their_own_task_only(self, tasks: Tasks, ann: Person) -> None:
        """The numbers of comments and of tasks have nothing to do with each other."""
        first, second = await tasks.create(ann), await tasks.create(ann)
        while (comment := await comment_on(tasks, second, ann))["id"] < second["id"]:
            pass
        found = await tasks.items(f"{path_of(first)}/activity", ann)
        assert {entry["action"] for entry in found} == {"task_created"}
        found = await tasks.items(f"{path_of(second)}/activity", ann)
        assert (found[0]["action"], found[0]["task_id"]) == ("comment_added", second["id"])
        assert found[0]["version"] == comment["version"]


class TestInProjects:
    async def test_viewers_read_and_maintainers_delete(
        self, tasks: Tasks, ann: Person, bob: Person, fake_users: FakeUsers
    ) -> None:
        maintainer, member = fake_users.register(), fake_users.register()
        project = await tasks.project(ann, members={"viewer": bob, "maintainer": maintainer, "member": member})
        task = await tasks.create(ann, project_id=project["id"])
        comment = await comment_on(tasks, task, member, f"@{bob.username}")
        assert (await events_about(tasks, "comment", comment))[0].data.mentioned == [bob.id]
        assert (await tasks.get(at(comment), bob)).status_code == 200
        refused = await tasks.post(f"{path_of(task)}/comments", bob, json={"body": "x"})
        problem(refused, 403, "commenting_refused")
        problem(await tasks.call("PUT", at(comment, "/reactions/heart"), bob), 403, "commenting_refused")
        problem(await upload(tasks, task, bob, b"x"), 403, "attachment_refused")
        problem(await tasks.call("DELETE", at(comment), bob), 403, "comment_change_refused")
        problem(await tasks.call("PATCH", at(comment), maintainer, json={"body": "x"}), 403, "comment_change_refused")
        assert (await tasks.call("DELETE", at(comment), maintainer)).status_code == 204

    async def test_that_are_archived_nothing_changes(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        task = await tasks.create(ann, project_id=project["id"])
        comment = await comment_on(tasks, task, ann)
        attachment = (await upload(tasks, task, ann, b"x")).json()
        await tasks.call("PUT", at(comment, "/reactions/heart"), ann)
        await tasks.call("PATCH", f"/api/projects/{project['id']}", ann, json={"archived": True})
        for refused in (
            await tasks.post(f"{path_of(task)}/comments", ann, json={"body": "x"}),
            await tasks.call("PUT", at(comment), ann, json={"body": "x"}),
            await tasks.call("DELETE", at(comment), ann),
            await tasks.call("PUT", at(comment, "/reactions/eyes"), ann),
            await tasks.call("DELETE", at(comment, "/reactions/heart"), ann),
            await upload(tasks, task, ann, b"x"),
            await tasks.call("DELETE", f"/api/attachments/{attachment['id']}", ann),
        ):
            problem(refused, 409, "project_archived")
        assert (await tasks.get(at(comment), ann)).json()["version"] == 2
