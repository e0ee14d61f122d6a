"""Sign-in through OpenID providers."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from users_service.models.base import Model


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
