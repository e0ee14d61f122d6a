"""Live updates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from notifications_service.models.base import Model
from shared import schema


class StreamEvent(Model):
    """One frame of the live stream. Cursors are given under a lock, so their order is that of the commits.

    `kind` is `task` (a version of one), `hanging` (what hangs on a task and leaves its version alone), `project`, or
    `notification`, which is live only. `topics` are what events are filtered by.
    """

    __tablename__ = "stream_events"

    cursor: Mapped[int] = schema.own_id()
    event_id: Mapped[UUID | None] = mapped_column(unique=True)
    kind: Mapped[str]
    task_id: Mapped[int | None]
    project_id: Mapped[int | None]
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    audience: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    frame: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_stream_events_task_id_cursor", "task_id", "cursor"),)


class StreamState(Model):
    """The one row that says which stream this is and up to which cursor it has been emptied."""

    __tablename__ = "stream_state"

    singleton: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    stream_id: Mapped[str]
    purged_to: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (CheckConstraint("singleton", name="one_row"),)


class TaskHead(Model):
    """The newest version of a task that the stream has shown: an older one is not shown after it. `people` made it or
    are assigned; none when it is in the trash."""

    __tablename__ = "task_heads"

    task_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer)
    project_id: Mapped[int | None]
    people: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))


class ProjectMember(Model):
    """Who belongs to a project elsewhere, and who did: an event that comes late finds the newer version."""

    __tablename__ = "project_members"

    project_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    is_member: Mapped[bool]
    version: Mapped[int] = mapped_column(Integer)


class Presence(Model):
    """Who is looking at which task, by API process; `seen_at` is renewed while that lives. Nothing to keep."""

    __tablename__ = "presence"

    task_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    process_id: Mapped[UUID] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_presence_process_id", "process_id"), {"prefixes": ["UNLOGGED"]})
