"""Parameters, bodies and answers of signing in through a provider."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.text import Text
from users_service.auth.schemas import Otp

Value = Annotated[Text, Field(max_length=4096)]


class ProviderRead(BaseModel):
    """`name` stands in addresses, `label` is for people."""

    name: str
    label: str
    login_url: str


class ProviderList(BaseModel):
    items: list[ProviderRead]
    next_cursor: None = None


class LinkStarted(BaseModel):
    """Where the browser goes now."""

    authorization_url: str


class IdentityRead(BaseModel):
    """A provider that opens the account; `provider` is null for one that is not set up any more."""

    provider: str | None
    issuer: str
    created_at: datetime


class IdentityList(BaseModel):
    items: list[IdentityRead]
    next_cursor: None = None


class CallbackQuery(BaseModel):
    """What a provider sends back; others of its parameters are not read."""

    state: Annotated[Value, Field(max_length=500)]
    code: Value | None = None
    error: Annotated[Value | None, Field(max_length=500)] = None
    iss: Annotated[Value | None, Field(max_length=500)] = None


class Exchange(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"code": "Rq0cX5bJ2sV7mW1nT8yZ4kL6hG3fD9aP0eU2iO5xC8v"}]}
    )

    code: Value
    otp: Otp | None = None
