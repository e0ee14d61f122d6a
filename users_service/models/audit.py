"""The audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, func, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema
from users_service.models.base import Model


class AuditEntry(Model):
    """Who did what to whom, and what was refused. `count` is above one where many alike were summed up."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = schema.own_id()
    occurred_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    action: Mapped[str]
    actor_id: Mapped[int | None]
    target: Mapped[str | None]
    address: Mapped[str]
    request_id: Mapped[str]
    count: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    details: Mapped[Any] = mapped_column(JSON)

    __table_args__ = (
        Index("ix_audit_entries_actor_id_id", "actor_id", "id"),
        Index("ix_audit_entries_action_id", "action", "id"),
    )
