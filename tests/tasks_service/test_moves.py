"""Moves: the manual order of boards and lists."""

from __future__ import annotations

import asyncio
import os
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks_service.tasks import ordering
from tests.fakes import Person
from tests.tasks_service.client import Tasks, path_of, problem

MOVES = int(os.environ.get("MOVES", "250"))
KEYS = st.text(ordering.ALPHABET, min_size=1, max_size=12)


class TestKeys:
    @given(one=KEYS, two=KEYS)
    def test_fit_between_any_two(self, one: str, two: str) -> None:
        low, high = sorted((one, two))
        key = ordering.between(low, high)
        if key is None:
            assert low.rstrip("0") == high.rstrip("0")
        else:
            assert low < key < high
            assert not key.endswith("0")

    @given(key=KEYS)
    def test_fit_at_the_edges(self, key: str) -> None:
        above, below = ordering.between(key, None), ordering.between(None, key)
        assert above is not None
        assert key < above
        assert below < key if below is not None else not key.strip("0")

    @settings(max_examples=30)
    @given(low=st.none() | KEYS, number=st.integers(0, 300))
    def test_are_spread_evenly(self, low: str | None, number: int) -> None:
        keys = ordering.spread(low, None, number)
        assert keys is not None
        assert sorted(set(keys)) == keys
        assert len(keys) == number
        assert all(len(key) <= len(low or "") + 3 for key in keys)

    def test_grow_slowly_in_one_gap(self) -> None:
        low, high = "A", "B"
        for _ in range(120):
            middle = ordering.between(low, high)
            assert middle is not None
            low = middle
        assert len(low) <= ordering.LONGEST


async def in_order(tasks: Tasks, person: Person, **params: Any) -> list[int]:
    return [t["id"] for t in await tasks.items("/api/tasks", person, sort="position", limit=100, **params)]


async def move(tasks: Tasks, person: Person, task_id: int, **body: Any) -> Any:
    return await tasks.post(f"/api/tasks/{task_id}/move", person, json=body)


