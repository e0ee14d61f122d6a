"""Who is meant by a comment, and reactions to it."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest

from tasks_service import markdown
from tests.fakes import FakeUsers, Person
from tests.tasks_service.client import Tasks, path_of, problem
from tests.tasks_service.comments import at, comment_on, events_about


class TestMentions:
    async def test_tell_those_named_who_may_see_the_task(
        self, tasks: Tasks, ann: Person, bob: Person, fake_users: FakeUsers
    ) -> None:
        eve = fake_users.register()
        task = await tasks.create(ann, assignee_ids=[bob.id])
        body = f"@{bob.username.upper()} and @{eve.username}, (@{ann.username}): @nobody"
        comment = await comment_on(tasks, task, ann, body)
        (event,) = await events_about(tasks, "comment", comment)
        assert event.data.mentioned == [bob.id, ann.id]

    async def test_tell_administrators_who_have_no_part_in_the_task(
        self, tasks: Tasks, ann: Person, admin: Person
    ) -> None:
        task = await tasks.create(admin)
        comment = await comment_on(tasks, task, admin, f"@{admin.username}")  # from now on the directory knows them
        task = await tasks.create(ann)
        comment = await comment_on(tasks, task, ann, f"@{admin.username}")
        await tasks.call("PUT", at(comment), ann, json={"body": "without"})
        added, changed = await events_about(tasks, "comment", comment)
        assert (added.data.mentioned, sorted(added.audience)) == ([admin.id], sorted([ann.id, admin.id]))
        assert (changed.data.mentioned, changed.audience) == ([], [ann.id])

    async def test_tell_nobody_twice(self, tasks: Tasks, ann: Person, bob: Person, fake_users: FakeUsers) -> None:
        eve = fake_users.register()
        task = await tasks.create(ann, assignee_ids=[bob.id, eve.id])
        comment = await comment_on(tasks, task, ann, f"@{bob.username}")
        for body in ("nobody", f"@{bob.username} @{eve.username}", f"@{eve.username}"):
            await tasks.call("PUT", at(comment), ann, json={"body": body})
        recorded = await events_about(tasks, "comment", comment)
        assert [event.data.mentioned for event in recorded] == [[bob.id], [], [eve.id], []]

    async def test_a_comment_does_not_wait_for_the_users_service(
        self, tasks: Tasks, ann: Person, fake_users: FakeUsers
    ) -> None:
        task = await tasks.create(ann)
        await tasks.get(path_of(task), ann)
        fake_users.mode = "failing"
        try:
            await comment_on(tasks, task, ann, f"@{ann.username}")
        finally:
            fake_users.mode = "ok"

    @pytest.mark.parametrize(
        ("body", "names"),
        [
            ("@Ann", [["ann"]]),
            ("@ann.lee.", [["ann.lee.", "ann.lee", "ann"]]),
            ("a@b.c ann@example.com <ann@example.com> x/@ann -@ann .@ann", []),
            ("@ann@example.com", []),
            ("`@ann` ``x @ann`` \n\n    @ann\n\n```\n@ann\n```\n~~~\n@ann", []),
            ("**@ann** [@bob](http://x/@eve) > @kim's", [["ann"], ["bob"], ["kim"]]),
            ("> - @ann\n\n| @bob |\n|--|\n| @eve |", [["ann"], ["bob"], ["eve"]]),
            ("@ @- @. @@ @@ann", []),
            ("@ann @ann @Änne", [["ann"], ["änne"]]),
            ("@ann-", [["ann-", "ann"]]),
        ],
    )
    def test_are_found_in_text_only(self, body: str, names: list[list[str]]) -> None:
        assert markdown.names_in(body) == names

    def test_are_bounded(self) -> None:
        assert len(markdown.names_in(" ".join(f"@u{i}" for i in range(1000)))) == markdown.MAX_MENTIONS


class TestReactions:
    @pytest.mark.parametrize("emoji", ["👍", "👩🏽‍🚒", "❤️", "1️⃣", "🇦🇹", "+1", "heart", "white_check_mark"])
    async def test_come_and_go(self, tasks: Tasks, ann: Person, bob: Person, emoji: str) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        comment = await comment_on(tasks, task, ann)
        path = at(comment, f"/reactions/{quote(emoji, safe='')}")
        first = await tasks.call("PUT", path, ann)
        assert (first.status_code, first.json()["reactions"], first.headers["etag"]) == (200, {emoji: [ann.id]}, '"2"')
        assert (await tasks.call("PUT", path, ann)).json() == first.json()
        both = (await tasks.call("PUT", path, bob)).json()
        assert both["reactions"] == {emoji: [ann.id, bob.id]}
        assert both["updated_at"] == comment["updated_at"]
        assert (await tasks.call("DELETE", path, ann)).status_code == 204
        assert (await tasks.call("DELETE", path, ann)).status_code == 204
        assert (await tasks.get(at(comment), ann)).json()["reactions"] == {emoji: [bob.id]}
        await tasks.call("DELETE", path, bob)
        assert (await tasks.get(at(comment), ann)).json()["reactions"] == {}
        recorded = await events_about(tasks, "comment", comment)
        assert [event.version for event in recorded] == [1, 2, 3, 4, 5]
        assert recorded[2].data.comment.reactions == {emoji: [ann.id, bob.id]}

    @pytest.mark.parametrize("emoji", ["Hello there", "<b>", "x" * 33, "👍" * 33, "a\x00", "%", "é", "\u202e", "A"])
    async def test_are_emoji(self, tasks: Tasks, ann: Person, emoji: str) -> None:
        comment = await comment_on(tasks, await tasks.create(ann), ann)
        refused = await tasks.call("PUT", at(comment, f"/reactions/{quote(emoji, safe='')}"), ann)
        problem(refused, 422, "validation_failed")

    async def test_are_bounded(self, tasks: Tasks, ann: Person) -> None:
        comment = await comment_on(tasks, await tasks.create(ann), ann)
        answers = [await tasks.call("PUT", at(comment, f"/reactions/e{i}"), ann) for i in range(21)]
        assert [answer.status_code for answer in answers] == [200] * 20 + [409]
        problem(answers[-1], 409, "too_many_reactions")

    async def test_of_many_at_once_none_is_lost(self, tasks: Tasks, fake_users: FakeUsers) -> None:
        people = [fake_users.register() for _ in range(10)]
        task = await tasks.create(people[0], assignee_ids=[person.id for person in people[1:]])
        comment = await comment_on(tasks, task, people[0])
        await asyncio.gather(*(tasks.call("PUT", at(comment, "/reactions/heart"), person) for person in people))
        found = (await tasks.get(at(comment), people[0])).json()
        assert sorted(found["reactions"]["heart"]) == sorted(person.id for person in people)
        assert found["version"] == 11
