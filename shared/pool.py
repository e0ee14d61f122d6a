"""The connection pool: a bounded stack of asyncpg connections.

asyncpg's own pool resets, shields and wraps each connection at each release, which costs a small statement about as
much as the statement itself. Here a connection goes back as it is: our statements leave nothing behind. One whose
statement ended in anything but an answer of the server (a timeout, a cancelled request) is thrown away. Who waits is
handed the next one that comes back, so nobody who comes later, or again and again, passes by. What is not used for a
while is closed: each connection is a process of the server, with a few MB.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

QUIET = 30.0  # seconds
KEPT = 2  # connections, however quiet it is

Connect = Callable[[], Awaitable[Any]]


class Pool:
    def __init__(self, connect: Connect, size: int, acquire_timeout: float) -> None:
        self._connect, self._size, self._timeout = connect, size, acquire_timeout
        self._idle: list[tuple[Any, float]] = []  # and since when; the one that rests the longest is the first
        self._closing: asyncio.TimerHandle | None = None
        self._count = 0
        self.opened = 0  # connections in all
        self._waiters: deque[asyncio.Future[Any]] = deque()
        self._in_use: set[Any] = set()
        self._closed = False

    async def acquire(self) -> Any:
        """A connection of the caller's own until `release`. Raises TimeoutError when none becomes free in time."""
        deadline: float | None = None
        while True:
            while self._idle:
                connection, _ = self._idle.pop()
                if not connection.is_closed():
                    self._in_use.add(connection)
                    return connection
                self._count -= 1
            if self._count < self._size:
                return await self._open()
            deadline = deadline or asyncio.get_running_loop().time() + self._timeout
            connection = await self._wait(deadline)
            if connection is not None:
                return connection

    def release(self, connection: Any, error: BaseException | None = None) -> None:
        """Gives the connection back, or throws it away when its state is not known."""
        known = error is None or isinstance(error, asyncpg.PostgresError)
        if self._closed or not known or connection.is_closed():
            self._in_use.discard(connection)
            connection.terminate()
            self._count -= 1
            self._hand_over(None)
        elif not self._hand_over(connection):
            self._in_use.discard(connection)
            loop = asyncio.get_running_loop()
            self._idle.append((connection, loop.time()))
            if self._closing is None and len(self._idle) > KEPT:
                self._closing = loop.call_later(QUIET, self._close_quiet, loop)

    async def close(self) -> None:
        """Ends all connections: those at rest at once, those in use without waiting for them."""
        self._closed = True
        if self._closing is not None:
            self._closing.cancel()
        for connection in [*(one for one, _ in self._idle), *self._in_use]:
            connection.terminate()
        self._idle.clear()

    def _close_quiet(self, loop: asyncio.AbstractEventLoop) -> None:
        self._closing = None
        while len(self._idle) > KEPT:
            connection, since = self._idle[0]
            if (left := since + QUIET - loop.time()) > 0:
                self._closing = loop.call_later(left, self._close_quiet, loop)
                return
            del self._idle[0]
            self._count -= 1
            connection.terminate()

    async def _open(self) -> Any:
        if self._closed:
            raise asyncpg.InterfaceError("the pool is closed")
        self._count += 1
        try:
            connection = await self._connect()
        except BaseException:
            self._count -= 1
            self._hand_over(None)
            raise
        self.opened += 1
        self._in_use.add(connection)
        return connection

    async def _wait(self, deadline: float) -> Any:
        """What the caller is handed: a connection, or None for the place of one that was thrown away."""
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout_at(deadline):
                return await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled():  # it was our turn, and we are gone: the next one's
                if waiter.result() is None:
                    self._hand_over(None)
                else:
                    self.release(waiter.result())
            raise

    def _hand_over(self, connection: Any) -> bool:
        """Whether somebody waited for it."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return True
        return False
