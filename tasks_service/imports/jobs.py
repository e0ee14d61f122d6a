"""The imports that wait, one after the other: rows in chunks, each chunk and its progress in one transaction. A worker
that dies leaves its import to the next, which goes on after the last whole chunk."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from shared.auth import Principal
from shared.database import Database, Record, Session, again_when_deadlocked
from shared.errors import FieldError, Problem
from shared.http import PeerClient
from shared.logging import get_logger
from tasks_service.imports import queries, reading, vendors
from tasks_service.imports.applying import Importer, Outcome
from tasks_service.imports.rows import FileRefused, Row
from tasks_service.settings import Settings

log = get_logger(__name__)

CHUNK = 500  # rows
LEFT_AFTER = 60.0  # seconds without a sign of life
READERS = {"csv": reading.from_csv, "json": reading.from_json, "ics": reading.from_ics}


class GivenUp(Exception):
    """The import was cancelled, or another worker has it by now."""


class AllOrNothing(Exception):
    """Rows of an atomic import were refused."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


async def run_next(database: Database, settings: Settings, users: PeerClient) -> bool:
    """Takes in one file, if any waits; whether there may be more."""
    job = await database.session().fetchrow(queries.CLAIM, LEFT_AFTER)
    if job is None:
        return False
    run = Run(database, settings, users, job)
    try:
        status = await run.whole()
    except GivenUp:
        return True
    except FileRefused as refusal:
        status = await run.refused(str(refusal))
    except Problem as problem:  # what holds for every row, such as that only administrators create tasks
        status = await run.refused(str(problem))
    await run.end(status)
    return True


class Run:
    """One import, as far as this worker is with it."""

    def __init__(self, database: Database, settings: Settings, users: PeerClient, job: Record) -> None:
        self._database, self._settings, self._users, self._job = database, settings, users, job
        self._me = (job["id"], job["attempt"])

    async def whole(self) -> str:
        importer = await self._importer()
        read = await self._reader()
        total, ignored = await asyncio.to_thread(_count, read)
        await self._database.session().execute(queries.COUNTED, *self._me, total, sorted(ignored))
        if self._job["atomic"]:
            return await self._atomic(importer, read)
        done = self._job["done"]
        async for rows in _chunks(islice(read(set()), done, None)):
            done += len(rows)
            await self._step(importer.apply, rows, done)
        async for rows in _chunks(row for row in read(set()) if row.has_links):
            await self._step(importer.link, rows, done)
        return "done"

    async def _importer(self) -> Importer:
        owner = await self._database.session().fetchrow(queries.OWNER, self._job["owner_id"])
        if owner is None:
            raise FileRefused("the account that started it is not active any more")
        who = Principal(self._job["owner_id"], owner["username"], owner["role"], ("*",), UUID(int=0))
        return Importer(who, self._settings, self._users, self._job["source"], self._job["project_id"])

    async def _reader(self) -> Callable[[set[str]], Iterator[Row]]:
        parts: list[bytes] = []
        while part := await self._database.session().fetchval(queries.PART, self._job["id"], len(parts)):
            parts.append(part)
        read = vendors.READERS.get(self._job["source"]) or READERS[self._job["format"]]
        return lambda ignored: read(parts, ignored)

    async def _step(self, work: Callable[[Session, list[Row]], Any], rows: list[Row], done: int) -> None:
        @again_when_deadlocked
        async def step(session: Session) -> None:
            async with session.begin():
                await self._advance(session, await work(session, rows), done)

        await step(self._database.session())

    async def _advance(self, session: Session, outcome: Outcome, done: int) -> None:
        counts = (outcome.created, outcome.updated, len(outcome.errors))
        if not await session.execute(queries.ADVANCE, *self._me, done, *counts):
            raise GivenUp
        await self._add_errors(session, outcome)

    async def _add_errors(self, session: Session, outcome: Outcome) -> None:
        if outcome.errors:
            columns = zip(*((row, e.pointer, e.message) for row, e in outcome.errors), strict=True)
            await session.execute(queries.ADD_ERRORS, self._job["id"], *map(list, columns))

    async def _atomic(self, importer: Importer, read: Callable[[set[str]], Iterator[Row]]) -> str:
        """Everything in one transaction; when rows are refused, only what is wrong with them stays."""
        session, whole, done = self._database.session(), Outcome(), 0
        try:
            async with session.begin():
                for work, rows in (
                    (importer.apply, read(set())),
                    (importer.link, (r for r in read(set()) if r.has_links)),
                ):
                    async for chunk in _chunks(rows):
                        outcome = await work(session, chunk)
                        done += len(chunk) if work == importer.apply else 0
                        whole.created += outcome.created
                        whole.updated += outcome.updated
                        whole.errors += outcome.errors
                        await self._beat()
                if whole.errors:
                    raise AllOrNothing(whole)
                await self._advance(session, whole, done)
        except AllOrNothing as refused:
            refused.outcome.created = refused.outcome.updated = 0
            async with session.begin():
                await self._advance(session, refused.outcome, done)
            return "failed"
        return "done"

    async def _beat(self) -> None:
        """A sign of life from outside the long transaction, which also hears that it was cancelled."""
        if not await self._database.session().execute(queries.BEAT, *self._me):
            raise GivenUp

    async def refused(self, why: str) -> str:
        outcome = Outcome(errors=[(0, FieldError("", why))])
        session = self._database.session()
        async with session.begin():
            await self._advance(session, outcome, self._job["done"])
        return "failed"

    async def end(self, status: str) -> None:
        session = self._database.session()
        async with session.begin():
            await session.execute(queries.END, *self._me, status)
            await session.execute(queries.DROP_PARTS, self._job["id"])


def _count(read: Callable[[set[str]], Iterator[Row]]) -> tuple[int, set[str]]:
    ignored: set[str] = set()
    return sum(1 for _ in read(ignored)), ignored


async def _chunks(rows: Iterator[Row]) -> Any:
    """Parsed away from the event loop, which has others to serve."""
    while chunk := await asyncio.to_thread(lambda: list(islice(rows, CHUNK))):
        yield chunk
