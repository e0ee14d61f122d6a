"""The worker's loops go on whatever happens, and its heartbeat tells."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from unittest.mock import Mock

import pytest

from shared import worker
from shared.database import Database
from shared.worker import MAX_BACKOFF, Loop, Worker, run_loop
from tests.postgres import Server


class Slept(list[float]):
    """Instead of sleeping; ends the loop after `limit` times."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    async def sleep(self, seconds: float) -> None:
        self.append(seconds)
        if len(self) >= self.limit:
            raise asyncio.CancelledError


async def run(work: Callable[[], Awaitable[bool]], monkeypatch: pytest.MonkeyPatch, limit: int) -> Slept:
    slept = Slept(limit)
    with monkeypatch.context() as patch:
        patch.setattr("shared.worker.asyncio.sleep", slept.sleep)
        patch.setattr(worker, "log", Mock())
        with pytest.raises(asyncio.CancelledError):
            await run_loop(Loop("test", 2.0, work))
    return slept


class TestLoop:
    @pytest.mark.parametrize("error", [ValueError, ConnectionRefusedError])
    async def test_tries_again_more_slowly_for_hours(
        self, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
    ) -> None:
        async def work() -> bool:
            raise error

        slept = await run(work, monkeypatch, 1500)
        assert slept[0] <= slept[1] <= slept[2]
        assert max(slept) == MAX_BACKOFF
        assert slept[-1] == MAX_BACKOFF

    async def test_does_not_pause_while_there_is_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        left = 5

        async def work() -> bool:
            nonlocal left
            left -= 1
            return left > 0

        assert await run(work, monkeypatch, 1) == [2.0]
        assert left == 0

    async def test_is_as_before_after_a_success(self, monkeypatch: pytest.MonkeyPatch) -> None:
        outcomes = [ValueError("no"), ValueError("no"), None, None]

        async def work() -> bool:
            outcome = outcomes.pop(0)
            if outcome is not None:
                raise outcome
            return False

        slept = await run(work, monkeypatch, 4)
        assert slept[1] > slept[2] == slept[3] == 2.0


async def test_the_heartbeat_tells_how_it_goes(postgres: Server) -> None:
    async with Database(await postgres.database("tasks_service")) as database:
        stop = asyncio.Event()
        work = asyncio.create_task(Worker(database, status={"relay": lambda: "standby"}).run(stop))
        async with asyncio.timeout(5):
            while (row := await database.session().fetchrow("SELECT * FROM heartbeats")) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert (row["name"], row["status"]) == ("relay", "standby")
        stop.set()
        await asyncio.wait_for(work, 2)


async def test_a_service_that_ends_with_an_error_ends_the_worker(postgres: Server) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    async with Database(await postgres.database("tasks_service")) as database:
        with pytest.raises(ExceptionGroup):
            await asyncio.wait_for(Worker(database, services=[broken]).run(asyncio.Event()), 5)
