"""Dead letters: messages that could not be handled, kept as rows with the reason until somebody has them replayed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import asyncpg

from shared.bus import Message
from shared.database import Session, connect

ADD = """
INSERT INTO dead_letters (queue, message_id, routing_key, body, reason, attempts)
SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (
    SELECT FROM dead_letters WHERE queue = $1 AND message_id = $2 AND body = $4)
"""
LIST = """
SELECT id, queue, message_id, routing_key, reason, attempts, died_at, replay_at FROM dead_letters
WHERE id > $1 ORDER BY id LIMIT $2
"""
COUNT = "SELECT count(*) FROM dead_letters"
GET = """
SELECT id, queue, message_id, routing_key, reason, attempts, died_at, replay_at, body FROM dead_letters WHERE id = $1
"""
REQUEST = "UPDATE dead_letters SET replay_at = now() WHERE $1::bigint[] IS NULL OR id = ANY($1)"
DUE = """
SELECT id, message_id, routing_key, body FROM dead_letters
WHERE replay_at IS NOT NULL ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
"""
DONE = "DELETE FROM dead_letters WHERE id = $1"
FAILED = "UPDATE dead_letters SET replay_at = NULL, attempts = attempts + 1, reason = $2 WHERE id = $1"
PAGE = 1000


@dataclass(slots=True, frozen=True)
class DeadLetter:
    id: int
    queue: str
    message_id: str
    routing_key: str
    reason: str
    attempts: int
    died_at: datetime
    replay_at: datetime | None


class Replayer(Protocol):
    async def replay(self, message: Message) -> str | None: ...


async def add(session: Session, queue: str, message: Message, message_id: str, reason: str, attempts: int) -> None:
    names = [_storable(text) for text in (message_id, message.routing_key)]
    await session.execute(ADD, queue, *names, message.body, _storable(reason), attempts)


def _storable(text: str) -> str:
    """Without what PostgreSQL has no place for: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


async def list_dead(database_url: str) -> list[DeadLetter]:
    """All dead letters of a service's database, oldest first."""
    connection = await connect(database_url, "taskwire-dlq")
    try:
        found: list[DeadLetter] = []
        while rows := await connection.fetch(LIST, found[-1].id if found else 0, PAGE):
            found += [DeadLetter(**row) for row in rows]
        return found
    finally:
        await connection.close()


async def request_replay(database_url: str, ids: list[int] | None = None) -> int:
    """Asks the worker to try these (or all) once more; the number of letters that were marked."""
    connection: asyncpg.Connection = await connect(database_url, "taskwire-dlq")
    try:
        status: str = await connection.execute(REQUEST, ids)
        return int(status.rpartition(" ")[2])
    finally:
        await connection.close()


async def read_dead(database_url: str, letter_id: int) -> bytes | None:
    """The message itself; None when there is no such letter."""
    connection: asyncpg.Connection = await connect(database_url, "taskwire-dlq")
    try:
        row = await connection.fetchrow(GET, letter_id)
        return bytes(row["body"]) if row else None
    finally:
        await connection.close()


async def discard_dead(database_url: str, letter_id: int) -> bool:
    """Removes a letter for good; whether there was one."""
    connection: asyncpg.Connection = await connect(database_url, "taskwire-dlq")
    try:
        return bool(await connection.execute(DONE, letter_id) == "DELETE 1")
    finally:
        await connection.close()


async def replay_requested(session: Session, consumer: Replayer) -> bool:
    """One turn of the worker's loop: tries what was asked for; those that fail again stay, with the new reason."""
    async with session.begin():
        rows = await session.fetch(DUE)
        for row in rows:
            reason = await consumer.replay(Message(row["message_id"], row["routing_key"], row["body"]))
            if reason is None:
                await session.execute(DONE, row["id"])
            else:
                await session.execute(FAILED, row["id"], _storable(reason))
    return bool(rows)
