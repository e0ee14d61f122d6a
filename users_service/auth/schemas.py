"""Bodies and answers of signing in."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from shared.text import ANY_TEXT, SOME_TEXT, Shown, Text, check_text
from users_service.users.schemas import UserRead

PASSWORD_MAX = 1024
OTP_MAX = 64


def check_password(value: SecretStr) -> SecretStr:
    if not 0 < len(check_text(value.get_secret_value())) <= PASSWORD_MAX:
        raise ValueError(f"must have 1 to {PASSWORD_MAX} characters")
    return value


Identifier = Annotated[Text, StringConstraints(min_length=1, max_length=320)]
Password = Annotated[
    SecretStr,
    AfterValidator(check_password),
    Field(json_schema_extra={"minLength": 1, "maxLength": PASSWORD_MAX}),
    Shown(ANY_TEXT),
]
Otp = Annotated[
    Text,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=OTP_MAX),
    Shown(SOME_TEXT),
    Field(description="With two-factor authentication: the six digits of the app, or a recovery code"),
]


class Login(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"username": "anna", "password": "a long pass phrase"}]}
    )

    username: Annotated[Identifier, Field(description="The username or the e-mail address")]
    password: Password
    otp: Otp | None = None


class TokenForm(BaseModel):
    """The password form of OAuth 2 (RFC 6749, 4.3). Scopes and client are taken and not used."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"username": "anna", "password": "correct horse battery"}]}
    )

    grant_type: Literal["password"] | None = None
    username: Identifier
    password: Password
    otp: Otp | None = None
    scope: str = ""
    client_id: str | None = None
    client_secret: SecretStr | None = None


class Refresh(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"refresh_token": "0193490bc11b7c5e8f3a1d2b4c6e8f01.nO4bG..."}]}
    )

    refresh_token: Text


class TokenPair(BaseModel):
    """`expires_in` is the life of the access token in seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"]
    expires_in: int


class SignedIn(TokenPair):
    user: UserRead


class PrincipalRead(BaseModel):
    """Whom a token stands for. The scope `*` is everything that the role may do."""

    id: int
    username: str
    role: Literal["admin", "user"]
    scopes: list[str]
    session_id: UUID
    expires_at: datetime | None


class JsonWebKey(BaseModel):
    """An EC public key (RFC 7517); `kid` is its thumbprint (RFC 7638)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    alg: Literal["ES256"]
    use: Literal["sig"]
    kid: str


class JsonWebKeySet(BaseModel):
    keys: list[JsonWebKey]
