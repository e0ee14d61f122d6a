"""Passwords: Argon2id by passlib's interface, off the event loop, and which passwords are too easy to guess."""

import asyncio
import secrets
import unicodedata
from functools import cache
from pathlib import Path

from passlib.hash import argon2

# OWASP's parameters: 19 MiB, two passes, one lane; about 50 ms of a core.
ARGON2ID = argon2.using(type="ID", memory_cost=19_456, rounds=2, parallelism=1)
AT_ONCE = 2  # so that a storm of sign-ins leaves the cores to everybody else

MIN_LENGTH = 8
MAX_LENGTH = 128

UNUSABLE = "!"
"""Stands in place of the hash when no password opens the account."""


class PasswordHasher:
    """Hashes and verifies in threads, a few at a time."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._dummy = ARGON2ID.hash(secrets.token_urlsafe(16))

    async def hash(self, password: str) -> str:
        async with self._turns:
            return str(await asyncio.to_thread(ARGON2ID.hash, normalize(password)))

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether the password is the one; without a hash it takes as long and is False."""
        usable = hashed is not None and hashed != UNUSABLE
        async with self._turns:
            good = await asyncio.to_thread(ARGON2ID.verify, normalize(password), hashed if usable else self._dummy)
        return bool(good) and usable


def normalize(password: str) -> str:
    """The same characters typed on another keyboard are the same password (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text().split())


def check_strength(password: str) -> str:
    """Raises ValueError for a password that is too short, too long, or among those that are tried first."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise ValueError(f"must have {MIN_LENGTH} to {MAX_LENGTH} characters")
    if normalize(password).casefold() in _common():
        raise ValueError("is one of the most common passwords: choose another one")
    return password


def resembles(password: str, username: str, email: str) -> bool:
    """Whether the password is what everybody knows of the account."""
    known = {username.casefold(), email.casefold(), email.casefold().partition("@")[0]}
    return normalize(password).casefold() in known
