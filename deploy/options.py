"""What the caller says about a whole system: PORT, HOST, DATA_DIR, WORKERS. Everything else goes to the services."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.errors import StartError
from deploy.ports import is_address, is_free

SERVICES = ("users", "tasks", "notifications")
ADMIN = ("ADMIN_USERNAME", "ADMIN_PASSWORD", "ADMIN_PASSWORD_FILE", "ADMIN_EMAIL", "ADMIN_FILE")
KEYS = {
    "users": ("SIGNING_KEY", "SIGNING_KEY_FILE"),
    "notifications": ("SECRETS_KEY", "SECRETS_KEY_FILE"),
}
ALL_KEYS = [name for names in KEYS.values() for name in names]
EVERYWHERE_OR_LOCAL = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::")  # noqa: S104
OWN = (*ADMIN, *ALL_KEYS, "DATABASE_URL", "HOST", "PORT", "WORKERS", "DATA_DIR")


@dataclass(frozen=True)
class Options:
    """`kind` is `run` for the embedded system, `stack` for the supervised processes."""

    kind: str
    host: str
    port: int
    data: Path
    workers: int
    supervise: bool = False
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def public_url(self) -> str:
        return (self.environment.get("PUBLIC_URL") or f"http://{self._named}:{self.port}").rstrip("/")

    @property
    def _named(self) -> str:
        if self.host in EVERYWHERE_OR_LOCAL:
            return "localhost"
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def attachments_url(self) -> str:
        return self.environment.get("ATTACHMENTS_URL") or (self.data / "attachments").as_uri()

    @property
    def reached_at(self) -> str:
        """An address of this machine at which whoever listens on `host` is reached."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1", "localhost": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104

    def require_free_port(self) -> None:
        """Raises StartError when something listens there, or nothing can."""
        if not is_address(self.host):
            raise StartError(
                f"HOST={self.host} is no address of this machine: leave it out, or give one such as 0.0.0.0"
            )
        if not is_free(self.port, self.host):
            raise StartError(
                f"port {self.port} of {self.host} is taken: choose another one, as in PORT=8123 make {self.kind}"
            )

    def service_environment(self, service: str) -> dict[str, str]:
        """The caller's environment for one service, without what belongs to another or to the runner."""
        kept = {name: value for name, value in self.environment.items() if name not in OWN}
        defaults = {
            "ATTACHMENTS_URL": self.attachments_url,
            "MAIL_DIR": str(self.data / "mail"),
            "PUBLIC_URL": self.public_url,
        }
        kept |= {name: self.environment[name] for name in KEYS.get(service, ()) if name in self.environment}
        return {**{name: value for name, value in defaults.items() if not kept.get(name)}, **kept}


def read_options(kind: str, environment: Mapping[str, str], supervise: bool = False) -> Options:
    """Raises StartError for a value that makes no sense."""
    data = environment.get("DATA_DIR") or ("data" if kind == "run" else "data/stack")
    return Options(
        kind=kind,
        host=environment.get("HOST") or "127.0.0.1",
        port=_number(environment, "PORT", 8000, 65_535),
        data=Path(data).absolute(),
        workers=_number(environment, "WORKERS", 2, 64),
        supervise=supervise or environment.get("SUPERVISE", "") not in ("", "0"),
        environment=dict(environment),
    )


def _number(environment: Mapping[str, str], name: str, default: int, highest: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= highest:
        raise StartError(f"{name}={text}: give a whole number from 1 to {highest}")
    return int(text)


def say(line: str) -> None:
    print(line, flush=True)


def complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
