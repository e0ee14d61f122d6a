"""What shows who somebody is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema
from users_service.models.base import Model


class Session(Model):
    """One sign-in: the family of all refresh tokens that descend from it. It ends with its newest refresh token."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(Text, server_default="")
    address: Mapped[str] = mapped_column(Text, server_default="")
    network: Mapped[str] = mapped_column(Text, server_default="")  # the address, or the /64 it is in
    last_used_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_sessions_live", "user_id", postgresql_where=text("revoked_at IS NULL")),
        Index("ix_sessions_user_id_network", "user_id", "network"),
    )


class RefreshToken(Model):
    """One link of the family. The token itself is not stored: it is the id and a code computed from it."""

    __tablename__ = "refresh_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    successor_id: Mapped[UUID | None]

    __table_args__ = (CheckConstraint("(used_at IS NULL) = (successor_id IS NULL)", name="successor"),)


class AccessToken(Model):
    """A personal access token. Its digest is a plain hash: what it is of is random. Revoking it deletes the row."""

    __tablename__ = "access_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_access_tokens_user_id_id", "user_id", "id"),)


class TwoFactor(Model):
    """Somebody's authenticator app. The secret is sealed with a key that follows from the signing key. `last_step` is
    the newest time step of which a code was accepted: neither it nor an older one is accepted again."""

    __tablename__ = "two_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    enabled_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(server_default=text("0"))


class RecoveryCode(Model):
    """A plain hash of a random code."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]


class Guess(Model):
    """A password or code that was tried and not right, for as long as it counts. `account` names the account, or what
    was typed in its place; `known` says that its owner has signed in from there before; `settled` that the outcome is
    certain."""

    __tablename__ = "guesses"

    id: Mapped[int] = schema.own_id()
    account: Mapped[str]
    network: Mapped[str]
    known: Mapped[bool]
    settled: Mapped[bool] = mapped_column(server_default=text("false"))
    made_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)

    __table_args__ = (Index("ix_guesses_account_made_at", "account", "made_at"),)
