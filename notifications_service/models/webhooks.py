"""Webhooks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from notifications_service.models.base import Model
from shared import schema


class Webhook(Model):
    """An address that is told of what its owner may see. Secrets are encrypted with SECRETS_KEY; the one before counts
    until `old_secret_until`. `failing_since` is the first failure after the last success."""

    __tablename__ = "webhooks"

    id: Mapped[int] = schema.own_id()
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

    id: Mapped[int] = schema.own_id()
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
