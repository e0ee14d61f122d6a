"""E-mail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from notifications_service.models.base import Model
from shared import schema


class Mail(Model):
    """One e-mail to one person. What is told in it are its items.

    While `bundle` is set, more may join (`task:7`: changes of one task; `later`: until a digest or the end of quiet
    hours). `status` is pending, sent, failed or suppressed (not wanted any more, or no address to send to). `send_at`
    is when to try next: while a try is under way, when it counts as lost.
    """

    __tablename__ = "mails"

    id: Mapped[int] = schema.own_id()
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

    id: Mapped[int] = schema.own_id()
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
