"""The form of personal access tokens: a prefix that secret scanners can know, 40 random characters, and a checksum of
both, so that a mistyped or made-up one is refused without asking anybody."""

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "tw_pat_"
DIGITS = string.digits + string.ascii_letters
FORM = re.compile(PREFIX + r"[0-9A-Za-z]{40}([0-9A-Za-z]{6})")


def new_token() -> str:
    body = PREFIX + "".join(secrets.choice(DIGITS) for _ in range(40))
    return body + _checksum(body)


def is_one(token: str) -> bool:
    """Whether it is meant to be a personal access token, and no JWT."""
    return token.startswith(PREFIX)


def is_well_formed(token: str) -> bool:
    found = FORM.fullmatch(token)
    return found is not None and found[1] == _checksum(token[:-6])


def digest(token: str) -> bytes:
    """What is stored. The token is random, so one round of a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def _checksum(body: str) -> str:
    """CRC-32 in base 62."""
    value, text = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, len(DIGITS))
        text = DIGITS[digit] + text
    return text
