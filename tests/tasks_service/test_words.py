"""Searching and counting."""

from __future__ import annotations

import pytest

from tests.fakes import Person
from tests.tasks_service.client import Tasks, problem


class TestWords:
    async def test_the_best_match_comes_first(self, tasks: Tasks, ann: Person) -> None:
        inside = await tasks.create(ann, "Other", description="about the harvest")
        titled = await tasks.create(ann, "Harvest the harvest")
        await tasks.create(ann, "Nothing of it")
        found = await tasks.items("/api/tasks", ann, q="harv", limit=1)
        assert [task["id"] for task in found] == [titled["id"], inside["id"]]

    @pytest.mark.parametrize(
        ("title", "q"),
        [
            ("Fix O'Brien's login", "o'brien"),
            ("C:\\temp is full", "c:\\temp"),
            ("a & b | c", "a & b"),
            ("über-öffnung", "ÜBER"),
            ("naïve <b>bold</b>", "<b>bold"),
            ("what:*ever", "what:*"),
            ("snake_case_name", "snake_ca"),
            ("日本語 テスト", "日本"),
            ("100% done", "100%"),
            ("Ask bob@example.com", "bob@exam"),
            ("Release v1.2.3", "release v1.2"),
            ("See https://example.com/a/b?c=d", "example.com/a"),
            ("Down to -5 degrees", "-5"),
        ],
    )
    async def test_with_odd_characters(self, tasks: Tasks, ann: Person, title: str, q: str) -> None:
        task = await tasks.create(ann, title)
        await tasks.create(ann, "zzz")
        assert [found["id"] for found in await tasks.items("/api/tasks", ann, q=q)] == [task["id"]]

    async def test_follow_a_change(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, "Before")
        await tasks.patch(task, ann, {"title": "After"})
        assert await tasks.items("/api/tasks", ann, q="before") == []
        assert len(await tasks.items("/api/tasks", ann, q="after")) == 1

    async def test_are_found_in_comments_too(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        said = await tasks.create(ann, "Other")
        described = await tasks.create(ann, "Another", description="of the plough")
        await tasks.create(ann, "Nothing of it")
        hidden = await tasks.create(bob, "Not for ann")
        for task, person in ((said, ann), (hidden, bob)):
            for body in ("Where is the ploughshare?", "A plough is a plough."):
                answer = await tasks.post(f"/api/tasks/{task['id']}/comments", person, json={"body": body})
                assert answer.status_code == 201
        found = await tasks.items("/api/tasks", ann, q="plough", limit=1)
        assert [task["id"] for task in found] == [described["id"], said["id"]], "what only comments say comes last"
        for text, expected in (("comment~plough", [said]), ("text~'plough'", [described, said])):
            found = await tasks.items("/api/tasks", ann, filter=text)
            assert [task["id"] for task in found] == [task["id"] for task in expected]


class TestInclude:
    async def test_counts_comments(self, tasks: Tasks, ann: Person) -> None:
        with_two, with_none = await tasks.create(ann), await tasks.create(ann)
        for _ in range(2):
            await tasks.post(f"/api/tasks/{with_two['id']}/comments", ann, json={"body": "x"})
        found = await tasks.items("/api/tasks", ann, include="comments_count", sort="created_at")
        assert found == [{**with_two, "comments_count": 2}, {**with_none, "comments_count": 0}]
        found = await tasks.items("/api/tasks", ann, include="comments_count", fields="id")
        assert found == [{"id": with_none["id"], "comments_count": 0}, {"id": with_two["id"], "comments_count": 2}]

    async def test_refuses_what_is_not_there(self, tasks: Tasks, ann: Person) -> None:
        body = problem(await tasks.get("/api/tasks?include=secrets", ann), 422, "validation_failed")
        assert body["errors"][0]["pointer"] == "/include/0"
