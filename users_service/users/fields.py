"""What may stand in each field of an account."""

import re
import unicodedata
import zoneinfo
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from shared.text import ANY_LINE, ANY_TEXT, LineOrNothing, Shown, Text, check_line, check_text
from users_service.auth.passwords import MAX_LENGTH, MIN_LENGTH, check_strength

DEFAULT_TIMEZONE = "UTC"
DEFAULT_LOCALE = "en"

# Letters and digits of any script; no sign that would end a mention (`@name`) or make it an e-mail address.
USERNAME_MAX = 64
USERNAME = re.compile(r"\w(?:[\w.-]*\w)?")
RESERVED_PREFIX = "deleted-"

EMAIL_MAX = 254
EMAIL = re.compile(r"[^\s@\"(),:;<>\[\\\]]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
NAME_MAX = 200
LOCALE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def check_username(value: str) -> str:
    if len(value) > USERNAME_MAX or not USERNAME.fullmatch(value):
        raise ValueError("must be letters, digits and `_`, with `.` and `-` inside only")
    if value.casefold().startswith(RESERVED_PREFIX):
        raise ValueError(f"must not begin with `{RESERVED_PREFIX}`")
    return value


def check_email(value: str) -> str:
    local = value.partition("@")[0]
    well_formed = len(value) <= EMAIL_MAX and EMAIL.fullmatch(value)
    if not well_formed or local.startswith(".") or local.endswith(".") or ".." in local:
        raise ValueError("must be an e-mail address such as `name@example.com`")
    return value


def check_timezone(value: str) -> str:
    if value not in _timezones():
        raise ValueError("must be an IANA time zone such as `Europe/Vienna`")
    return value


def check_locale(value: str) -> str:
    if not LOCALE.fullmatch(value):
        raise ValueError("must be a language tag such as `en` or `pt-BR`")
    return value


def check_password(value: SecretStr) -> SecretStr:
    check_strength(check_text(value.get_secret_value()))
    return value


def compose(value: str) -> str:
    """One form for what looks the same, so that unique means unique to the eye."""
    return unicodedata.normalize("NFKC", value)


@cache
def _timezones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


Username = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=USERNAME_MAX),
    AfterValidator(check_line),
    AfterValidator(compose),
    AfterValidator(check_username),
    Shown(ANY_LINE),
    Field(description="Letters and digits of any script and `_`; `.` and `-` inside only"),
]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=EMAIL_MAX),
    AfterValidator(check_line),
    AfterValidator(compose),
    AfterValidator(check_email),
    Shown(format="email"),
]
Name = Annotated[LineOrNothing, StringConstraints(max_length=NAME_MAX)]
Timezone = Annotated[Text, StringConstraints(max_length=64), AfterValidator(check_timezone)]
Locale = Annotated[Text, StringConstraints(max_length=35), AfterValidator(check_locale), Shown(f"^{LOCALE.pattern}$")]
NewPassword = Annotated[
    SecretStr,
    AfterValidator(check_password),
    Field(json_schema_extra={"minLength": MIN_LENGTH, "maxLength": MAX_LENGTH}),
    Shown(ANY_TEXT),
]
