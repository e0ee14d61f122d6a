"""The pool: bounded, patient for so long, and without connections whose state nobody knows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared import database as module
from shared import pool
from shared.database import UNAVAILABLE, Database
from tests.postgres import Server

SIZE = 3


@pytest.fixture(scope="module")
async def url(postgres: Server) -> str:
    return await postgres.empty_database("pool")


@pytest.fixture
async def database(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    monkeypatch.setattr(module, "ACQUIRE_TIMEOUT", 0.5)
    async with Database(url, pool_size=SIZE, name="test-pool") as database:
        yield database


async def connections(postgres: Server) -> int:
    connection = await asyncpg.connect(postgres.url("postgres"))
    count = await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'test-pool'")
    await connection.close()
    return int(count)


async def end_all(postgres: Server) -> None:
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test-pool'"
    )
    await connection.close()


class TestQuiet:
    async def test_what_is_not_used_is_closed_but_for_the_last(
        self, database: Database, postgres: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pool, "QUIET", 0.05)
        await asyncio.gather(*(database.session().fetchval("SELECT pg_sleep(0.02)") for _ in range(SIZE)))
        while await connections(postgres) != pool.KEPT:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        numbers = await asyncio.gather(*(database.session().fetchval("SELECT $1::int", i) for i in range(20)))
        assert numbers == list(range(20))


class TestBounds:
    async def test_never_more_connections_than_its_size(self, database: Database, postgres: Server) -> None:
        numbers = await asyncio.gather(*(database.session().fetchval("SELECT $1::int", i) for i in range(60)))
        assert numbers == list(range(60))
        assert await connections(postgres) == SIZE

    async def test_who_waits_too_long_is_told(self, database: Database) -> None:
        sleepers = [asyncio.create_task(database.session().execute("SELECT pg_sleep(1.2)")) for _ in range(SIZE)]
        await asyncio.sleep(0.1)
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            await database.session().fetchval("SELECT 1")
        assert 0.4 < time.monotonic() - started < 1.0
        await asyncio.gather(*sleepers)
        assert await database.session().fetchval("SELECT 1") == 1

    async def test_who_waits_is_not_passed_by_for_ever(self, database: Database) -> None:
        """Somebody who takes a connection again and again must not starve those who wait for one."""
        stop = asyncio.Event()

        async def greedy() -> None:
            while not stop.is_set():
                await database.session().fetchval("SELECT 1")

        greedy_ones = [asyncio.create_task(greedy()) for _ in range(SIZE)]
        await asyncio.sleep(0.05)
        try:
            waits = await asyncio.gather(*(patience(database) for _ in range(20)))
        finally:
            stop.set()
            await asyncio.gather(*greedy_ones)
        assert max(waits) < 0.45

    async def test_a_waiter_that_is_cancelled_takes_no_turn(self, database: Database) -> None:
        holders = [asyncio.create_task(database.session().execute("SELECT pg_sleep(0.2)")) for _ in range(SIZE)]
        await asyncio.sleep(0.05)
        waiters = [asyncio.create_task(database.session().fetchval("SELECT $1::int", i)) for i in range(10)]
        await asyncio.sleep(0.05)
        for waiter in waiters[::2]:
            waiter.cancel()
        await asyncio.gather(*holders)
        assert await asyncio.gather(*waiters[1::2]) == [1, 3, 5, 7, 9]


async def patience(database: Database) -> float:
    started = time.monotonic()
    await database.session().fetchval("SELECT 1")
    return time.monotonic() - started


class TestState:
    async def test_a_connection_with_an_answer_under_way_is_not_used_again(self, database: Database) -> None:
        for _ in range(SIZE * 3):
            task = asyncio.create_task(database.session().fetchval("SELECT pg_sleep(5), 'stale'"))
            await asyncio.sleep(0.03)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        answers = await asyncio.gather(*(database.session().fetchval("SELECT $1::int", i) for i in range(30)))
        assert answers == list(range(30))

    async def test_nor_one_whose_transaction_was_cut_short(self, database: Database) -> None:
        async def work() -> None:
            async with database.session().begin() as session:
                await session.execute("CREATE TABLE half_done (id int)")
                await session.execute("SELECT pg_sleep(5)")

        for _ in range(SIZE):
            task = asyncio.create_task(work())
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        for _ in range(SIZE * 2):
            assert await database.session().fetchval("SELECT to_regclass('half_done')") is None
            assert await database.session().fetchval("SELECT pg_current_xact_id_if_assigned()") is None

    async def test_a_refused_statement_costs_no_connection(self, database: Database) -> None:
        pids = set()
        for _ in range(5):
            with pytest.raises(asyncpg.UndefinedTableError):
                await database.session().execute("SELECT * FROM nowhere")
            pids.add(await database.session().fetchval("SELECT pg_backend_pid()"))
        assert len(pids) == 1

    async def test_a_statement_that_takes_too_long_ends(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "COMMAND_TIMEOUT", 0.2)
        async with Database(url, pool_size=2) as database:
            with pytest.raises(UNAVAILABLE):
                await database.session().execute("SELECT pg_sleep(5)")
            assert await database.session().fetchval("SELECT 1") == 1

    async def test_inner_transactions_join_the_outer_one(self, database: Database) -> None:
        session = database.session()
        await session.execute("CREATE TABLE joined (id int)")
        try:
            async with session.begin():
                await session.execute("INSERT INTO joined VALUES (1)")
                async with session.begin():
                    await session.execute("INSERT INTO joined VALUES (2)")
                raise ZeroDivisionError
        except ZeroDivisionError:
            assert await session.fetchval("SELECT count(*) FROM joined") == 0
        assert await session.execute("INSERT INTO joined VALUES (3), (4)") == 2

    async def test_a_closed_pool_gives_nothing(self, url: str) -> None:
        async with Database(url) as database:
            await database.session().fetchval("SELECT 1")
        with pytest.raises(UNAVAILABLE):
            await database.session().fetchval("SELECT 1")


class TestRestart:
    async def test_of_the_server_heals(self, database: Database, postgres: Server) -> None:
        """As a restart does: all connections end. What fails meanwhile fails as "unavailable"."""
        for _ in range(3):
            await asyncio.gather(*(database.session().fetchval("SELECT 1") for _ in range(10)))
            await end_all(postgres)
            for _ in range(SIZE + 1):
                try:
                    await database.session().fetchval("SELECT 1")
                except UNAVAILABLE:
                    await asyncio.sleep(0.02)
            answers = await asyncio.gather(*(database.session().fetchval("SELECT $1::int", i) for i in range(10)))
            assert answers == list(range(10))

    async def test_under_load_gives_answers_or_says_unavailable(self, database: Database, postgres: Server) -> None:
        outcomes: list[object] = []

        async def work(number: int) -> None:
            for _ in range(20):
                try:
                    outcomes.append(await database.session().fetchval("SELECT $1::int", number) == number)
                except UNAVAILABLE:
                    outcomes.append("unavailable")
                    await asyncio.sleep(0.01)

        tasks = [asyncio.create_task(work(number)) for number in range(10)]
        for _ in range(3):
            await asyncio.sleep(0.02)
            await end_all(postgres)
        await asyncio.gather(*tasks)
        assert len(outcomes) == 200
        assert set(outcomes) <= {True, "unavailable"}
        assert outcomes.count(True) > 100

    async def test_of_a_server_that_was_never_there(self) -> None:
        async with Database("postgresql://nobody@127.0.0.1:9/nothing") as database:
            with pytest.raises(UNAVAILABLE):
                await database.session().fetchval("SELECT 1")
