"""What people are told, and what they want to be told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from notifications_service.models.base import Model
from shared import schema


class Notification(Model):
    """A row of somebody's inbox: one for each event, recipient and kind, however often the event arrives."""

    __tablename__ = "notifications"

    id: Mapped[int] = schema.own_id()
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

    id: Mapped[int] = schema.own_id()
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
