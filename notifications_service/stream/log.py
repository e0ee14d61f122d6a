"""The log behind the live stream: a row for each frame, in the order in which sockets send them.

Rows are appended under a lock that lasts until the commit. So whoever has read up to a cursor will never find an older
one later, and a position in the stream is one number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from notifications_service.errors import CursorTooOld
from notifications_service.settings import Settings
from notifications_service.stream import queries
from shared.auth import Principal
from shared.database import Record, Session
from shared.events import TaskEvent
from shared.responses import encode
from shared.text import ID_MAX

CURSOR = re.compile(r"([0-9a-f]{12})-(0|[1-9][0-9]{0,18})")


@dataclass(slots=True, frozen=True)
class Position:
    """A place in the stream: everything up to `number` has been seen. Its text is the cursor that clients keep."""

    stream_id: str
    number: int

    def __str__(self) -> str:
        return f"{self.stream_id}-{self.number}"

    @classmethod
    def parse(cls, cursor: str) -> "Position | None":
        """None for what was never a cursor."""
        match = CURSOR.fullmatch(cursor)
        if match is None or int(match[2]) > ID_MAX:
            return None
        return cls(match[1], int(match[2]))


@dataclass(slots=True, frozen=True)
class Frame:
    """What a client gets as one message: `text` is JSON, `size` its bytes."""

    cursor: int
    text: str
    size: int

    @classmethod
    def at(cls, position: Position, stored: str) -> "Frame":
        """The frame with its cursor, which is not known before it is stored."""
        text = f'{stored[:-1]},"cursor":"{position}"}}'
        return cls(position.number, text, len(text.encode()))


@dataclass(slots=True, frozen=True)
class Page:
    """`end` is where to go on from. `more` says that there may be more already."""

    frames: list[Frame]
    end: Position
    more: bool


async def append(session: Session, event: TaskEvent, notifications: Sequence[Record]) -> None:
    """Adds the event, unless a newer version of its task was shown before, and who was told of it. One statement, run
    with those of the other events when the transaction ends."""
    task = event.data.task
    recipients = [row["recipient_id"] for row in notifications]
    frames = [notification_frame(row) for row in notifications]
    session.execute_later(
        queries.APPEND, task.id, task.version, event.id, event.audience, task_frame(event), recipients, frames
    )


def append_notifications(session: Session, notifications: Sequence[Record]) -> None:
    """Adds rows of inboxes that came without a change of a task, at the end of the transaction under way."""
    recipients = [row["recipient_id"] for row in notifications]
    tasks = [row["task_id"] for row in notifications]
    session.execute_later(
        queries.APPEND_NOTIFICATIONS, tasks, recipients, [notification_frame(r) for r in notifications]
    )


def task_frame(event: TaskEvent) -> str:
    frame = {
        "type": "task_update",
        "action": event.type.replace(".", "_"),
        "task": event.data.task.model_dump(),
        "changes": {name: change.model_dump(by_alias=True) for name, change in event.data.changes.items()},
        "event_id": event.id,
        "actor_id": event.actor,
        "occurred_at": event.time,
    }
    return encode(frame).decode()


def notification_frame(row: Record) -> str:
    shown: dict[str, Any] = {name: value for name, value in row.items() if name != "recipient_id"}
    return encode({"type": "notification", "action": "notification_created", "notification": shown}).decode()


async def read(session: Session, principal: Principal, after: Position | None, limit: int, up_to: int = ID_MAX) -> Page:
    """What the principal may see after that position, oldest first; from the oldest kept without one.

    Raises CursorTooOld when something after it is gone, or when it is no position of this stream.
    """
    start = after.number if after else 0
    rows = await session.fetch(queries.READ, start, up_to, principal.id, principal.is_admin, limit)
    state = rows[0]
    stream_id: str = state["stream_id"]
    if after and not (after.stream_id == stream_id and state["purged_to"] <= start <= state["tail"]):
        raise CursorTooOld
    found = [row for row in rows if row["cursor"] is not None]
    frames = [Frame.at(Position(stream_id, row["cursor"]), row["frame"]) for row in found]
    more = len(frames) == limit
    end = frames[-1].cursor if more else max(start, min(state["tail"], up_to))
    return Page(frames, Position(stream_id, end), more)


async def purge(session: Session, settings: Settings) -> bool:
    """Removes what is older than STREAM_RETENTION_DAYS; whether there may be more."""
    return await session.execute(queries.PURGE, settings.stream_retention_days) > 0
