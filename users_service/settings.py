"""What the users service is told, beside what all services are."""

from datetime import timedelta
from typing import Literal, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, SecretStr, field_validator, model_validator

from shared.mail import MailSettings
from users_service.oidc.settings import Providers, require_encrypted

SHORTEST_KEY = 128  # bits of the private number: a random one has fewer once in 2**128
EXAMPLE_KEYS = frozenset(
    {
        "7fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445",  # RFC 7515, A.3
        "30a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3e",  # RFC 7517, A.2
        "115b3fa39fae41b4e32f7721ca72f8c1781483647dabd514f08e66128bd47fce",  # jwt.io, ES256
    }
)
"""The x coordinates of the public keys whose private ones are printed in documentation."""


class Settings(MailSettings):
    """`signing_key` is needed by the API alone; the worker and the bootstrap job do without."""

    signing_key: SecretStr | None = Field(default=None, description="EC P-256 private key, PEM")
    access_token_minutes: int = Field(default=15, ge=1, le=24 * 60)
    refresh_token_days: int = Field(default=30, ge=1, le=365)
    refresh_grace_seconds: int = Field(default=10, ge=0, le=30)
    registration: Literal["open", "closed"] = "open"
    admin_username: str = "admin"
    admin_password: SecretStr | None = None
    admin_email: str | None = None
    admin_file: str | None = Field(default=None, description="Where a new administrator's name and password go")

    oidc_providers: Providers = Field(
        default=(), description="Names of the OpenID providers; each has its OIDC_<NAME>_*"
    )

    @model_validator(mode="after")
    def check_providers(self) -> Self:
        require_encrypted(self.oidc_providers, self.outgoing_allow)
        return self

    @field_validator("signing_key")
    @classmethod
    def check_signing_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        pem = value.get_secret_value().replace("\\n", "\n")
        read_signing_key(pem)
        return SecretStr(pem)

    @property
    def access_token_life(self) -> timedelta:
        return timedelta(minutes=self.access_token_minutes)

    @property
    def refresh_token_life(self) -> timedelta:
        return timedelta(days=self.refresh_token_days)

    @property
    def refresh_grace(self) -> timedelta:
        return timedelta(seconds=self.refresh_grace_seconds)


def read_signing_key(pem: str) -> ec.EllipticCurvePrivateKey:
    """Raises ValueError for anything but an unencrypted EC P-256 private key in PEM."""
    wanted = "must be an EC P-256 private key in PEM: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        raise ValueError(wanted) from None
    except Exception:  # UnsupportedAlgorithm and whatever else the backend has for a key it does not know
        raise ValueError(wanted) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError(wanted)
    numbers = key.private_numbers()
    if numbers.private_value.bit_length() < SHORTEST_KEY or f"{numbers.public_numbers.x:064x}" in EXAMPLE_KEYS:
        raise ValueError("is a key that everybody knows or can guess: make a new one")
    return key


def require_signing_key(settings: Settings) -> str:
    """The key that signs access tokens; ends the process with a clear message when there is none."""
    if settings.signing_key is None:
        raise SystemExit("SIGNING_KEY (or SIGNING_KEY_FILE) is not set: the PEM of an EC P-256 private key")
    return settings.signing_key.get_secret_value()
