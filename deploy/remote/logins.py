"""Who is signed in at which server, kept with mode 600."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Login:
    """`access` is good until it is refused; `refresh` then gets the next pair."""

    username: str
    access: str
    refresh: str


def path() -> Path:
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "taskwire" / "logins.json"


def read(server: str) -> Login | None:
    known = _all().get(server)
    return Login(**known) if known else None


def write(server: str, login: Login | None) -> None:
    """Keeps the login, or forgets it. The file is replaced at once, so a second command never reads half of it."""
    kept = {name: login for name, login in _all().items() if name != server}
    if login is not None:
        kept[server] = asdict(login)
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path().with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file, indent=2)
    draft.replace(path())


def _all() -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads(path().read_text())
    except FileNotFoundError:
        return {}
    return found
