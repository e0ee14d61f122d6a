"""The demo data, in small: made over the API, and made once."""

import asyncio
import json

import pytest

from deploy import demo
from tests.system.people import Person
from tests.system.running import RunningSystem


class TestDemo:
    async def test_a_second_run_adds_nothing(self, embedded: RunningSystem, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, count in (("TASKS", 120), ("AT_A_TIME", 10), ("COMMENTS", 8)):
            monkeypatch.setattr(demo, name, count)
        for _ in range(2):
            await asyncio.to_thread(demo.fill, embedded.base, embedded.data)
        kept = json.loads((embedded.data / "demo.json").read_text())
        people = [await Person.known(embedded.base, name, kept["password"]) for name in kept["usernames"]]
        seen = {task["id"]: task for person in people for task in await person.everything("/api/tasks")}
        assert len(seen) == 120
        assert {task["status"] for task in seen.values()} == {"todo", "in_progress", "completed", "archived"}
        assert any(task["parent_id"] for task in seen.values())
        assert any(task["status_id"] for task in seen.values())
