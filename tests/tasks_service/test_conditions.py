"""Optimistic concurrency: of those who change the same version one wins."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from tests.fakes import Person
from tests.tasks_service.client import Tasks, path_of, problem


class TestConditions:
    async def test_if_none_match(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        for tag in ('"1"', 'W/"1"', '"7", "1"', "*"):
            answer = await tasks.get(path_of(task), ann, headers={"If-None-Match": tag})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')
        assert (await tasks.get(path_of(task), ann, headers={"If-None-Match": '"2"'})).status_code == 200

    @pytest.mark.parametrize("tag", ['"2"', '"01"', 'W/"1"', '""', "nonsense", "", '"1', "1.0", "é"])
    async def test_if_match_with_another_version(self, tasks: Tasks, ann: Person, tag: str) -> None:
        task = await tasks.create(ann)
        if tag == '"1':
            tag = '"11'
        for answer in (
            await tasks.patch(task, ann, {"title": "x"}, if_match=tag.encode()),  # type: ignore[arg-type]
            await tasks.put(task, ann, {"title": "x"}, if_match=tag.encode()),  # type: ignore[arg-type]
            await tasks.delete(task, ann, if_match=tag.encode()),  # type: ignore[arg-type]
        ):
            assert problem(answer, 412, "version_conflict")["version"] == 1
            assert answer.headers["etag"] == '"1"'
        assert await tasks.read(task, ann) == task

    @pytest.mark.parametrize("tag", ['"1"', "*", '"9", "1"'])
    async def test_if_match_with_the_version(self, tasks: Tasks, ann: Person, tag: str) -> None:
        task = await tasks.create(ann)
        assert (await tasks.patch(task, ann, {"title": "x"}, if_match=tag)).status_code == 200

    async def test_of_many_writers_with_one_tag_one_wins(self, tasks: Tasks, ann: Person) -> None:
        for _ in range(3):
            task = await tasks.create(ann)
            tag = '"1"'
            answers = await asyncio.gather(
                *(tasks.patch(task, ann, {"title": f"t{i}"}, if_match=tag) for i in range(25)),
                *(tasks.put(task, ann, {"title": f"t{i}"}, if_match=tag) for i in range(25, 50)),
            )
            winners = [answer for answer in answers if answer.status_code == 200]
            assert sorted(answer.status_code for answer in answers) == [200] + [412] * 49
            assert await tasks.read(task, ann) == winners[0].json()
            assert [event.version for event in await tasks.events_of(task)] == [1, 2]

    async def test_many_writers_without_one_all_win(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        answers = await asyncio.gather(*(tasks.patch(task, ann, {"title": f"t{i}"}) for i in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 22))
        recorded = await tasks.events_of(task)
        assert [event.version for event in recorded] == list(range(1, 22)), "one event for each version, in order"
        by_version = {answer.json()["version"]: answer.json()["title"] for answer in answers}
        titles = [event.data.task.title for event in recorded]
        assert titles[1:] == [by_version[v] for v in range(2, 22)]
        noted = [event.data.changes["title"] for event in recorded[1:]]
        assert [(change.before, change.after) for change in noted] == list(itertools.pairwise(titles))

    async def test_writers_that_name_the_version_note_what_was_there(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)

        async def write(number: int) -> None:
            version = 1
            while True:
                answer = await tasks.patch(task, ann, {"title": f"t{number}"}, if_match=f'"{version}"')
                version = answer.json()["version"]
                if answer.status_code == 200:
                    return

        await asyncio.gather(*map(write, range(10)))
        recorded = await tasks.events_of(task)
        noted = [event.data.changes["title"] for event in recorded[1:]]
        titles = [event.data.task.title for event in recorded]
        assert [(change.before, change.after) for change in noted] == list(itertools.pairwise(titles))

    async def test_a_delete_among_writers(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        answers: list[Any] = await asyncio.gather(
            *(tasks.patch(task, ann, {"title": f"t{i}"}) for i in range(10)), tasks.delete(task, ann)
        )
        assert {answer.status_code for answer in answers} <= {200, 204, 404}
        versions = [event.version for event in await tasks.events_of(task)]
        assert versions == list(range(1, len(versions) + 1))
        assert (await tasks.events_of(task))[-1].type == "task.deleted"
