"""Keeps a set of processes: starts, signals, reports and, if asked to, restarts them."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from deploy import process
from deploy.process import Command

GLANCE = 0.05  # seconds between two looks at the processes
LONGEST_BACKOFF = 5.0
STEADY = 30.0  # seconds after which a process counts as well again


async def at_once() -> bool:
    return True


@dataclass(frozen=True)
class Program:
    """One entry of the stack. `command` is made anew at every start; `is_up` says cheaply that it has come up."""

    name: str
    command: Callable[[], Command]
    is_up: Callable[[], Awaitable[bool]] = at_once
    stop_signal: signal.Signals = signal.SIGTERM
    reload_signal: signal.Signals | None = None


@dataclass
class Child:
    """A program and the process that runs it now, if any."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    wanted: bool = False
    started: float = 0.0
    failures: int = 0
    comeback: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def state(self) -> str:
        if self.process is None or not process.is_alive(self.process.pid):
            return "dead"
        return "stopped" if process.is_stopped(self.process.pid) else "running"

    @property
    def family(self) -> list[int]:
        return process.family(self.process.pid) if self.process else []

    def spawn(self) -> None:
        if self.comeback and self.comeback is not asyncio.current_task():
            self.comeback.cancel()
        self.comeback, self.wanted = None, True
        self.process, self.started = process.spawn(self.program.command()), time.monotonic()

    def backoff(self) -> float:
        self.failures = 0 if time.monotonic() - self.started > STEADY else self.failures + 1
        return float(min(0.2 * 2**self.failures, LONGEST_BACKOFF))


async def serve_until_stopped(starting: Coroutine[Any, Any, None], give_up: Callable[[], None]) -> None:
    """Runs `starting`, then waits for SIGINT, SIGTERM or SIGHUP; a second one calls `give_up`."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            give_up()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked)
    start, stopped = asyncio.create_task(starting), asyncio.create_task(stop.wait())
    await asyncio.wait([start, stopped], return_when=asyncio.FIRST_COMPLETED)
    if start.done():
        start.result()
        await stopped
    start.cancel()


class Supervisor:
    """`say` gets one line for each event that a person should see."""

    def __init__(self, programs: Iterable[Program], *, restart: bool, say: Callable[[str], None]) -> None:
        self.children = {program.name: Child(program) for program in programs}
        self._restart, self._say = restart, say

    async def watch(self) -> None:
        """Notices every end of a process, for ever. Polls: uvloop keeps SIGCHLD to itself."""
        while True:
            for child in self.children.values():
                if child.process is not None and child.process.poll() is not None:
                    self._ended(child, child.process)
            process.reap_orphans()
            await asyncio.sleep(GLANCE)

    def _ended(self, child: Child, ended: subprocess.Popen[bytes]) -> None:
        child.process = None
        process.kill_family(ended.pid)  # workers of a master that was killed go on listening otherwise
        if not child.wanted:
            return
        how = f"status {ended.returncode}" if ended.returncode >= 0 else signal.Signals(-ended.returncode).name
        if not self._restart:
            child.wanted = False
            self._say(f"{child.program.name} ended ({how}): see its log, `taskwire ctl start {child.program.name}`")
            return
        delay = child.backoff()
        self._say(f"{child.program.name} ended ({how}): restarting in {delay:.1f} s")
        child.comeback = asyncio.create_task(self._come_back(child, delay))

    async def _come_back(self, child: Child, delay: float) -> None:
        await asyncio.sleep(delay)
        child.spawn()

    async def start(self, name: str, seconds: float = 30) -> bool:
        """Starts the process if it does not run, and waits until it is up; False when it is not in time."""
        child = self.children[name]
        if child.process is None or child.process.poll() is not None:
            child.spawn()
        return await self.until_up(name, seconds)

    async def until_up(self, name: str, seconds: float) -> bool:
        child, deadline = self.children[name], time.monotonic() + seconds
        while time.monotonic() < deadline and child.process is not None:
            if await child.program.is_up():
                return True
            await asyncio.sleep(0.03)
        return False

    async def kill(self, name: str) -> None:
        """SIGKILL to the process and all its descendants."""
        child = self.children[name]
        child.wanted = child.wanted and self._restart
        if child.process is not None:
            process.kill_family(child.process.pid)
            await self._until_gone([child], 5)

    async def freeze(self, name: str) -> None:
        """SIGSTOP to the process and all its descendants; they have stopped when this returns."""
        members = self.children[name].family
        process.send(members, signal.SIGSTOP)
        deadline = time.monotonic() + 1
        while not all(map(process.is_stopped, members)) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    def thaw(self, name: str) -> None:
        """SIGCONT to the process and all its descendants."""
        process.send(self.children[name].family, signal.SIGCONT)

    async def restart(self, name: str) -> bool:
        """A rolling restart where the program knows one, else an end and a start. False when it is not up in time."""
        child = self.children[name]
        if child.process is None or child.program.reload_signal is None:
            await self.end([name], 10)
            return await self.start(name)
        before = process.children(child.process.pid)
        process.send([child.process.pid], child.program.reload_signal)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and child.process is not None:
            now = process.children(child.process.pid)
            if len(now) >= len(before) and now.isdisjoint(before) and await child.program.is_up():
                return True
            await asyncio.sleep(0.1)
        return False

    def ask_to_end(self, names: Iterable[str]) -> None:
        """Sends each its stop signal, and lets those go on that were stopped."""
        for name in names:
            child = self.children[name]
            child.wanted = False
            if child.comeback:
                child.comeback.cancel()
            if child.process is not None:
                self.thaw(name)
                process.send([child.process.pid], child.program.stop_signal)

    async def end(self, names: Iterable[str], seconds: float) -> None:
        """Ends processes: their stop signal, then SIGKILL for what is still there after `seconds`."""
        ending = [self.children[name] for name in names]
        self.ask_to_end(child.program.name for child in ending)
        await self._until_gone(ending, seconds)
        for child in ending:
            if child.process is not None:
                process.kill_family(child.process.pid)
        await self._until_gone(ending, 2)

    def kill_all(self) -> None:
        for child in self.children.values():
            child.wanted = False
            if child.process is not None:
                process.kill_family(child.process.pid)

    async def _until_gone(self, ending: Iterable[Child], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while any(child.process is not None for child in ending) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
