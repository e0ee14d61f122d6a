"""Presence in one API process: which of its connections look at which task.

Rows in the database join the processes, a NOTIFY says at which task something changed. Who may not see a task is not
let in, and is shown out when that right ends; it is asked anew before anybody is told anything.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Coroutine
from typing import Any

from notifications_service.presence import queries
from notifications_service.stream.connection import Connection
from shared.context import uuid7
from shared.database import UNAVAILABLE, Database
from shared.logging import get_logger

log = get_logger(__name__)

RENEW = 10.0  # seconds
MAX_WAITING = 10_000

Job = tuple[Connection | None, int | None]
"""A connection and where it goes, or None and the task at which something changed."""


class Presence:
    def __init__(self) -> None:
        self._process = uuid7()
        self._at: defaultdict[int, set[Connection]] = defaultdict(set)
        self._told: dict[int, list[int]] = {}
        self._jobs: asyncio.Queue[Job] = asyncio.Queue(MAX_WAITING)

    def look(self, connection: Connection, task_id: int | None) -> None:
        """The connection goes to this task, or away from the one it was at. Never waits."""
        if task_id is not None or connection.looking_at is not None:
            self._add((connection, task_id))

    def left(self, connection: Connection) -> None:
        """The connection has ended."""
        if connection.looking_at is not None:
            self._add((connection, None))

    def heard(self, task_id: str) -> None:
        """Another process, or this one, says that something changed there."""
        if int(task_id) in self._at:
            self._add((None, int(task_id)))

    def _add(self, job: Job) -> None:
        if self._jobs.full():
            log.warning("too many people come and go: presence skips some")
        else:
            self._jobs.put_nowait(job)

    async def run(self, database: Database) -> None:
        """Works until it is cancelled, and then takes its rows away."""
        due = time.monotonic() + RENEW
        try:
            while True:
                job = await self._next(due)
                if job is None:
                    due = time.monotonic() + RENEW
                    await _patiently(self._renew(database))
                elif job[0] is not None:
                    await _patiently(self._move(database, job[0], job[1]))
                elif job[1] is not None:
                    await _patiently(self._show(database, job[1]))
        finally:
            await _patiently(database.session().execute(queries.FORGET, self._process))

    async def _next(self, due: float) -> Job | None:
        try:
            async with asyncio.timeout(max(0.0, due - time.monotonic())):
                return await self._jobs.get()
        except TimeoutError:
            return None

    async def _move(self, database: Database, connection: Connection, task_id: int | None) -> None:
        if connection.looking_at not in (None, task_id):
            await self._leave(database, connection)
        if task_id is None or connection.is_closed:
            return
        if not await self._who_sees(database, task_id, [connection]):
            connection.tell(
                {"type": "error", "code": "task_not_found", "detail": f"there is no task {task_id} for you"}
            )
            return
        connection.looking_at = task_id
        self._at[task_id].add(connection)
        self._told.pop(task_id, None)  # the newcomer is told even when the list stays as it was
        await database.session().execute(queries.ENTER, task_id, connection.principal.id, self._process)

    async def _leave(self, database: Database, connection: Connection) -> None:
        task_id, connection.looking_at = connection.looking_at, None
        if task_id is None:
            return
        here = self._at[task_id]
        here.discard(connection)
        if not here:
            del self._at[task_id]
            self._told.pop(task_id, None)
        if all(other.principal.id != connection.principal.id for other in here):
            await database.session().execute(queries.LEAVE, task_id, connection.principal.id, self._process)

    async def _show(self, database: Database, task_id: int) -> None:
        """Tells those here who is there, if that is news."""
        here = list(self._at.get(task_id, ()))
        seeing = await self._who_sees(database, task_id, here)
        for connection in here:
            if connection.principal.id not in seeing:
                await self._leave(database, connection)
        looking = [row["user_id"] for row in await database.session().fetch(queries.LOOKING, task_id)]
        if self._told.get(task_id) == looking or task_id not in self._at:
            return
        self._told[task_id] = looking
        for connection in self._at[task_id]:
            connection.tell({"type": "presence", "task_id": task_id, "user_ids": looking})

    async def _who_sees(self, database: Database, task_id: int, connections: list[Connection]) -> set[int]:
        users = {connection.principal.id for connection in connections}
        admins = {connection.principal.id for connection in connections if connection.principal.is_admin}
        rows = await database.session().fetch(queries.SEE, task_id, list(users), list(admins))
        return {row["id"] for row in rows}

    async def _renew(self, database: Database) -> None:
        """Keeps the rows of this process, asks again who may see what, and forgets processes that died."""
        pairs = sorted({(task_id, c.principal.id) for task_id, here in self._at.items() for c in here})
        tasks, users = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        if pairs:
            await database.session().execute(queries.RENEW, tasks, users, self._process)
        await database.session().execute(queries.FORGET, None)
        for task_id in list(self._at):
            await self._show(database, task_id)


async def _patiently(work: Coroutine[Any, Any, Any]) -> None:
    """Presence that is late or lost harms nobody."""
    try:
        await work
    except UNAVAILABLE as error:
        log.warning("presence waits for its database", error=repr(error))
