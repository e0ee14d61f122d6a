"""Settings: read once from the environment, checked, frozen, and passed in. Never imported as an instance."""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from shared.secrets import SHORTEST, is_example

Targets = frozenset[tuple[str, int]]
TARGET = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s\[\]/@?#:]+):([0-9]{1,5})")
PUBLIC_URL = re.compile(r"https?://(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.\-]+)(:[0-9]{1,5})?(/[A-Za-z0-9._~/\-]*)?")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class UnreadableFile(Exception):
    """The message names the variable."""


class SecretFiles(PydanticBaseSettingsSource):
    """Reads the field `x` from the file that the variable `X_FILE` names, as container secrets are mounted."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        variable = f"{field_name.upper()}_FILE"
        path = os.environ.get(variable)
        try:
            return (Path(path).read_text().strip() if path else None), field_name, False
        except (OSError, ValueError) as error:
            raise UnreadableFile(f"{variable}={path}: {getattr(error, 'strerror', None) or 'is no text'}") from None

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


def _read_targets(value: Any) -> Any:
    """`host:port` or `[v6]:port`, separated by commas or spaces."""
    entries = value.replace(",", " ").split() if isinstance(value, str) else list(value)
    return frozenset(_read_target(entry) if isinstance(entry, str) else entry for entry in entries)


def _read_target(entry: str) -> tuple[str, int]:
    found = TARGET.fullmatch(entry)
    if found is None or not 0 < int(found[2]) < 65536:
        raise ValueError(f"{entry!r} is no host:port such as hooks.internal:8080")
    return found[1], int(found[2])


class ServiceSettings(BaseSettings):
    """What all three services are told. Each service adds its own in its `settings.py`."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    database_url: str = Field(pattern=r"^postgres(ql)?://", description="postgresql://user:password@host:port/name")
    database_pool_size: int = Field(default=10, ge=2, le=100)
    amqp_url: str | None = Field(default=None, pattern=r"^amqps?://")
    users_url: str = "http://127.0.0.1:8001"
    tasks_url: str = "http://127.0.0.1:8002"
    notifications_url: str = "http://127.0.0.1:8003"
    public_url: str = "http://localhost:8000"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    log_retention_days: int = Field(default=90, ge=1)
    outgoing_allow: Annotated[Targets, NoDecode, BeforeValidator(_read_targets)] = Field(
        default=frozenset(), description="host:port pairs that may be called although they are not public"
    )

    @field_validator("public_url")
    @classmethod
    def check_public_url(cls, value: str) -> str:
        """What links begin with, so it must be one that a browser can go to."""
        if not PUBLIC_URL.fullmatch(value):
            raise ValueError("must be an address such as https://tasks.example.com")
        return value.rstrip("/")

    @field_validator("database_url", "amqp_url")
    @classmethod
    def check_password_inside(cls, value: str | None) -> str | None:
        """An example is refused everywhere but for RabbitMQ's own guest, whom it lets in from this machine alone; what
        never leaves the machine may be short."""
        address = urlsplit(value or "")
        password, local = unquote(address.password or ""), address.hostname in LOOPBACK
        guest = local and address.scheme.startswith("amqp") and password == "guest"  # noqa: S105
        if address.password is None or guest:
            return value
        if is_example(password) or (len(password) < SHORTEST and not local):
            raise ValueError(f"its password must have at least {SHORTEST} characters and be no example")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls)


SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def load(settings: type[SettingsT], **given: Any) -> SettingsT:
    """The settings of a service; ends the process with one line for each wrong variable."""
    try:
        return settings(**given)
    except ValidationError as error:
        lines = [f"{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SystemExit("Wrong settings, nothing was started:\n  " + "\n  ".join(lines)) from None
    except (OSError, UnreadableFile) as error:
        raise SystemExit(f"Wrong settings, nothing was started:\n  {error}") from None


def require_amqp(settings: ServiceSettings) -> str:
    """The address of RabbitMQ; ends the process with a clear message when there is none."""
    if settings.amqp_url is None:
        raise SystemExit("AMQP_URL is not set: amqp://user:password@host:5672/")
    return settings.amqp_url
