"""The token of an offline client: which transactions it has seen the effects of, as PostgreSQL's own snapshot.

A moment or a greatest id would not do: what is written first is not always committed first. A snapshot says exactly
which transactions were committed when it was taken, so what is not visible in it is what the client has not got.
"""

import base64
import binascii
from dataclasses import dataclass, replace

import orjson

from shared.auth import Principal
from shared.errors import Unprocessable
from tasks_service.sync.errors import SyncTokenExpired

MAX_LENGTH = 4000
MAX_RUNNING = 200  # transactions in a token; with more of them under way some changes are sent twice
TRANSACTION_MAX = 2**63 - 1


@dataclass(slots=True, frozen=True)
class Snapshot:
    """What was committed at a moment: every transaction below `below` but those in `running`."""

    lowest: int
    below: int
    running: tuple[int, ...]
    taken_at: int  # seconds since 1970

    @classmethod
    def read(cls, text: str, taken_at: int) -> "Snapshot":
        """From PostgreSQL's form, `10:20:10,14,15`. Raises ValueError for anything else."""
        lowest, below, listed = text.split(":")
        running = [int(one) for one in listed.split(",")] if listed else []
        snapshot = cls(int(lowest), int(below), tuple(running), taken_at)
        ordered = [snapshot.lowest, *running, snapshot.below]
        if not 0 < snapshot.lowest <= snapshot.below <= TRANSACTION_MAX or ordered != sorted(ordered):
            raise ValueError(text)
        if len(running) != len(set(running)) or snapshot.below in running:
            raise ValueError(text)
        return snapshot

    def __str__(self) -> str:
        return f"{self.lowest}:{self.below}:{','.join(map(str, self.running))}"

    def bounded(self) -> "Snapshot":
        """One that fits into a token: as if nothing later than the oldest running transaction had been seen."""
        if len(self.running) <= MAX_RUNNING:
            return self
        return replace(self, below=self.lowest, running=())


@dataclass(slots=True, frozen=True)
class Token:
    """`seen` is what the client had when the walk began that it is on, None for nothing; `walk` the snapshot of that
    walk's first page, None between two walks; `after` the id of the last task of the page before; `system` the cluster
    that counts the transactions."""

    seen: Snapshot | None = None
    walk: Snapshot | None = None
    after: int = 0
    system: str = ""

    def encode(self, principal: Principal, system: str) -> str:
        parts = [[str(s), s.taken_at] if s else None for s in (self.seen, self.walk)]
        body = [_owner(principal), system, *parts, self.after]
        return base64.urlsafe_b64encode(orjson.dumps(body)).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, principal: Principal) -> "Token":
        """Refuses with 422 what is no token of this user."""
        try:
            owner, system, seen, walk, after = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if owner[:2] != _owner(principal)[:2] or type(after) is not int or not 0 <= after <= TRANSACTION_MAX:
                raise ValueError(text)
            if owner != _owner(principal):
                raise SyncTokenExpired
            return cls(_snapshot(seen), _snapshot(walk), after, system)
        except (ValueError, TypeError, AttributeError, binascii.Error, UnicodeEncodeError):
            raise Unprocessable.at("/token", "is not a token of yours from this operation") from None

    def require(self, system: str, now: int, days: int) -> None:
        """Refuses with 410 to go on from a token that is too old or was made before the database was restored."""
        snapshots = [snapshot for snapshot in (self.seen, self.walk) if snapshot is not None]
        too_old = any(snapshot.taken_at < now - days * 86_400 for snapshot in snapshots)
        if snapshots and (too_old or self.system != system):
            raise SyncTokenExpired


def _snapshot(part: list[str | int] | None) -> Snapshot | None:
    if part is None:
        return None
    text, taken_at = part
    if not isinstance(text, str) or type(taken_at) is not int or not text.isascii() or "_" in text or " " in text:
        raise ValueError(part)
    return Snapshot.read(text, taken_at)


def _owner(principal: Principal) -> list[str | bool]:
    """Whose token it is, and with which role: another role sees other tasks."""
    return ["sync", str(principal.id), principal.is_admin]
