"""What the audit trail must hear of: refusals of every service, and acts of administrators outside the users service.

They are noted in memory and handed over once a second, so that whoever sends garbage makes us write little. Of those
alike (the same action, person and network) the first twenty of a minute stand singly; the rest become one entry with a
count when the minute is over. There is a bound on everything. A process that is killed loses what it noted in the last
second, and the counts of the minute.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.types import Scope

from shared import context
from shared.addresses import network_of
from shared.errors import Problem
from shared.http import PeerClient
from shared.logging import get_logger
from shared.scopes import ADMIN
from shared.text import ID_MAX

log = get_logger(__name__)

SINGLY = 20  # of a kind, in a minute
ALL_SINGLY = 300  # of all kinds, in a minute
KINDS = 300  # that are told apart in a minute
BATCH = 200
WAITING = 5000  # while the users service is away; what comes then is counted only in the log
EVERY = 1.0  # seconds

MANY = "many"
"""Stands for the address where there are too many to tell them apart."""


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    action: Annotated[str, Field(max_length=100)]
    occurred_at: datetime
    actor_id: Annotated[int, Field(ge=1, le=ID_MAX)] | None
    target: Annotated[str, Field(max_length=300)] | None
    address: Annotated[str, Field(max_length=100)]
    request_id: Annotated[str, Field(max_length=128)]
    count: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1
    details: dict[str, str] = {}


class Entries(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entries: Annotated[list[Entry], Field(max_length=BATCH)]


Keep = Callable[[list[Entry]], Awaitable[None]]
"""Keeps the entries for good, or raises."""


def tell(users: PeerClient) -> Keep:
    """Hands entries to the users service, whose table the trail is."""

    async def keep(entries: list[Entry]) -> None:
        body = Entries(entries=entries).model_dump_json()
        answer = await users.post("/internal/audit", content=body, headers={"Content-Type": "application/json"})
        if answer.status_code >= 500:
            answer.raise_for_status()

    return keep


class Trail:
    """Notes of one process on their way to the trail."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._handing_over = asyncio.Lock()
        self._waiting: list[Entry] = []
        self._lost = 0
        self._begin_minute()

    def _begin_minute(self) -> None:
        self._minute = time.monotonic()
        self._seen: Counter[tuple[Any, ...]] = Counter()
        self._singly = 0
        self._summed: dict[tuple[Any, ...], Entry] = {}

    def note(self, action: str, *, actor_id: int | None = None, target: str | None = None, **details: str) -> None:
        """Notes that it happened, now and in this request. `details` never hold a secret."""
        now = context.get()
        address = now.address[:100]
        key = (action, actor_id, network_of(address))
        if key not in self._seen and len(self._seen) >= KINDS:
            key, address, actor_id = (action, None, MANY), MANY, None
        self._seen[key] += 1
        if self._seen[key] > SINGLY or self._singly >= ALL_SINGLY:
            self._sum_up(key, action, actor_id, address, now.request_id)
            return
        self._singly += 1
        self._waiting.append(
            Entry(
                action=action,
                occurred_at=datetime.now(UTC),
                actor_id=actor_id,
                target=target and target[:300],
                address=address,
                request_id=now.request_id,
                details=details,
            )
        )

    def _sum_up(self, key: tuple[Any, ...], action: str, actor_id: int | None, address: str, request_id: str) -> None:
        entry = self._summed.get(key)
        if entry is None:
            self._summed[key] = Entry(
                action=action,
                occurred_at=datetime.now(UTC),
                actor_id=actor_id,
                target=None,
                address=address,
                request_id=request_id,
            )
        else:
            entry.count += 1

    async def run(self) -> None:
        """Hands over until it is cancelled, and then what is left."""
        try:
            while True:
                await asyncio.sleep(EVERY)
                if time.monotonic() - self._minute >= 60:
                    self._close_minute()
                await self.flush()
        finally:
            self._close_minute()
            await self.flush()

    def _close_minute(self) -> None:
        self._waiting += self._summed.values()
        self._begin_minute()

    async def flush(self) -> None:
        """Hands over what waits. What cannot be kept waits for the next time, within a bound."""
        async with self._handing_over:  # two at once would hand over the same
            while self._waiting:
                if not await self._hand_over(self._waiting[:BATCH]):
                    return
        if self._lost:
            log.error("audit entries were lost", lost=self._lost)
            self._lost = 0

    async def _hand_over(self, batch: list[Entry]) -> bool:
        try:
            await self._keep(batch)
        except Exception as error:
            log.warning("audit entries wait", waiting=len(self._waiting), error=repr(error))
            self._lost += max(0, len(self._waiting) - WAITING)
            del self._waiting[WAITING:]
            return False
        del self._waiting[: len(batch)]
        return True


def note_refusal(request: Request, error: Problem) -> None:
    """Notes a refusal for want of identity or right. Addresses are named as the route has them, with ids: what else
    stands in one may be a secret."""
    trail: Trail | None = getattr(request.app.state, "trail", None)
    if trail is None or not error.is_refusal:
        return
    principal, about = request.scope.get("principal"), getattr(error, "user_id", None)
    operation = f"{request.method[:10]} {_plain_path(request.scope)}"
    target = operation if about is None else f"user/{about}"
    actor_id = None if principal is None else principal.id
    trail.note(f"refused.{error.code}", actor_id=actor_id, target=target, operation=operation)


def note_act(trail: Trail, scope: Scope) -> None:
    """Notes what was done by an operation that is for administrators. The users service needs no such notes: there an
    act is written in its own transaction."""
    route, principal = scope.get("route"), scope.get("principal")
    if principal is not None and ADMIN in (getattr(route, "token_scopes", None) or ()):
        target = f"{scope['method'][:10]} {_plain_path(scope)}"
        trail.note(f"admin.{getattr(route, 'name', 'act')}", actor_id=principal.id, target=target)


def _plain_path(scope: Scope) -> str:
    path = getattr(scope.get("route"), "path", "(no such address)")
    for name, value in scope.get("path_params", {}).items():
        text = str(value)
        if len(text) <= 36 and text.replace("-", "").isalnum() and (text.isdecimal() or text.count("-") == 4):
            path = path.replace(f"{{{name}}}", text)
    return str(path)
