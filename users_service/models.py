"""The whole database of the users service on one page. Only migrations and tests import it: at runtime the SQL of each
feature stands in its `queries.py`."""

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
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema


class Model(schema.Model):
    __abstract__ = True
    metadata = schema.metadata()


class User(Model):
    """An account. `version` rises with each change of what others see of it; a sign-in is none.

    A deleted account stays, without anything personal, because tasks and comments name it.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
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

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account: Mapped[str]
    network: Mapped[str]
    known: Mapped[bool]
    settled: Mapped[bool] = mapped_column(server_default=text("false"))
    made_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)

    __table_args__ = (Index("ix_guesses_account_made_at", "account", "made_at"),)


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


class AuditEntry(Model):
    """Who did what to whom, and what was refused. `count` is above one where many alike were summed up."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
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


class OidcIdentity(Model):
    """Whom a provider knows by this subject."""

    __tablename__ = "oidc_identities"

    issuer: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OidcAttempt(Model):
    """The answer of a provider that was used: it is not used again. The attempt itself is in the browser's cookie."""

    __tablename__ = "oidc_attempts"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OidcCode(Model):
    """What the browser changes into tokens after it came back: hashes of the code and of the browser's cookie."""

    __tablename__ = "oidc_codes"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser: Mapped[bytes] = mapped_column(LargeBinary)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Event(schema.EventColumns, Model):
    pass


class IdempotencyKey(schema.IdempotencyKeyColumns, Model):
    pass


class Heartbeat(schema.HeartbeatColumns, Model):
    pass
