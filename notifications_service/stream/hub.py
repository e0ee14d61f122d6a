"""The hub: one in each API process. It reads the tail of the log once and hands every frame to who may see it.

PostgreSQL's NOTIFY wakes it, a poll is the safety net. After the database was away it goes on from the last cursor that
it has read, so nothing is left out.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

import asyncpg
from prometheus_client import Gauge

from notifications_service.stream import queries
from notifications_service.stream.connection import Connection
from notifications_service.stream.errors import SocketRefused
from notifications_service.stream.log import Frame, Position
from shared.database import UNAVAILABLE, Record, connect
from shared.logging import get_logger
from shared.states import RevokedSessions

log = get_logger(__name__)

BATCH = 200
CHUNK = 500  # connections that are written to in one go
INBOX_SCOPE = "notifications:read"
POLL = 1.0  # seconds; the safety net under the NOTIFY
NOBODY_PAUSE = 0.05  # seconds between two looks at the log while nobody listens
RECONNECT_PAUSE = 0.5

SESSION_ENDED = SocketRefused(4401, "your session has ended: sign in again")
GOING = SocketRefused(1012, "this process is replaced: connect again with your last cursor")
STREAM_REPLACED = SocketRefused(1012, "the stream starts anew: connect again")

Key = TypeVar("Key", UUID, int)
Index = defaultdict[Key, set[Connection]]


class Hub:
    """`position` is the last cursor that was handed out. A connection is first admitted, so that it is closed when its
    session ends, and then joins the live stream."""

    def __init__(self, database_url: str, sockets: Gauge) -> None:
        self._url, self._sockets = database_url, sockets
        self._position: Position | None = None
        self._wake = asyncio.Event()
        self._listened, self._current = asyncio.Event(), asyncio.Event()
        self._current.set()
        self._by_session: Index[UUID] = defaultdict(set)
        self._by_user: Index[int] = defaultdict(set)
        self._admins: set[Connection] = set()
        self._others: dict[str, Callable[[str], None]] = {}

    def listen(self, channel: str, heard: Callable[[str], None]) -> None:
        """Also tells what is said on another channel of the database, before it runs."""
        self._others[channel] = heard

    @property
    def position(self) -> Position:
        """Raises SocketRefused before the log has been read for the first time."""
        if self._position is None:
            raise SocketRefused(1013, "not ready yet: connect again in a moment")
        return self._position

    @contextmanager
    def admitted(self, connection: Connection) -> Iterator[None]:
        session_id = connection.principal.session_id
        self._by_session[session_id].add(connection)
        self._listened.set()
        self._sockets.inc()
        ending = _end_later(connection, connection.principal.expires_at)
        try:
            yield
        finally:
            if ending is not None:
                ending.cancel()
            self._sockets.dec()
            connection.stop()
            _drop(self._by_session, session_id, connection)
            _drop(self._by_user, connection.principal.id, connection)
            self._admins.discard(connection)

    async def until_current(self) -> None:
        """Who comes first waits until the log has been looked at again, so as to begin where it ends."""
        await _at_most(POLL, self._current)

    def join(self, connection: Connection, after: int = 0) -> Position:
        """From here on the connection gets what is newer than the position that is returned, and than `after`."""
        position = self.position
        connection.position = after
        if connection.principal.is_admin:
            self._admins.add(connection)
        self._by_user[connection.principal.id].add(connection)
        return position

    def end_all(self, refusal: SocketRefused) -> None:
        _close(refusal, (c for connections in self._by_session.values() for c in connections))

    @property
    def session_ids(self) -> list[UUID]:
        return list(self._by_session)

    def end_sessions(self, session_ids: Iterable[UUID]) -> None:
        _close(SESSION_ENDED, (c for i in session_ids for c in self._by_session.get(i, ())))

    async def on_sessions_ended(self, ended: RevokedSessions) -> None:
        self.end_sessions(ended.session_ids)
        if ended.everything:
            everybody = (c for connections in self._by_session.values() for c in connections)
            _close(SESSION_ENDED, (c for c in everybody if c.principal.id == ended.user_id))

    async def run(self) -> None:
        """Follows the log until it is cancelled."""
        while True:
            try:
                await self._follow()
            except UNAVAILABLE as error:
                log.warning("stream lost its database", error=repr(error))
            except asyncpg.UndefinedTableError:
                log.warning("stream waits for its migration")
            await asyncio.sleep(RECONNECT_PAUSE)

    async def _follow(self) -> None:
        connection = await connect(self._url, "taskwire-stream")
        try:
            await connection.add_listener(queries.CHANNEL, lambda *_: self._wake.set())
            for channel, heard in self._others.items():
                await connection.add_listener(channel, lambda *given, heard=heard: heard(given[-1]))
            self._begin(await connection.fetchrow(queries.STATE))
            while True:
                self._wake.clear()
                rows = await connection.fetch(queries.NEW, self.position.number, BATCH)
                for row in rows:
                    await self._deliver(row)
                if len(rows) < BATCH:
                    self._current.set()
                    await _at_most(POLL, self._wake)
                    if not self._by_session:
                        self._current.clear()
                        self._listened.clear()
                        await _at_most(NOBODY_PAUSE, self._listened)
        finally:
            connection.terminate()

    def _begin(self, state: Record) -> None:
        """The first time at the tail; later where we were, unless a backup has taken the stream's place."""
        found = Position(state["stream_id"], state["tail"])
        known = self._position
        if known is None:
            self._position = found
        elif known.stream_id != found.stream_id or known.number > found.number:
            self._position = found
            self.end_all(STREAM_REPLACED)

    async def _deliver(self, row: Record) -> None:
        """Lets others have the loop in between: thousands of writes take long, and full connections become empty."""
        position = self._position = Position(self.position.stream_id, row["cursor"])
        is_told = row["kind"] == "notification"
        if is_told:
            listeners = [one for one in self._listeners(row["audience"]) if one.principal.may(INBOX_SCOPE)]
        else:
            audience = set(row["audience"])
            listeners = [one for one in self._admins if one.principal.id not in audience]
            listeners += self._listeners(audience)
        if not listeners:
            return
        frame = Frame.told(row["frame"], position.number) if is_told else Frame.at(position, row)
        for i in range(0, len(listeners), CHUNK):
            for connection in listeners[i : i + CHUNK]:
                connection.push(frame)
            await asyncio.sleep(0)

    def _listeners(self, user_ids: Iterable[int]) -> Iterator[Connection]:
        return (connection for user_id in user_ids for connection in self._by_user.get(user_id, ()))


async def _at_most(seconds: float, event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):  # wait_for may swallow a cancellation
            await event.wait()


def _drop(index: "Index[Key]", key: Key, connection: Connection) -> None:
    if key in index:
        index[key].discard(connection)
        if not index[key]:
            del index[key]


def _close(refusal: SocketRefused, connections: Iterable[Connection]) -> None:
    for connection in connections:
        connection.close(refusal)


def _end_later(connection: Connection, expires_at: float | None) -> asyncio.TimerHandle | None:
    """Closes the connection at the moment at which its token expires."""
    if expires_at is None:
        return None
    delay = max(0.0, expires_at - time.time())
    return asyncio.get_running_loop().call_later(delay, connection.close, SESSION_ENDED)
