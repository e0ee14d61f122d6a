"""Listeners that are cut again and again, also while what they missed is replayed: no gap, no double, nothing that is
not theirs, versions in order. `LISTENERS` and `EVENTS` make it as long as one likes (the full run: 50 and 10000)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest
from websockets.exceptions import ConnectionClosed

from tests.fakes import Person
from tests.notifications_service.conftest import Register
from tests.notifications_service.events import comment_event, task_event
from tests.notifications_service.system import System
from tests.waiting import until

LISTENERS = int(os.environ.get("LISTENERS", "12"))
EVENTS = int(os.environ.get("EVENTS", "300"))
CUTS = 10
PEOPLE = 4
WAYS = ("socket", "stream")


class Listener:
    """On a socket or a stream, cut `CUTS` times, sometimes before all that was missed has come."""

    def __init__(self, system: System, person: Person, way: str, chance: random.Random) -> None:
        self._system, self.person, self._way, self._chance = system, person, way, chance
        self.seen: list[str] = []
        self.versions: dict[int, int] = {}
        self.cursor: str | None = None
        self.cuts = 0

    async def run(self) -> None:
        while True:
            life = None if self.cuts >= CUTS else self._chance.choice((0.005, 0.02, 0.1, 0.3)) * self._chance.random()
            with contextlib.suppress(ConnectionClosed, httpx.HTTPError, TimeoutError):
                async with asyncio.timeout(life):
                    async with self._connected() as frames:
                        async for frame in frames:
                            self._take(frame)
            self.cuts += 1

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        if self._way == "socket":
            async with self._system.listening(self.person, self.cursor) as ws:
                yield (orjson.loads(text) async for text in ws)
            return
        headers = {**self.person.headers, **({"Last-Event-ID": self.cursor} if self.cursor else {})}
        async with self._system.http.stream("GET", "/api/events/stream", headers=headers, timeout=60) as answer:
            lines = answer.aiter_lines()
            yield (orjson.loads(line[6:]) async for line in lines if line.startswith("data: "))

    def _take(self, frame: dict[str, Any]) -> None:
        assert frame["type"] != "reset"
        if frame["type"] == "ready":
            self.cursor = self.cursor or frame["cursor"]
        elif frame["type"] == "task_update":
            task = frame["task"]
            assert task["version"] >= self.versions.get(task["id"], 0), "a task went back"
            self.versions[task["id"]] = task["version"]
            self.seen.append(frame["event_id"])
            self.cursor = frame["cursor"]


async def happen(system: System, people: list[Person], chance: random.Random) -> dict[str, set[int]]:
    """Histories of tasks with comments between their versions; the audience of each event."""
    audiences: dict[str, set[int]] = {}

    async def one_task(length: int) -> None:
        who = chance.sample([person.id for person in people], k=chance.randint(1, len(people)))
        given: dict[str, Any] = {"creator": who[0], "actor": who[0], "assignees": who[1:]}
        first = task_event(**given)
        given["task_id"] = first["data"]["task"]["id"]
        version = 1
        for event in (first, *([None] * (length - 1))):
            if event is None and chance.random() < 0.3:
                event = comment_event(**given, version=version)
                event["data"]["comment"]["id"] = chance.randrange(10**9)
            elif event is None:
                version += 1
                event = task_event("updated", **given, version=version)
            audiences[str(event["id"])] = set(who)
            await system.publish(event)
            await asyncio.sleep(chance.uniform(0, 0.02))

    await asyncio.gather(*(one_task(20) for _ in range(EVENTS // 20)))
    return audiences


class TestCuts:
    @pytest.mark.timeout(900)
    async def test_no_gap_no_double_nothing_foreign(self, system: System, register: Register) -> None:
        chance = random.Random(LISTENERS * EVENTS)
        people = [register("admin" if i == 0 else "user") for i in range(PEOPLE)]
        listeners = [Listener(system, people[i % PEOPLE], WAYS[i // PEOPLE % 2], chance) for i in range(LISTENERS)]
        running = [asyncio.create_task(listener.run()) for listener in listeners]

        async def have_cursors() -> bool:
            return all(listener.cursor for listener in listeners)

        await until(have_cursors, 30)
        audiences = await happen(system, people, chance)
        theirs = {p.id: {i for i, who in audiences.items() if p.id in who or p.role == "admin"} for p in people}

        async def complete() -> bool:
            assert not any(task.done() for task in running)
            return all(len(one.seen) >= len(theirs[one.person.id]) and one.cuts >= CUTS for one in listeners)

        with contextlib.suppress(TimeoutError):
            await until(complete, 60)
        for task in running:
            task.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
        assert [error for error in ended if not isinstance(error, asyncio.CancelledError)] == []
        for listener in listeners:
            assert len(listener.seen) == len(set(listener.seen)), "something came twice"
            assert set(listener.seen) == theirs[listener.person.id], "something is missing, or was not theirs"
            assert listener.cuts >= CUTS
