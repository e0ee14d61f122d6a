"""The log behind the live stream: a row for each frame, in the order in which sockets send them.

Rows are appended under a lock that lasts until the commit. So whoever has read up to a cursor will never find an older
one later, and a position in the stream is one number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from notifications_service.settings import Settings
from notifications_service.stream import queries
from notifications_service.stream.errors import CursorTooOld
from notifications_service.stream.frames import framed, notification_frame, parts_of
from notifications_service.stream.narrowing import EVERYTHING, Rule
from notifications_service.topics import Visible, topics_of
from shared.auth import Principal
from shared.database import Record, Session
from shared.states import TaskChange
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
    """What a client gets as one message: `text` is JSON, `wire` the same as sockets write it, made once for all.
    `topics` is empty for what is not filtered, as `ready` and notifications are not."""

    cursor: int
    text: str
    wire: bytes
    task_id: int | None = None
    project_id: int | None = None
    topics: Sequence[str] = ()

    @classmethod
    def at(cls, position: Position, row: Record) -> "Frame":
        """The frame with its cursor, which is not known before it is stored."""
        text = f'{row["frame"][:-1]},"cursor":"{position}"}}'
        return cls(position.number, text, framed(text.encode()), row["task_id"], row["project_id"], row["topics"])

    @classmethod
    def told(cls, text: str, cursor: int = ID_MAX) -> "Frame":
        """What is not in the log."""
        return cls(cursor, text, framed(text.encode()))


@dataclass(slots=True, frozen=True)
class Page:
    """`end` is where to go on from. `more` says that there may be more already."""

    frames: list[Frame]
    end: Position
    more: bool


def append(session: Session, event: Visible, notifications: Sequence[Record]) -> None:
    """Adds the event, unless a newer version of its task was shown before, and who was told of it. One statement, run
    with those of the other events when the transaction ends."""
    parts = parts_of(event)
    task, project = getattr(event.data, "task", None), getattr(event.data, "project", None)
    kind = "project" if task is None else "task" if isinstance(event.data, TaskChange) else "hanging"
    people = [] if task is None or event.type == "task.deleted" else [task.created_by, *task.assignee_ids]
    session.execute_later(
        queries.APPEND,
        kind,
        task and task.id,
        task and task.version,
        event.id,
        event.audience,
        parts.head,
        parts.task,
        parts.tail,
        topics_of(event),
        project.id if project else task and task.project_id,
        people,
        [row["recipient_id"] for row in notifications],
        [notification_frame(row) for row in notifications],
    )


def append_notifications(session: Session, notifications: Sequence[Record]) -> None:
    """Adds rows of inboxes that came without an event, at the end of the transaction under way."""
    recipients = [row["recipient_id"] for row in notifications]
    tasks = [row["task_id"] for row in notifications]
    session.execute_later(
        queries.APPEND_NOTIFICATIONS, tasks, recipients, [notification_frame(r) for r in notifications]
    )


async def read(
    session: Session,
    principal: Principal,
    after: Position | None,
    limit: int,
    up_to: int = ID_MAX,
    only: Rule = EVERYTHING,
) -> Page:
    """What the principal may see after that position, oldest first; from the oldest kept without one.

    Raises CursorTooOld when something after it is gone, or when it is no position of this stream.
    """
    start = after.number if after else 0
    sql = queries.read(only.task_id is not None, only.project_id is not None, bool(only.events))
    wanted = (only.task_id, only.project_id, list(only.events))
    rows = await session.fetch(sql, start, up_to, principal.id, principal.is_admin, limit, *wanted)
    state = rows[0]
    stream_id: str = state["stream_id"]
    if after and not (after.stream_id == stream_id and state["purged_to"] <= start <= state["tail"]):
        raise CursorTooOld
    found = [row for row in rows if row["cursor"] is not None]
    frames = [Frame.at(Position(stream_id, row["cursor"]), row) for row in found]
    more = len(frames) == limit
    end = frames[-1].cursor if more else max(start, min(state["tail"], up_to))
    return Page(frames, Position(stream_id, end), more)


async def identity(session: Session) -> str:
    """Which stream this is: the first half of its cursors."""
    stream_id: str = await session.fetchval(queries.IDENTITY)
    return stream_id


async def purge(session: Session, settings: Settings) -> bool:
    """Removes what is older than STREAM_RETENTION_DAYS; whether there may be more."""
    return await session.execute(queries.PURGE, settings.stream_retention_days) > 0
