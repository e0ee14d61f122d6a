"""The whole database of the notifications service on one page. Only migrations and tests import it: at runtime the SQL
of each feature stands in its `queries.py`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB
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


class Mail(Model):
    """One e-mail to one person. What is told in it are its items.

    While `bundle` is set, more may join (`task:7`: changes of one task; `later`: until a digest or the end of quiet
    hours). `status` is pending, sent, failed or suppressed (not wanted any more, or no address to send to). `send_at`
    is when to try next: while a try is under way, when it counts as lost.
    """

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    recipient_id: Mapped[int]
    bundle: Mapped[str | None]
    template: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="pending")
    is_planned: Mapped[bool] = mapped_column(server_default=text("false"))
    send_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    reason: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_mails_pending", "send_at", postgresql_where=text("status = 'pending'")),
        Index("ix_mails_open", "recipient_id", "bundle", unique=True, postgresql_where=text("bundle IS NOT NULL")),
        Index("ix_mails_done", "done_at", postgresql_where=text("done_at IS NOT NULL")),
    )


class MailItem(Model):
    """What one event has to say in a mail: one for each event, recipient and kind, however often the event arrives."""

    __tablename__ = "mail_items"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("mails.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[UUID]
    recipient_id: Mapped[int]
    kind: Mapped[str]
    message: Mapped[str]
    task_id: Mapped[int | None]
    details: Mapped[Any] = mapped_column(JSON)
    happened_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("event_id", "recipient_id", "kind"),)


class MailPause(Model):
    """An address that refused a mail for good: nothing is sent to it until the person has another one."""

    __tablename__ = "mail_pauses"

    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    email: Mapped[str]
    reason: Mapped[str]
    paused_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MailTemplate(Model):
    """Administrators' words for mails of one kind. After a reset the row stays without words, so that versions rise."""

    __tablename__ = "mail_templates"

    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str | None]
    text: Mapped[str | None]
    html: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(Integer)


class StreamEvent(Model):
    """One frame of the live stream. Cursors are given under a lock, so their order is that of the commits.

    `kind` is `task` (a version of one), `hanging` (what hangs on a task and leaves its version alone), `project`, or
    `notification`, which is live only. `topics` are what events are filtered by.
    """

    __tablename__ = "stream_events"

    cursor: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
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


class Webhook(Model):
    """An address that is told of what its owner may see. Secrets are encrypted with SECRETS_KEY; the one before counts
    until `old_secret_until`. `failing_since` is the first failure after the last success."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    owner_id: Mapped[int]
    owner_is_admin: Mapped[bool]
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    project_id: Mapped[int | None]
    format: Mapped[str]
    description: Mapped[str] = mapped_column(Text, server_default=text("''"))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    disabled_reason: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_webhooks_owner_id_id", "owner_id", "id"),
        Index("ix_webhooks_of_admins", "id", postgresql_where=text("owner_is_admin AND is_active")),
    )


class WebhookDelivery(Model):
    """One event on its way to one webhook, and how that went: `history` has each attempt. While it is pending,
    `next_attempt_at` is when it is due, or until when somebody who is sending it has it for themselves."""

    __tablename__ = "webhook_deliveries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[UUID]
    event_type: Mapped[str]
    payload: Mapped[str]
    status: Mapped[str] = mapped_column(Text, server_default=text("'pending'"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_attempt_at: Mapped[datetime | None] = mapped_column(server_default=func.now())
    response_status: Mapped[int | None] = mapped_column(Integer)
    response_excerpt: Mapped[str | None]
    error: Mapped[str | None]
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    history: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        CheckConstraint("status IN ('pending', 'delivered', 'failed')", name="known_status"),
        Index("ix_webhook_deliveries_webhook_id_id", "webhook_id", "id"),
        Index(
            "ix_webhook_deliveries_due", "webhook_id", "next_attempt_at", postgresql_where=text("status = 'pending'")
        ),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )


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