class TestMove:
    async def test_before_and_after(self, tasks: Tasks, ann: Person) -> None:
        a, b, c, d = [(await tasks.create(ann))["id"] for _ in range(4)]
        for task, body, expected in (
            (d, {"before": a}, [d, a, b, c]),
            (a, {"after": c}, [d, b, c, a]),
            (d, {"after": b, "before": c}, [b, d, c, a]),
            (b, {}, [d, c, a, b]),
            (d, {"before": c}, [d, c, a, b]),
            (c, {"after": d, "before": b}, [d, c, a, b]),
        ):
            answer = await move(tasks, ann, task, **body)
            assert answer.status_code == 200, answer.text
            assert await in_order(tasks, ann) == expected
        last = await tasks.create(ann)
        assert await in_order(tasks, ann) == [d, c, a, b, last["id"]]

    async def test_into_another_column_is_one_event(self, tasks: Tasks, ann: Person) -> None:
        doing, task = await tasks.create(ann, status="in_progress"), await tasks.create(ann)
        moved = (await move(tasks, ann, task["id"], status="IN_PROGRESS", before=doing["id"])).json()
        assert (moved["status"], moved["version"]) == ("in_progress", 2)
        assert await in_order(tasks, ann, status="in_progress") == [task["id"], doing["id"]]
        event = (await tasks.events_of(task))[-1]
        assert event.type == "task.updated"
        assert event.data.changes.keys() == {"status", "position"}
        assert event.data.changes["position"].before == task["position"]
        assert len(await tasks.events_of(task)) == 2

    async def test_into_another_project(self, tasks: Tasks, ann: Person) -> None:
        project = await tasks.project(ann)
        there, task = await tasks.create(ann, project_id=project["id"]), await tasks.create(ann)
        moved = (await move(tasks, ann, task["id"], project_id=project["id"], after=there["id"])).json()
        assert (moved["project_id"], moved["key"] is not None) == (project["id"], True)
        assert await in_order(tasks, ann, project_id=project["id"]) == [there["id"], task["id"]]
        assert (await move(tasks, ann, task["id"], project_id=None)).json()["project_id"] is None

    async def test_completing_by_a_move_makes_the_next_one(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann, recurrence="FREQ=DAILY", due_date="2026-01-01")
        await move(tasks, ann, task["id"], status="completed")
        assert [t["due_date"] for t in await tasks.items("/api/tasks", ann, status="todo")] == ["2026-01-02"]

    async def test_only_to_where_the_neighbours_are(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task, done, other = (
            await tasks.create(ann),
            await tasks.create(ann, status="completed"),
            await tasks.create(ann),
        )
        elsewhere = await tasks.create(ann, project_id=(await tasks.project(ann))["id"])
        foreign, trashed = await tasks.create(bob), await tasks.create(ann)
        await tasks.delete(trashed, ann)
        for body in (
            {"before": foreign["id"]},
            {"before": trashed["id"]},
            {"before": 10**15},
            {"after": task["id"]},
            {"after": elsewhere["id"]},
            {"status": "in_progress", "before": done["id"]},
            {"before": done["id"], "after": other["id"]},
        ):
            refused = problem(await move(tasks, ann, task["id"], **body), 422, "validation_failed")
            assert refused["errors"][0]["pointer"] in ("/before", "/after")
        assert await tasks.read(task, ann) == task

    async def test_needs_the_right_to_change(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        project = await tasks.project(ann, members={"viewer": bob})
        task = await tasks.create(ann, project_id=project["id"])
        problem(await move(tasks, bob, task["id"]), 403, "task_change_refused")
        foreign = await tasks.create(ann)
        refusals = [await move(tasks, bob, i, status="completed") for i in (foreign["id"], 10**15)]
        for refused in refusals:
            problem(refused, 404, "task_not_found")
        problem(await tasks.post(f"{path_of(task)}/move", None, json={}), 401, "unauthenticated")

    async def test_on_the_condition_of_a_version(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        headers = {"If-Match": '"7"'}
        problem(await tasks.post(f"{path_of(task)}/move", ann, json={}, headers=headers), 412, "version_conflict")

    @pytest.mark.parametrize(
        "body", [{"before": 0}, {"after": "1"}, {"status": None}, {"status": "x"}, {"place": 1}, []]
    )
    async def test_wrong_bodies(self, tasks: Tasks, ann: Person, body: Any) -> None:
        answer = await tasks.post(f"{path_of(await tasks.create(ann))}/move", ann, json=body)
        problem(answer, 422, "validation_failed")

    async def test_where_keys_have_become_long_they_are_made_anew(self, tasks: Tasks, ann: Person) -> None:
        made = [await tasks.create(ann) for _ in range(5)]
        crowded = [f"A{'0' * 40}{digit}" for digit in "12233"]
        for task, key in zip(made, crowded, strict=True):
            await tasks.session().execute("UPDATE tasks SET position = $2 WHERE id = $1", task["id"], key)
        a, b, c, d, e = [task["id"] for task in made]
        answer = await move(tasks, ann, e, after=b, before=c)
        assert answer.status_code == 200, answer.text
        assert await in_order(tasks, ann) == [a, b, e, c, d]
        found = [await tasks.read(task, ann) for task in made]
        assert all(len(task["position"]) <= ordering.LONGEST for task in found)
        for task, now in zip(made, found, strict=True):
            recorded = await tasks.events_of(task)
            assert [event.version for event in recorded] == [*range(1, now["version"] + 1)]
            assert recorded[-1].data.task.position == now["position"]
            assert recorded[-1].data.changes["position"].after == now["position"]

    async def test_many_at_once_leave_the_order_of_a_model(self, tasks: Tasks, ann: Person) -> None:
        """Moves are made one after the other, in the order of their events, whoever sends them at once."""
        made = [(await tasks.create(ann))["id"] for _ in range(25)]
        choose = random.Random(7)
        asked: dict[str, tuple[int, str, int]] = {}

        async def one(number: int) -> None:
            task, anchor = choose.sample(made, 2)
            asked[f"move-{number}"] = task, (side := choose.choice(["before", "after"])), anchor
            headers = {"X-Request-ID": f"move-{number}"}
            answer = await tasks.post(f"/api/tasks/{task}/move", ann, json={side: anchor}, headers=headers)
            assert answer.status_code == 200, answer.text

        for first in range(0, MOVES, 8):
            await asyncio.gather(*(one(number) for number in range(first, min(first + 8, MOVES))))
        rows = await tasks.session().fetch(
            "SELECT subject_id, request_id FROM events WHERE request_id LIKE 'move-%' ORDER BY id"
        )
        model = list(made)
        for row in rows:
            task, side, anchor = asked[row["request_id"]]
            if task == row["subject_id"]:  # others got new keys to make room
                model.remove(task)
                model.insert(model.index(anchor) + (side == "after"), task)
        assert await in_order(tasks, ann) == model
        positions = [t["position"] for t in await tasks.items("/api/tasks", ann, limit=100)]
        assert len(set(positions)) == len(positions)
