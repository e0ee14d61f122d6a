"""Work that a start has done in processes of their own, and waits for."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

from deploy.errors import StartError
from deploy.process import Command, spawn

SHOWN = 12  # lines of a log


def start(command: Command) -> subprocess.Popen[bytes]:
    """Starts it with a log of its own: what is shown of that is what this one said."""
    command.log.unlink(missing_ok=True)
    return spawn(command)


async def finish(what: str, job: subprocess.Popen[bytes], log: Path) -> None:
    """Waits for the job. Raises StartError with the end of its log when it failed."""
    if await asyncio.to_thread(job.wait):
        raise StartError(f"{what} failed:\n{tail_of(log)}")


def tail_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-SHOWN:]) if log.exists() else ""
