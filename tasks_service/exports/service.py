"""The rules of exports. One statement writes the whole list, as it was at one moment, and is read no faster than the
client takes it; so an export of any size needs the memory of a few parts. It has a connection of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from shared.auth import Principal
from shared.database import UNAVAILABLE, Session, connect
from shared.errors import Unavailable
from tasks_service.exports import calendar, queries
from tasks_service.exports.errors import TooManyExports
from tasks_service.exports.schemas import ExportQuery
from tasks_service.settings import Settings
from tasks_service.tasks import filters, lists

MAX_SECONDS = 900  # for one export, however slowly it is taken
PARTS_AHEAD = 8
AT_ONCE = 4  # exports of one process
LINES = {"format": "csv", "quote": queries.QUOTE, "delimiter": queries.SEPARATOR}


class Exports:
    """The exports that one process makes at the moment."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.database_url
        self._places = asyncio.Semaphore(AT_ONCE)

    async def open(self, session: Session, principal: Principal, query: ExportQuery) -> AsyncIterator[bytes]:
        """The parts of the file. What is wrong with the question is raised here, before the first of them."""
        if self._places.locked():
            raise TooManyExports
        reader = await lists.reader_of(session, principal)
        where = filters.conditions(query.filters(), principal, reader)
        sql = (queries.CSV if query.format == "csv" else queries.JSON).replace("{where}", str(where))
        options = {"format": "csv", "header": True} if query.format == "csv" else LINES
        return self._held(_as(query.format, _copied(self._url, sql, where.args, options)))

    async def _held(self, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async with self._places, contextlib.aclosing(parts):  # type: ignore[type-var]
            async for part in parts:
                yield part


def _as(file_format: str, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    return {"csv": _plain, "json": _array, "ics": _calendar}[file_format](parts)


async def _copied(url: str, sql: str, args: list[Any], options: dict[str, Any]) -> AsyncIterator[bytes]:
    """What PostgreSQL writes, in parts of whole lines."""
    parts: asyncio.Queue[bytes | None] = asyncio.Queue(PARTS_AHEAD)
    try:
        connection = await connect(url, "taskwire-tasks-export")
    except UNAVAILABLE as error:
        raise Unavailable from error

    async def copy() -> None:
        try:
            await connection.copy_from_query(sql, *args, output=parts.put, timeout=MAX_SECONDS, **options)
        finally:
            await parts.put(None)

    copying: asyncio.Task[None] | None = None
    try:
        await connection.execute(f"SET statement_timeout = '{MAX_SECONDS}s'")
        copying = asyncio.create_task(copy())
        while (part := await parts.get()) is not None:
            yield bytes(part)
        await copying
    finally:
        if copying is not None:
            copying.cancel()
        connection.terminate()


async def _plain(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for part in parts:
        yield part


async def _array(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Lines of JSON as one array."""
    opening = b"["
    async for part in parts:
        yield opening + part.removesuffix(b"\n").replace(b"\n", b",\n")
        opening = b",\n"
    yield b"[]\n" if opening == b"[" else b"]\n"


async def _calendar(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield calendar.BEGIN
    async for part in parts:
        yield await asyncio.to_thread(calendar.todos, part)
    yield calendar.END
