"""The connection pool: a bounded stack of asyncpg connections.

asyncpg's own pool resets, shields and wraps each connection at each release, which costs a small statement about as
much as the statement itself. Here a connection goes back as it is: our statements leave nothing behind. One whose
statement ended in anything but an answer of the server (a timeout, a cancelled request) is thrown away.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

Connect = Callable[[], Awaitable[Any]]


class Pool:
    def __init__(self, connect: Connect, size: int, acquire_timeout: float) -> None:
        self._connect, self._size, self._timeout = connect, size, acquire_timeout
        self._idle: list[Any] = []
        self._count = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._in_use: set[Any] = set()
        self._closed = False

    async def acquire(self) -> Any:
        """A connection of the caller's own until `release`. Raises TimeoutError when none becomes free in time."""
        while True:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    self._in_use.add(connection)
                    return connection
                self._count -= 1
            if self._count < self._size:
                return await self._open()
            await self._wait()

    def release(self, connection: Any, error: BaseException | None = None) -> None:
        """Gives the connection back, or throws it away when its state is not known."""
        self._in_use.discard(connection)
        known = error is None or isinstance(error, asyncpg.PostgresError)
        if self._closed or not known or connection.is_closed():
            connection.terminate()
            self._count -= 1
        else:
            self._idle.append(connection)
        self._wake()

    async def close(self) -> None:
        """Ends all connections: those at rest at once, those in use without waiting for them."""
        self._closed = True
        for connection in [*self._idle, *self._in_use]:
            connection.terminate()
        self._idle.clear()

    async def _open(self) -> Any:
        if self._closed:
            raise asyncpg.InterfaceError("the pool is closed")
        self._count += 1
        try:
            connection = await self._connect()
        except BaseException:
            self._count -= 1
            self._wake()
            raise
        self._in_use.add(connection)
        return connection

    async def _wait(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(self._timeout):
                await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled():
                self._wake()  # it was our turn, and we are gone: the next one's
            raise

    def _wake(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
