"""The tables that every service has, as mixins for its `models/`. Only migrations and tests import this."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Each service derives its own abstract base, with its own metadata."""

    __abstract__ = True
    type_annotation_map = {
        str: Text(),
        int: BigInteger(),
        datetime: DateTime(timezone=True),
    }


def metadata() -> MetaData:
    return MetaData(naming_convention=NAMING)


def own_id() -> Mapped[int]:
    """The primary key of a table that counts its rows by itself."""
    return mapped_column(BigInteger, Identity(always=True), primary_key=True)


class EventColumns:
    """One row for each change: the activity log, the audit trail and the outbox message in one."""

    __tablename__ = "events"

    id: Mapped[int] = own_id()
    event_id: Mapped[UUID]
    type: Mapped[str]
    subject_id: Mapped[int | None]
    version: Mapped[int | None] = mapped_column(Integer)
    actor_id: Mapped[int | None]
    audience: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    data: Mapped[Any] = mapped_column(JSON)
    request_id: Mapped[str]
    traceparent: Mapped[str]
    occurred_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published_at: Mapped[datetime | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (Index("ix_events_unpublished", "id", postgresql_where=text("published_at IS NULL")),)


class IdempotencyKeyColumns:
    """What a POST with an Idempotency-Key was answered, for 24 hours. `owner` 0 is anybody who is not signed in."""

    __tablename__ = "idempotency_keys"

    owner: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[Any] = mapped_column(JSON)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class ConsumedEventColumns:
    """The events that this service has taken in. For ever, not for a window: a replay of any age is recognised."""

    __tablename__ = "consumed_events"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)


class DeadLetterColumns:
    """A message that could not be handled, with the reason; `replay_at` asks the worker to try it again."""

    __tablename__ = "dead_letters"

    id: Mapped[int] = own_id()
    queue: Mapped[str]
    message_id: Mapped[str] = mapped_column(Text, index=True)
    routing_key: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str]
    attempts: Mapped[int] = mapped_column(Integer)
    died_at: Mapped[datetime] = mapped_column(server_default=func.now())
    replay_at: Mapped[datetime | None]


class HeartbeatColumns:
    """What the service's worker is doing, for the health check: written every two seconds."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    status: Mapped[str]
    beat_at: Mapped[datetime]


class PersonColumns:
    """People elsewhere: what this service remembers of the users service's accounts, from its events."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    username: Mapped[str]
    full_name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str] = mapped_column(Text, server_default="user")
    timezone: Mapped[str]
    locale: Mapped[str]
    is_active: Mapped[bool]
    version: Mapped[int] = mapped_column(Integer)
