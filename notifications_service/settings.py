"""What the notifications service is told, beside what all services are."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from shared.mail import MailSettings
from shared.secrets import require_good_secret

SHORTEST_KEY = 32  # characters
ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


def _read_origins(value: Any) -> Any:
    """Origins as browsers write them, separated by commas or spaces."""
    origins = value.replace(",", " ").split() if isinstance(value, str) else list(value)
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} is no origin such as https://app.example.com")
    return frozenset(origin.lower() for origin in origins)


class Settings(MailSettings):
    allowed_origins: Annotated[frozenset[str], NoDecode, BeforeValidator(_read_origins)] = Field(
        default=frozenset(), description="Origins beside our own whose pages may open sockets"
    )
    stream_retention_days: int = Field(default=7, ge=1, le=365)
    secrets_key: SecretStr = Field(description="Protects what is stored of webhooks' secrets, and signs links in mails")

    @field_validator("secrets_key")
    @classmethod
    def check_secrets_key(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"must have at least {SHORTEST_KEY} characters")
        return require_good_secret(value)
