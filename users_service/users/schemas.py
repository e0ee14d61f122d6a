"""Bodies, answers and filters of accounts."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.pagination import Page, PageQuery
from shared.text import ID_MAX, Flag, Text, without_default
from users_service.users.fields import (
    DEFAULT_LOCALE,
    DEFAULT_TIMEZONE,
    Email,
    Locale,
    Name,
    NewPassword,
    Timezone,
    Username,
)

Role = Literal["admin", "user"]

MAX_IDS = 1000

CLEARED = {"full_name": "", "first_name": "", "last_name": "", "timezone": DEFAULT_TIMEZONE, "locale": DEFAULT_LOCALE}
"""What `null` makes of a field."""


class Avatar(BaseModel):
    """What stands for a face: white letters on a colour that stays the same for an account."""

    initials: Annotated[str, Field(examples=["AB"])]
    color: Annotated[str, Field(examples=["#2e7031"])]


class UserRead(BaseModel):
    """An account, as its owner and administrators see it."""

    id: int
    username: str
    email: str
    full_name: str
    first_name: str
    last_name: str
    role: Role
    is_active: bool
    timezone: str
    locale: str
    avatar: Avatar
    pending_email: Annotated[
        str | None, Field(description="Your next address, until the link that was mailed to it is used; for you alone")
    ] = None
    date_joined: datetime
    last_login: datetime | None
    version: int


class DirectoryEntry(BaseModel):
    """An account, as everybody sees it."""

    id: int
    username: str
    full_name: str
    avatar: Avatar


class UserPage(Page[UserRead | DirectoryEntry]):
    """A page of accounts: whole ones for administrators, entries of the directory for everybody else."""


class Registration(BaseModel):
    """A new account. `full_name` is made of first and last name, or they of it, when only one of the two is given."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "username": "anna",
                    "email": "anna@example.com",
                    "password": "a long pass phrase",
                    "full_name": "Anna Berg",
                }
            ]
        },
    )

    username: Username
    email: Email
    password: NewPassword
    full_name: Name | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    timezone: Timezone | None = None
    locale: Locale | None = None
    invitation: Annotated[
        Text | None, Field(min_length=1, max_length=200, description="The token of the link that invited you")
    ] = None

    def profile(self) -> dict[str, Any]:
        """All but password and invitation, without what was not given."""
        return self.model_dump(exclude={"password", "invitation"}, exclude_none=True)


class ProfilePatch(BaseModel):
    """Merged into the profile (RFC 7396): what is absent stays; `null` empties a name and resets zone and locale."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"timezone": "Europe/Vienna"}]})

    username: Username = Field(default="", validate_default=False, json_schema_extra=without_default)
    email: Email = Field(default="", validate_default=False, json_schema_extra=without_default)
    full_name: Name | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    timezone: Timezone | None = None
    locale: Locale | None = None

    def changes(self) -> dict[str, Any]:
        given = self.model_dump(exclude_unset=True)
        return {name: CLEARED[name] if value is None else value for name, value in given.items()}


class UserPatch(ProfilePatch):
    """The same for any account; `role` and `is_active` are for administrators."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "admin"}]})

    role: Role = Field(default="user", json_schema_extra=without_default)
    is_active: Flag = Field(default=True, json_schema_extra=without_default)


class ProfilePut(BaseModel):
    """The whole profile: names, zone and locale that are absent are emptied or reset. The username stays if absent."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"email": "anna@example.com", "full_name": "Anna Berg", "timezone": "Europe/Vienna"}]
        },
    )

    username: Username | None = None
    email: Email
    full_name: Name | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    timezone: Timezone | None = None
    locale: Locale | None = None

    def changes(self) -> dict[str, Any]:
        given = self.model_dump(exclude_none=True)
        names = {"full_name", "first_name", "last_name"}
        emptied = {} if names & given.keys() else {"full_name": ""}
        return {"timezone": DEFAULT_TIMEZONE, "locale": DEFAULT_LOCALE, **emptied, **given}


class UserPut(ProfilePut):
    """The same for any account; `role` and `is_active` are for administrators and stay if absent."""

    role: Role | None = None
    is_active: Flag | None = None


class UserQuery(PageQuery):
    """`role` and `is_active` are for administrators; others see the active accounts."""

    q: Annotated[
        Text | None, Field(min_length=1, max_length=100, description="Part of the username or name (admins: e-mail)")
    ] = None
    role: Role | None = None
    is_active: bool | None = None
    sort: Literal["id", "-id", "username", "-username"] = "id"


def split_ids(value: object) -> object:
    return value.split(",") if isinstance(value, str) and value else []


class IdsQuery(BaseModel):
    """`?ids=1,2,3`."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[
        tuple[Annotated[int, Field(ge=1, le=ID_MAX)], ...], BeforeValidator(split_ids), Field(max_length=MAX_IDS)
    ]
