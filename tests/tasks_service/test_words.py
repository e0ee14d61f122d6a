"""Searching and counting."""

from __future__ import annotations

import pytest

from tests.fakes import Person
from tests.tasks_service.client import Tasks


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
