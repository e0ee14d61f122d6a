"""Bodies as the clients of older systems send them. What is not known here is passed over, as it was there."""

from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, model_validator

from shared.text import Text
from users_service.auth.schemas import Identifier, Otp, Password
from users_service.users.schemas import Registration


class OldRegistration(Registration):
    """Without a role: that is never taken from a body."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def without_empty_names(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None}


class OldLogin(BaseModel):
    """A JSON object or a form; the account by username or e-mail address, under either name."""

    model_config = ConfigDict(extra="ignore")

    username: Annotated[Identifier, Field(validation_alias=AliasChoices("username", "email", "login"))]
    password: Password
    otp: Otp | None = None


class OldRefresh(BaseModel):
    model_config = ConfigDict(extra="ignore")

    refresh: Annotated[Text, Field(validation_alias=AliasChoices("refresh", "refresh_token"))]


class OldLogout(BaseModel):
    model_config = ConfigDict(extra="ignore")

    refresh: Annotated[SecretStr | None, Field(validation_alias=AliasChoices("refresh", "refresh_token"))] = None
