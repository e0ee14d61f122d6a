"""Answers that are given again while nothing was committed.

Two equal snapshots of PostgreSQL are of the same state: whatever commits in between, in whatever process, makes them
differ. So an answer that follows from the database alone is kept with the snapshot that was taken before it was read,
and given again as long as the snapshot of now is the same. That costs one tiny statement in place of the work, and
nobody ever sees an older state than the database would show. Answers that follow from the clock as well are not for
this.

Most of the time there is either much reading or much writing. Where others write all the time, a look at the snapshot
is of no use; so after each one that was not, longer pauses are made.
"""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from starlette.responses import Response

from shared.database import Session

SNAPSHOT = "SELECT pg_current_snapshot()::text"
CAPACITY = 8 * 1024 * 1024  # bytes of bodies
LONGEST_PAUSE = 64  # requests

State = tuple[str, int]


@dataclass(slots=True)
class _Answer:
    state: State | None = None
    body: bytes = b""
    headers: dict[str, str] | None = None


class UnchangedAnswers:
    """The answers of one process, the oldest forgotten first. An answer is kept from the second request for it on."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity, self._size = capacity, 0
        self._answers: dict[Hashable, _Answer] = {}
        self._useless = self._pause = 0

    async def answer(self, session: Session, key: Hashable, make: Callable[[], Awaitable[Response]]) -> Response:
        """What `make` answers with, a JSON body with status 200, or has answered in this state of the database."""
        answer = self._answers.get(key)
        if answer is None:
            self._keep(key, _Answer())
            return await make()
        if self._pause:
            self._pause -= 1
            return await make()
        state = await self._look(session)
        if answer.state == state:
            self._useless = 0
            return Response(answer.body, headers=answer.headers, media_type="application/json")
        if answer.state is not None:
            self._useless += 1
            self._pause = min(2**self._useless, LONGEST_PAUSE)
        response = await make()
        link = response.headers.get("link")
        self._keep(key, _Answer(state, bytes(response.body), {"Link": link} if link else None))
        return response

    async def _look(self, session: Session) -> State:
        """Connections that were opened since tell of a crash of the server, after which snapshots may come again."""
        return await session.fetchval(SNAPSHOT), session.database.pool.opened

    def _keep(self, key: Hashable, answer: _Answer) -> None:
        if former := self._answers.pop(key, None):
            self._size -= _size(former)
        self._answers[key] = answer
        self._size += _size(answer)
        while self._size > self._capacity:
            self._size -= _size(self._answers.pop(next(iter(self._answers))))


def _size(answer: _Answer) -> int:
    return 500 + len(answer.body)  # with the key and what else belongs to it
