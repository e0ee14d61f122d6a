"""Bodies about passwords."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.text import Text
from users_service.auth.schemas import Password
from users_service.users.fields import Email, NewPassword

Token = Annotated[Text, StringConstraints(min_length=1, max_length=200), Field(description="From the mailed link")]


class PasswordChange(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"current_password": "a long pass phrase", "new_password": "another long pass phrase"}]
        },
    )

    current_password: Password
    new_password: NewPassword


class Forgotten(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"email": "anna@example.com"}]})

    email: Email


class ForgottenAnswer(BaseModel):
    detail: str


class PasswordReset(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"token": "Zc1nX...", "new_password": "another long pass phrase"}]},
    )

    token: Token
    new_password: NewPassword


class EmailConfirmation(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": "Zc1nX..."}]})

    token: Token
