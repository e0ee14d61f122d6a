"""The data folder of one system: lock, secrets, logs.

`make run` and `make stack` lay out their databases differently, so a folder belongs to the one that made it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.errors import StartError

LOCK_PATIENCE = 3.0  # seconds


class DataFolder:
    """Paths and secrets of one system. Everything secret has mode 600 in a folder of mode 700."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.secrets = self.root / "secrets"
        self.logs = self.root / "logs"
        self.gateway = self.root / "gateway"
        self.attachments = self.root / "attachments"
        self.admin = self.root / "admin.json"
        self.announced = self.root / "announced"
        self.control = self.root / "ctl.json"
        self.databases = self.root / "databases.json"
        self._lock: int | None = None

    def open(self, kind: str) -> None:
        """Makes and locks the folder for `kind`. Raises StartError when another system runs in it or made it."""
        try:
            self._make()
        except OSError as error:
            raise StartError(f"DATA_DIR={self.root} cannot be used: {error.strerror or error}") from None
        self._take_lock(time.monotonic() + LOCK_PATIENCE)
        made_by = self.root / "kind"
        if made_by.exists() and made_by.read_text().strip() != kind:
            raise StartError(
                f"{self.root} holds the data of `taskwire {made_by.read_text().strip()}`: choose another DATA_DIR"
            )
        made_by.write_text(kind + "\n")

    def _make(self) -> None:
        """Raises OSError where nothing can be written."""
        self.root.mkdir(parents=True, exist_ok=True)
        for private in (self.secrets, self.logs, self.attachments):
            private.mkdir(mode=0o700, exist_ok=True)
        self.gateway.mkdir(exist_ok=True)
        self._lock = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _take_lock(self, deadline: float) -> None:
        """A system that was killed a moment ago may need a moment to end; a running one keeps the lock."""
        assert self._lock is not None
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StartError(
                        f"another system is running in {self.root}: stop it, or choose another DATA_DIR"
                    ) from None
                time.sleep(0.1)

    def log(self, name: str) -> Path:
        """The log of one process; an old one beyond 20 MB is moved aside."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > 20_000_000:
            path.replace(path.with_suffix(".log.1"))
        return path

    def secret(self, name: str, make: Callable[[], str] = lambda: secrets.token_hex(24)) -> str:
        """The secret of this name, made at its first use."""
        path = self.secrets / name
        with contextlib.suppress(FileNotFoundError):
            return path.read_text().strip()
        value = make()
        write_private(path, value + "\n")
        return value

    def signing_key(self) -> Path:
        """The PEM file of the key that signs access tokens."""
        self.secret("signing-key.pem", new_signing_key)
        return self.secrets / "signing-key.pem"

    def secrets_key(self) -> Path:
        """The file of the key that protects stored secrets of the notifications service."""
        self.secret("secrets-key")
        return self.secrets / "secrets-key"

    def write_databases(self, urls: Mapping[str, str]) -> None:
        """Leaves the addresses of the databases for `taskwire dlq` and the like, by service."""
        write_private(self.databases, json.dumps(dict(urls), indent=2) + "\n")


def write_private(path: Path, text: str) -> None:
    """Writes a file of mode 600 at once: nobody sees it half written or readable."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def new_signing_key() -> str:
    """A new EC P-256 private key, PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
        .strip()
    )
