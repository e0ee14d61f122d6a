"""Accounts, and who may get one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema
from users_service.models.base import Model


class User(Model):
    """An account. `version` rises with each change of what others see of it; a sign-in is none.

    A deleted account stays, without anything personal, because tasks and comments name it.
    """

    __tablename__ = "users"

    id: Mapped[int] = schema.own_id()
    username: Mapped[str]
    email: Mapped[str]
    pending_email: Mapped[str | None]  # where the address goes once the link that was sent there is used
    full_name: Mapped[str] = mapped_column(Text, server_default="")
    first_name: Mapped[str] = mapped_column(Text, server_default="")
    last_name: Mapped[str] = mapped_column(Text, server_default="")
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(Text, server_default="user")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    timezone: Mapped[str] = mapped_column(Text, server_default="UTC")
    locale: Mapped[str] = mapped_column(Text, server_default="en")
    date_joined: Mapped[datetime] = mapped_column(server_default=func.now())
    last_login: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    email_confirmed: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))

    __table_args__ = (
        CheckConstraint("role IN ('admin', 'user')", name="role"),
        CheckConstraint("deleted_at IS NULL OR NOT is_active", name="deleted_is_inactive"),
        Index("uq_users_username", text("lower(username)"), unique=True),
        Index("uq_users_email", text("lower(email)"), unique=True),
        Index("ix_users_active_admins", "id", postgresql_where=text("role = 'admin' AND is_active")),
    )


class Invitation(Model):
    """Who may register where registration is closed, and as what."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    role: Mapped[str] = mapped_column(Text, server_default="user")
    invited_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (CheckConstraint("role IN ('admin', 'user')", name="role"),)
