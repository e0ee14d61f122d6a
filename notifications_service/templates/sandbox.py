"""Asks the process in which templates of administrators run, and starts it when there is none.

It is talked to from a thread, which has nothing to do but wait: the process ends itself when a template takes too long.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from notifications_service.templates.limits import PARTS, SECONDS, TemplateRefused

PATIENCE = SECONDS + 8.0  # with the start of the process on a busy machine
COMMAND = (sys.executable, "-m", "notifications_service.templates.renderer")
KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "PYTHONDONTWRITEBYTECODE")  # no secret gets near a template


class Sandbox:
    """One process at a time, one template at a time. `async with` ends it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = asyncio.Lock()
        self._begun = PARTS[0]

    async def __aenter__(self) -> "Sandbox":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
        async with self._lock:
            self._end(self._process)

    async def render(self, sources: Mapping[str, str], context: Mapping[str, Any]) -> dict[str, str]:
        """The words of a mail. Raises TemplateRefused, also for what takes too long."""
        asked = json.dumps({"sources": {part: sources[part] for part in PARTS}, "context": context}).encode() + b"\n"
        async with self._lock:
            answer = await self._ask(asked)
        if answer is None:
            raise TemplateRefused(self._begun, f"takes more than {SECONDS:g} s or too much memory")
        if "words" not in answer:
            raise TemplateRefused(answer["part"], answer["message"])
        words: dict[str, str] = answer["words"]
        return words

    async def _ask(self, asked: bytes) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.to_thread(self._exchange, asked)
        except TimeoutError:
            if self._process is not None:  # the thread that reads from it clears it away
                self._process.kill()
            self._process = None
            return None

    def _exchange(self, asked: bytes) -> dict[str, Any] | None:
        """The answer; None when the process ended instead. One that was idle may have ended before it heard of us."""
        if self._process is not None and (answer := self._tell(self._process, asked)):
            return answer
        return self._tell(self._start(), asked)

    def _tell(self, process: subprocess.Popen[bytes], asked: bytes) -> dict[str, Any] | None:
        assert process.stdin
        assert process.stdout
        with contextlib.suppress(OSError):
            process.stdin.write(asked)
            process.stdin.flush()
            while line := process.stdout.readline():
                answer: dict[str, Any] = json.loads(line)
                if "begun" not in answer:
                    return answer
                self._begun = answer["begun"]
        self._end(process)
        return None

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        return self._process

    def _end(self, process: subprocess.Popen[bytes] | None) -> None:
        if process is None:
            return
        if self._process is process:
            self._process = None
        process.kill()
        with contextlib.suppress(OSError), process:  # closes the pipes and waits
            pass
