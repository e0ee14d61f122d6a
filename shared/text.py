"""Text that may go in: no NUL (PostgreSQL has no place for it) and no lone surrogates (no UTF-8 has)."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints


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
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise ValueError("must be one line without control characters")
    return check_text(value)


Text = Annotated[str, AfterValidator(check_text)]
Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(check_line)]

ID_MAX = 2**63 - 1
