"""Passwords: Argon2id by passlib's interface, off the event loop, and which passwords are too easy to guess."""

import asyncio
import contextlib
import os
import secrets
import threading
import unicodedata
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from passlib.hash import argon2

from shared.errors import Unavailable
from shared.memory import give_back

# OWASP's parameters: 19 MiB, two passes, one lane; about 50 ms of a core.
ARGON2ID = argon2.using(type="ID", memory_cost=19_456, rounds=2, parallelism=1)
AT_ONCE = 2  # so that a storm of sign-ins leaves the cores to everybody else
NICENESS = 5  # and these threads let everybody else pass where the system has a priority for each thread (Linux)
PATIENCE = 7.0  # seconds to wait for a turn, within the time that the gateway waits
QUIET = 3.0  # seconds after the last hash until its 19 MiB go back to the system
LINE_MAX = 300  # who comes when so many wait is told to come back

MIN_LENGTH = 8
MAX_LENGTH = 128

UNUSABLE = "!"
"""Stands in place of the hash when no password opens the account."""


class PasswordHasher:
    """Hashes and verifies in threads, a few at a time. Whoever waits too long for a turn gets Unavailable."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._threads = ThreadPoolExecutor(AT_ONCE, "argon2", initializer=_step_back)
        self._dummy = ARGON2ID.hash(secrets.token_urlsafe(16))
        self._giving_back: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator["Turn"]:
        """One of the few turns: within it passwords are hashed and verified without waiting."""
        if self._waiting >= LINE_MAX:
            raise Unavailable("Too many people are signing in at the moment.", retry_after=5)
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable("Too many people are signing in at the moment.", retry_after=5) from None
        finally:
            self._waiting -= 1
        try:
            yield Turn(self._threads, self._dummy)
        finally:
            self._turns.release()
            if self._giving_back is not None:
                self._giving_back.cancel()
            self._giving_back = asyncio.get_running_loop().call_later(QUIET, give_back)

    async def hash(self, password: str) -> str:
        async with self.turn() as turn:
            return await turn.hash(password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether the password is the one; without a hash it takes as long and is False."""
        async with self.turn() as turn:
            return await turn.verify(password, hashed)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class Turn:
    """See PasswordHasher.turn."""

    def __init__(self, threads: ThreadPoolExecutor, dummy: str) -> None:
        self._threads, self._dummy = threads, dummy

    async def hash(self, password: str) -> str:
        loop = asyncio.get_running_loop()
        return str(await loop.run_in_executor(self._threads, ARGON2ID.hash, normalize(password)))

    async def verify(self, password: str, hashed: str | None) -> bool:
        usable = hashed is not None and hashed != UNUSABLE
        loop = asyncio.get_running_loop()
        against = hashed if usable else self._dummy
        return bool(await loop.run_in_executor(self._threads, ARGON2ID.verify, normalize(password), against)) and usable


def _step_back() -> None:
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


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
