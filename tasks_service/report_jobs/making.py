"""The reports that wait, one after the other. A worker that dies leaves its report to the next, which makes it anew."""

import asyncio
import tempfile
from pathlib import Path
from uuid import UUID

from shared.auth import Principal
from shared.database import Database, Record
from shared.errors import Problem
from shared.http import PeerClient
from shared.logging import get_logger
from shared.responses import encode
from tasks_service.report_jobs import queries
from tasks_service.report_jobs.files import FILES, PART, File, TooManyRows, part_of, size_of
from tasks_service.report_jobs.sources import DOCUMENTS, Source
from tasks_service.settings import Settings

log = get_logger(__name__)

LEFT_AFTER = 60.0  # seconds without a sign of life
TRIES = 5
LARGEST = 20 << 20  # bytes of a file
UNPACKED = 50 << 20  # while it is written, in a /tmp that may be small


class GivenUp(Exception):
    """The report was cancelled or deleted, or another worker has it by now."""


class Failed(Exception):
    """Why, in words for the owner."""


async def make_next(database: Database, settings: Settings, users: PeerClient) -> bool:
    """Makes one report, if any waits; whether there may be more."""
    job = await database.session().fetchrow(queries.CLAIM, LEFT_AFTER)
    if job is None:
        return False
    making = Making(database, settings, users, job)
    if job["attempt"] > TRIES:
        await making.fail("it could not be made; it was tried several times")
        return True
    with tempfile.TemporaryDirectory(prefix="taskwire-report-") as folder:
        try:
            await making.whole(Path(folder) / "report")
        except GivenUp:
            log.info("report given up", report=job["id"])
        except (Failed, Problem) as why:
            await making.fail(str(why))
        except TooManyRows:
            await making.fail("it has more rows than a sheet: narrow its filter, or take another format")
    return True


class Making:
    """One report, as far as this worker is with it."""

    def __init__(self, database: Database, settings: Settings, users: PeerClient, job: Record) -> None:
        self._database, self._settings, self._users, self._job = database, settings, users, job
        self._me = (job["id"], job["attempt"])
        self._done = 0

    async def whole(self, path: Path) -> None:
        source = Source(self._database, self._settings, self._users, await self._owner(), self._job["filter"])
        if self._job["kind"] in DOCUMENTS:
            await self._document(source, path)
        else:
            await self._rows(source, path)
        await self._keep(path, await self._size(path))

    async def _owner(self) -> Principal:
        owner = await self._database.session().fetchrow(queries.OWNER, self._job["owner_id"])
        if owner is None:
            raise Failed("the account that asked for it is not active any more")
        role = owner["role"] if self._job["as_admin"] else "user"
        return Principal(self._job["owner_id"], owner["username"], role, ("*",), UUID(int=0))

    async def _rows(self, source: Source, path: Path) -> None:
        file = await asyncio.to_thread(self._file, path)
        try:
            async for rows, total in getattr(source, self._job["kind"])():
                await asyncio.to_thread(file.add, rows)
                self._done += len(rows)
                await self._advance(total)
                await self._size(path, UNPACKED)
        finally:
            await asyncio.to_thread(file.close)

    async def _document(self, source: Source, path: Path) -> None:
        document = await getattr(source, self._job["kind"])()
        self._done = 1
        if self._job["format"] == "json":
            await asyncio.to_thread(path.write_bytes, encode(document))
            return
        file = await asyncio.to_thread(self._file, path)
        await asyncio.to_thread(file.add, DOCUMENTS[self._job["kind"]](document))
        await asyncio.to_thread(file.close)

    def _file(self, path: Path) -> File:
        return FILES[self._job["format"]](path)

    async def _size(self, path: Path, most: int | None = None) -> int:
        size = await asyncio.to_thread(size_of, path.parent)
        if size > (most or LARGEST):
            raise Failed(f"it is larger than {LARGEST >> 20} MB: narrow its filter, or export the tasks instead")
        return size

    async def _advance(self, total: int) -> None:
        if not await self._database.session().execute(queries.ADVANCE, *self._me, self._done, total):
            raise GivenUp

    async def _keep(self, path: Path, size: int) -> None:
        """The file and the end of the report: both or neither."""
        session = self._database.session()
        async with session.begin():
            if not await session.execute(queries.END, *self._me, "done", None, size, self._done):
                raise GivenUp
            for number in range(-(-size // PART)):
                part = await asyncio.to_thread(part_of, path, number)
                await session.execute(queries.KEEP, self._job["id"], number, part)

    async def fail(self, why: str) -> None:
        await self._database.session().execute(queries.END, *self._me, "failed", why, None, self._done)
