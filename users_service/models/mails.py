"""Mails, and the links in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from users_service.models.base import Model


class Mail(Model):
    """A mail that is to leave. It holds no secret: the link is made when it is sent. `id` is in its Message-ID."""

    __tablename__ = "mails"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    give_up_at: Mapped[datetime]


class Link(Model):
    """The SHA-256 of a secret that was mailed, good once. `email` is where it went."""

    __tablename__ = "links"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    email: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)
