"""Answers that are kept while nothing is committed, against a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from starlette.responses import Response

from shared import unchanged
from shared.database import Database, Session
from shared.unchanged import UnchangedAnswers
from tests.postgres import Server


@pytest.fixture
async def database(postgres: Server) -> AsyncIterator[Database]:
    async with Database(await postgres.empty_database(f"unchanged_{uuid4().hex}"), pool_size=4) as database:
        await database.session().execute("CREATE TABLE numbers (n int)")
        await database.session().execute("INSERT INTO numbers VALUES (0)")
        yield database


class Reader:
    """Reads the number, and counts how often that was necessary."""

    def __init__(self, database: Database, answers: UnchangedAnswers, size: int = 0) -> None:
        self._session, self._answers, self._size = database.session(), answers, size
        self.made = 0

    async def read(self, key: str = "numbers") -> int:
        response = await self._answers.answer(self._session, key, self._make)
        assert response.headers["link"] == "<next>"
        assert response.headers["content-type"] == "application/json"
        return int(bytes(response.body))

    async def _make(self) -> Response:
        self.made += 1
        number = await self._session.fetchval("SELECT n FROM numbers")
        return Response(str(number).rjust(self._size), headers={"Link": "<next>"}, media_type="application/json")


async def write(session: Session, number: int) -> None:
    await session.execute("UPDATE numbers SET n = $1", number)


async def until_kept(reader: Reader, key: str = "numbers") -> None:
    """Other parts of the server may commit meanwhile, so it is tried more than once."""
    for _ in range(500):
        before = reader.made
        await reader.read(key)
        if reader.made == before:
            return
    raise AssertionError("no answer was given again")


class TestAnswers:
    async def test_are_given_again_and_never_after_a_commit(self, database: Database) -> None:
        reader, session = Reader(database, UnchangedAnswers()), database.session()
        for number in range(1, 6):
            await until_kept(reader)
            await write(session, number)
            assert await reader.read() == number

    async def test_do_not_show_what_is_not_committed(self, database: Database) -> None:
        reader, session = Reader(database, UnchangedAnswers()), database.session()
        async with session.begin():
            await write(session, 7)
            assert {await reader.read() for _ in range(5)} == {0}
        assert await reader.read() == 7

    async def test_of_many_writers_and_readers_are_never_older_than_a_commit(self, database: Database) -> None:
        answers, committed = UnchangedAnswers(), 0

        async def write_all() -> None:
            nonlocal committed
            session = database.session()
            for number in range(1, 60):
                await write(session, number)
                committed = number
                await asyncio.sleep(0.001 * (number % 5))

        async def read_all() -> None:
            reader = Reader(database, answers)
            while committed < 59:
                known = committed
                assert await reader.read() >= known

        await asyncio.gather(write_all(), *(read_all() for _ in range(3)))

    async def test_of_before_a_crash_are_not_given_again(self, database: Database) -> None:
        """A new connection stands for a server that may have begun anew: its snapshots tell nothing about the old."""
        reader = Reader(database, UnchangedAnswers())
        await until_kept(reader)
        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(database.session().execute("SELECT pg_sleep(0.05)"))
        before = reader.made
        await reader.read()
        assert reader.made == before + 1

    async def test_are_looked_for_less_often_where_others_write_all_the_time(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reader, session, looks = Reader(database, UnchangedAnswers()), database.session(), 0
        look = UnchangedAnswers._look

        async def counted(self: UnchangedAnswers, session: Session) -> unchanged.State:
            nonlocal looks
            looks += 1
            return await look(self, session)

        monkeypatch.setattr(UnchangedAnswers, "_look", counted)
        for number in range(200):
            await write(session, number)
            assert await reader.read() == number
        assert looks < 12
        await until_kept(reader)

    async def test_are_forgotten_when_there_is_no_room(self, database: Database) -> None:
        answers = UnchangedAnswers(10_000)
        reader = Reader(database, answers, size=2_000)
        for key in "abcdefgh":
            await until_kept(reader, key)
        assert answers._size <= 10_000
        before = reader.made
        await reader.read("a")
        assert reader.made == before + 1
