"""PostgreSQL at runtime: a pool, and the unit of work that service functions are given.

SQLAlchemy declares the schema and migrates it; here the SQL runs on asyncpg directly, which is four times
the throughput. A single statement commits by itself in one round trip; several go in `async with session.begin()`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar, cast

import asyncpg
import orjson

from shared.logging import get_logger
from shared.pool import Pool

log = get_logger(__name__)

Record: TypeAlias = Mapping[str, Any]
"""A row, by column name (asyncpg.Record)."""

P = ParamSpec("P")
T = TypeVar("T")

DEADLOCK_TRIES = 5
COMMAND_TIMEOUT = 8.0  # seconds a statement may take before the request is answered 503
ACQUIRE_TIMEOUT = 4.0  # seconds a request waits for a connection of the pool
NOTIFY_PAUSE = 0.01  # seconds between two pokes, so that a burst of commits becomes few of them
OUTBOX = "outbox"  # the channel that the relay listens on
POKE = f"SELECT set_config('synchronous_commit', 'off', true), pg_notify('{OUTBOX}', '')"  # nothing to be kept

# What a statement raises when the database is away or restarting, as opposed to when it is wrong.
UNAVAILABLE: tuple[type[BaseException], ...] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)

# What leaves a connection in a state that nobody knows: its answer is still under way.
UNKNOWN_STATE = (asyncio.CancelledError, TimeoutError, OSError, GeneratorExit, asyncpg.InterfaceError)


class Database:
    """The pool of one process, and the pokes that tell listeners of a channel about new rows.

    The poke is a NOTIFY of its own after the commit, never inside the business transaction: there it would take a
    lock that all committing transactions share.
    """

    def __init__(self, url: str, *, pool_size: int = 10, name: str = "taskwire") -> None:
        self._url, self._name = url, name
        self._poked = asyncio.Event()
        self._notifier: asyncio.Task[None] | None = None
        self.pool = Pool(self._connect, pool_size, ACQUIRE_TIMEOUT)

    async def __aenter__(self) -> "Database":
        self._notifier = asyncio.create_task(self._notify(), name="notify")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._notifier
        self._notifier.cancel()
        await asyncio.gather(self._notifier, return_exceptions=True)
        await self.pool.close()

    async def _connect(self) -> Any:
        connection = await asyncpg.connect(
            self._url,
            timeout=5,
            command_timeout=COMMAND_TIMEOUT,
            statement_cache_size=500,
            max_cached_statement_lifetime=0,
            server_settings=server_settings(self._name),
        )
        # `jsonb` is Python's dicts and lists on both ways; `json` stays the text that it is.
        await connection.set_type_codec("jsonb", encoder=_to_json, decoder=orjson.loads, schema="pg_catalog")
        return connection

    def session(self) -> "Session":
        return Session(self)

    def poke(self) -> None:
        """Wakes the relay soon. Costs nothing here and may be lost: the relay polls as well."""
        self._poked.set()

    async def _notify(self) -> None:
        while True:
            await self._poked.wait()
            self._poked.clear()
            with contextlib.suppress(*UNAVAILABLE):
                await self.session().execute(POKE)
            await asyncio.sleep(NOTIFY_PAUSE)


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def server_settings(name: str) -> dict[str, str]:
    """Bounds for everything that could hang: a statement, a lock, a forgotten transaction."""
    return {
        "application_name": name,
        "timezone": "UTC",
        "statement_timeout": "10000",
        "lock_timeout": "5000",
        "idle_in_transaction_session_timeout": "30000",
        "jit": "off",
        "work_mem": "16MB",  # a bitmap that has no room forgets the rows and keeps the pages
    }


async def connect(url: str, name: str) -> asyncpg.Connection:
    """A connection of its own, for LISTEN and advisory locks; the caller closes it."""
    return await asyncpg.connect(url, timeout=5, command_timeout=COMMAND_TIMEOUT, server_settings=server_settings(name))


def again_when_deadlocked(function: Callable[Concatenate["Session", P], Awaitable[T]]) -> Callable[..., Awaitable[T]]:
    """A function of a session that begins anew when PostgreSQL ended its transaction, to undo a deadlock or because of
    what another one did in that moment."""

    @wraps(function)
    async def run(session: "Session", *args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(DEADLOCK_TRIES - 1):
            try:
                return await function(session, *args, **kwargs)
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                if session.in_transaction:
                    raise
        return await function(session, *args, **kwargs)

    return run


class Session:
    """The unit of work. Statements commit one by one, or together inside `begin()`; an inner `begin()` joins."""

    __slots__ = ("_connection", "_later", "_poke", "database", "memo")

    def __init__(self, database: Database) -> None:
        self.database = database
        self._connection: asyncpg.Connection | None = None
        self._later: dict[str, list[tuple[Any, ...]]] = {}
        self._poke = False
        self.memo: dict[str, Any] = {}  # what was looked up in the transaction under way, so as not to look again

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["Session"]:
        if self._connection is not None:
            yield self
            return
        pool = self.database.pool
        connection = self._connection = await pool.acquire()
        failure: BaseException | None = None
        try:
            async with connection.transaction():
                yield self
                for sql, rows in self._later.items():
                    await connection.executemany(sql, rows)
        except BaseException as error:
            failure = error
            raise
        finally:
            self._connection = None
            self._later, self.memo = {}, {}
            pool.release(connection, failure if isinstance(failure, UNKNOWN_STATE) else None)
        if self._poke:
            self.database.poke()

    @property
    def in_transaction(self) -> bool:
        return self._connection is not None

    def event_recorded(self) -> None:
        """Says that a statement wrote an event: the relay is woken once that is committed."""
        if self._connection is None:
            self.database.poke()
        self._poke = True

    async def fetch(self, sql: str, *args: Any) -> list[Record]:
        return cast(list[Record], await self._run("fetch", sql, args))

    async def fetchrow(self, sql: str, *args: Any) -> Record | None:
        return cast(Record | None, await self._run("fetchrow", sql, args))

    async def fetchval(self, sql: str, *args: Any) -> Any:
        return await self._run("fetchval", sql, args)

    async def execute(self, sql: str, *args: Any) -> int:
        """The number of rows that the statement touched."""
        count = str(await self._run("execute", sql, args)).rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    def execute_later(self, sql: str, *args: Any) -> None:
        """Runs the statement at the end of the transaction under way; those of one text go in one round trip."""
        assert self._connection is not None, "only inside begin()"
        self._later.setdefault(sql, []).append(args)

    async def _run(self, method: str, sql: str, args: tuple[Any, ...]) -> Any:
        if self._connection is not None:
            return await getattr(self._connection, method)(sql, *args)
        pool = self.database.pool
        connection = await pool.acquire()
        failure: BaseException | None = None
        try:
            return await getattr(connection, method)(sql, *args)
        except BaseException as error:
            failure = error
            raise
        finally:
            pool.release(connection, failure)
