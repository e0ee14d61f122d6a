"""The OpenID providers that the environment names: `OIDC_PROVIDERS=google,corp`, and for each `OIDC_CORP_ISSUER` and so
on. Their names are free, so they are read here and not as fields of the settings."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import NoDecode

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
DEFAULT_SCOPES = "openid email profile"


def check_issuer(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("must be an address such as https://accounts.example.com")
    return value.rstrip("/")


def check_scopes(value: str) -> str:
    scopes = value.replace(",", " ").split()
    if "openid" not in scopes:
        raise ValueError("must contain openid")
    return " ".join(scopes)


class OidcProvider(BaseModel):
    """`name` stands in addresses, `label` on the button. Without a secret it is a public client (PKCE alone)."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    name: str = Field(pattern=NAME)
    label: str = Field(min_length=1, max_length=100)
    issuer: Annotated[str, AfterValidator(check_issuer)]
    client_id: str = Field(min_length=1, max_length=1000)
    client_secret: SecretStr | None = None
    scopes: Annotated[str, AfterValidator(check_scopes)] = DEFAULT_SCOPES

    @property
    def is_encrypted(self) -> bool:
        return self.issuer.startswith("https://")

    @property
    def target(self) -> tuple[str, int]:
        """Host and port, as `OUTGOING_ALLOW` names them."""
        parts = urlsplit(self.issuer)
        return str(parts.hostname), parts.port or (443 if self.is_encrypted else 80)


def read_providers(value: Any) -> Any:
    """Names, separated by commas or spaces, with what the environment says of each."""
    if not isinstance(value, str):
        return value
    names = value.replace(",", " ").split()
    if len(set(names)) != len(names):
        raise ValueError("names a provider twice")
    return tuple(_read(name) for name in names)


def _read(name: str) -> OidcProvider:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name: lower-case letters, digits and dashes")
    prefix = f"OIDC_{name.upper().replace('-', '_')}_"
    given = {
        "issuer": os.environ.get(prefix + "ISSUER"),
        "client_id": os.environ.get(prefix + "CLIENT_ID"),
        "client_secret": _secret(prefix + "CLIENT_SECRET"),
        "scopes": os.environ.get(prefix + "SCOPES"),
        "label": os.environ.get(prefix + "NAME") or name.replace("-", " ").title(),
    }
    try:
        return OidcProvider.model_validate({"name": name, **{k: v for k, v in given.items() if v}})
    except ValidationError as error:
        wrong = [f"{prefix}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors(include_input=False)]
        raise ValueError("; ".join(wrong)) from None


def _secret(variable: str) -> str | None:
    path = os.environ.get(f"{variable}_FILE")
    return Path(path).read_text().strip() if path else os.environ.get(variable)


def require_encrypted(providers: Iterable[OidcProvider], allowed: frozenset[tuple[str, int]]) -> None:
    """Raises ValueError for an issuer without TLS that `OUTGOING_ALLOW` does not name."""
    for provider in providers:
        if not provider.is_encrypted and provider.target not in allowed:
            raise ValueError(f"the issuer of {provider.name} must begin with https://, or stand in OUTGOING_ALLOW")


Providers = Annotated[tuple[OidcProvider, ...], NoDecode, BeforeValidator(read_providers)]
