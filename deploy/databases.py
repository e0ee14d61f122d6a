"""The databases of a system, for commands that look into it or mend it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from deploy.errors import StartError

T = TypeVar("T")


def system_urls() -> dict[str, str]:
    """The databases by service of the system in DATA_DIR, or of the one that was started last."""
    folders = [Path(os.environ["DATA_DIR"])] if os.environ.get("DATA_DIR") else [Path("data"), Path("data/stack")]
    found = [folder / "databases.json" for folder in folders if (folder / "databases.json").exists()]
    if not found:
        raise StartError("no system found: set DATA_DIR to its folder, or TASKS_DATABASE_URL and the like")
    newest = max(found, key=lambda path: path.stat().st_mtime)
    urls: dict[str, str] = json.loads(newest.read_text())
    return urls


def asked(question: Callable[[str], Awaitable[T]], service: str, url: str) -> T:
    """What a database answers. Raises StartError when it cannot be reached."""

    async def ask() -> T:
        return await question(url)

    try:
        return asyncio.run(ask())
    except OSError as error:
        raise StartError(f"the database of {service} is not reachable ({error}): is the system running?") from None
