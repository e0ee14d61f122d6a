"""Text and numbers that may go in. Text: no NUL (PostgreSQL has no place for it), no lone surrogates (no UTF-8 has)."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints


def check_text(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the NUL character")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("must not contain lone surrogates") from None
    return value


def check_line(value: str) -> str:
    if CONTROL.search(value):
        raise ValueError("must be one line without control characters")
    return check_text(value)


def check_digits(value: Any) -> Any:
    """In an address a number is written in one way: not as `1.0`, `+1` or in the digits of another script."""
    if isinstance(value, str) and not WHOLE.fullmatch(value):
        raise ValueError("must be a whole number")
    return value


CONTROL = re.compile(r"[\x00-\x1f\x7f]")
WHOLE = re.compile(r"-?[0-9]{1,30}")
Whole = Annotated[int, BeforeValidator(check_digits)]
Text = Annotated[str, AfterValidator(check_text)]
Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(check_line)]

ID_MAX = 2**63 - 1
