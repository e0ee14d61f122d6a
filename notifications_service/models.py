"""The whole database of the notifications service on one page. Only migrations and tests import it: at runtime the SQL
of each feature stands in its `queries.py`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema


class Model(schema.Model):
    __abstract__ = True
    metadata = schema.metadata()


class Notification(Model):
    """A row of somebody's inbox: one for each event, recipient and kind, however often the event arrives."""

    __tablename__ = "notifications"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID]
    recipient_id: Mapped[int]
    kind: Mapped[str]
    message: Mapped[str]
    task_id: Mapped[int | None]
    project_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    is_read: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("event_id", "recipient_id", "kind"),
        Index("ix_notifications_recipient_id_id", "recipient_id", "id"),
        Index("ix_notifications_unread", "recipient_id", "id", postgresql_where=text("NOT is_read")),
        Index("ix_notifications_read", "created_at", postgresql_where=text("is_read")),
    )


class Preferences(Model):
    """What a person set; no row means that everything is as it is by default. `matrix` holds only what was named:
    `{kind: {channel: whether}}`. Quiet hours are local times, `HH:MM`."""

    __tablename__ = "preferences"

    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    matrix: Mapped[Any] = mapped_column(JSONB)
    digest: Mapped[str]
    digest_hour: Mapped[int] = mapped_column(SmallInteger)
    quiet_from: Mapped[str | None]
    quiet_to: Mapped[str | None]
    version: Mapped[int] = mapped_column(Integer)


class Mute(Model):
    """A task or a project that a person does not want to hear of."""

    __tablename__ = "mutes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    user_id: Mapped[int]
    task_id: Mapped[int | None]
    project_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("num_nonnulls(task_id, project_id) = 1", name="one_thing"),
        UniqueConstraint("user_id", "task_id"),
        UniqueConstraint("user_id", "project_id"),
        Index("ix_mutes_user_id_id", "user_id", "id"),
    )


class StreamEvent(Model):
    """One frame of the live stream. Cursors are given under a lock, so their order is that of the commits.

    `kind` is `task`, which is replayed to who comes back, or `notification`, which is live only.
    """

    __tablename__ = "stream_events"

    cursor: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID | None] = mapped_column(unique=True)
    kind: Mapped[str]
    task_id: Mapped[int | None]
    audience: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    frame: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StreamState(Model):
    """The one row that says which stream this is and up to which cursor it has been emptied."""

    __tablename__ = "stream_state"

    singleton: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    stream_id: Mapped[str]
    purged_to: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (CheckConstraint("singleton", name="one_row"),)


class TaskHead(Model):
    """The newest version of a task that the stream has shown: an older one is not shown after it."""

    __tablename__ = "task_heads"

    task_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer)


class Event(schema.EventColumns, Model):
    pass


class IdempotencyKey(schema.IdempotencyKeyColumns, Model):
    pass


class ConsumedEvent(schema.ConsumedEventColumns, Model):
    pass


class DeadLetter(schema.DeadLetterColumns, Model):
    pass


class Heartbeat(schema.HeartbeatColumns, Model):
    pass


class Person(schema.PersonColumns, Model):
    pass
