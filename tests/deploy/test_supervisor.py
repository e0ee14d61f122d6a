from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.control import Control, ask
from deploy.errors import StartError
from deploy.process import Command, children
from deploy.supervisor import Program, Supervisor
from tests.waiting import until

# Keeps one child process; SIGHUP replaces it, as the API processes do.
PARENT = """
import os, signal, subprocess
child = subprocess.Popen(["sleep", "60"])
def replace(*_):
    global child
    child.kill(); child.wait(); child = subprocess.Popen(["sleep", "60"])
signal.signal(signal.SIGHUP, replace)
while True:
    signal.pause()
"""


def program(name: str, folder: Path, *words: str, reload_signal: signal.Signals | None = None) -> Program:
    environment = {"PATH": "/usr/bin:/bin"}
    return Program(name, lambda: Command(words, environment, folder / name), reload_signal=reload_signal)


@asynccontextmanager
async def running(folder: Path, restart: bool = False) -> AsyncIterator[tuple[Supervisor, list[str]]]:
    said: list[str] = []
    programs = [
        program("sleeper", folder, "sleep", "60"),
        program("stubborn", folder, "/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"),
        program("api", folder, sys.executable, "-c", PARENT, reload_signal=signal.SIGHUP),
    ]
    supervisor = Supervisor(programs, restart=restart, say=said.append)
    watching = asyncio.create_task(supervisor.watch())
    try:
        yield supervisor, said
    finally:
        await supervisor.end(list(supervisor.children), 0.1)
        watching.cancel()


class TestSupervisor:
    async def test_what_was_killed_stays_down_until_it_is_started(self, tmp_path: Path) -> None:
        async with running(tmp_path) as (supervisor, said):
            await supervisor.start("sleeper")
            child = supervisor.children["sleeper"]
            assert child.state == "running"
            await supervisor.kill("sleeper")
            await asyncio.sleep(0.3)
            assert (child.state, said) == ("dead", [])
            await supervisor.start("sleeper")
            assert child.state == "running"

    async def test_an_unexpected_end_is_reported_once(self, tmp_path: Path) -> None:
        async with running(tmp_path) as (supervisor, said):
            await supervisor.start("sleeper")
            process = supervisor.children["sleeper"].process
            assert process
            process.kill()
            await until(lambda: said)
            await asyncio.sleep(0.2)
            assert len(said) == 1
            assert said[0].startswith("sleeper ended (SIGKILL)")

    async def test_with_supervision_it_comes_back(self, tmp_path: Path) -> None:
        async with running(tmp_path, restart=True) as (supervisor, said):
            await supervisor.start("sleeper")
            child = supervisor.children["sleeper"]
            before = child.process
            await supervisor.kill("sleeper")
            await until(lambda: child.state == "running")
            assert child.process is not before
            assert "restarting" in said[0]

    async def test_stop_and_cont_reach_every_process(self, tmp_path: Path) -> None:
        async with running(tmp_path) as (supervisor, _):
            await supervisor.start("sleeper")
            await supervisor.freeze("sleeper")
            assert supervisor.children["sleeper"].state == "stopped"
            supervisor.thaw("sleeper")
            await until(lambda: supervisor.children["sleeper"].state == "running")

    async def test_a_stubborn_process_is_killed_in_time(self, tmp_path: Path) -> None:
        async with running(tmp_path) as (supervisor, said):
            await supervisor.start("stubborn")
            await asyncio.sleep(0.2)
            await supervisor.end(["stubborn"], 0.3)
            assert (supervisor.children["stubborn"].state, said) == ("dead", [])

    async def test_a_stopped_process_can_be_ended(self, tmp_path: Path) -> None:
        async with running(tmp_path) as (supervisor, _):
            await supervisor.start("sleeper")
            await supervisor.freeze("sleeper")
            async with asyncio.timeout(2):
                await supervisor.end(["sleeper"], 5)
            assert supervisor.children["sleeper"].state == "dead"

    async def test_a_rolling_restart_keeps_the_parent(self, tmp_path: Path) -> None:
        async with running(tmp_path) as (supervisor, said):
            await supervisor.start("api")
            process = supervisor.children["api"].process
            assert process
            await until(lambda: children(process.pid))
            await asyncio.sleep(0.1)
            before = children(process.pid)
            assert await supervisor.restart("api")
            assert supervisor.children["api"].process is process
            assert children(process.pid).isdisjoint(before)
            assert said == []

    async def test_any_other_restart_is_a_new_process(self, tmp_path: Path) -> None:
        async with running(tmp_path) as (supervisor, said):
            await supervisor.start("sleeper")
            before = supervisor.children["sleeper"].process
            assert await supervisor.restart("sleeper")
            assert supervisor.children["sleeper"].process is not before
            assert said == []


class TestControl:
    async def asked(self, path: Path, verb: str, name: str = "") -> str:
        return await asyncio.to_thread(ask, path, verb, name)

    async def test_a_whole_conversation(self, tmp_path: Path) -> None:
        path = tmp_path / "ctl.json"
        async with running(tmp_path) as (supervisor, _), await Control(supervisor).open(path):
            assert path.stat().st_mode & 0o777 == 0o600
            assert (await self.asked(path, "start", "sleeper")).endswith(" running")
            assert (await self.asked(path, "stop", "sleeper")).endswith(" stopped")
            assert (await self.asked(path, "cont", "sleeper")).endswith(" running")
            assert await self.asked(path, "kill", "sleeper") == "sleeper - dead"
            rows = [line.split() for line in (await self.asked(path, "ps")).splitlines()]
            assert rows == [["sleeper", "-", "dead"], ["stubborn", "-", "dead"], ["api", "-", "dead"]]
            with pytest.raises(StartError, match="taskwire ctl start sleeper"):
                await self.asked(path, "stop", "sleeper")
            with pytest.raises(StartError, match="no process nobody: one of sleeper"):
                await self.asked(path, "kill", "nobody")
            with pytest.raises(StartError, match="unknown command dance"):
                await self.asked(path, "dance", "sleeper")

    async def test_a_wrong_token_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "ctl.json"
        async with running(tmp_path) as (supervisor, _), await Control(supervisor).open(path):
            path.write_text(json.dumps({**json.loads(path.read_text()), "token": "another"}))
            with pytest.raises(StartError, match="wrong token"):
                await self.asked(path, "kill", "sleeper")

    @pytest.mark.parametrize("line", [b"\n", b"[]\n", b"{}\n", b'{"token": 1}\n', b"\xff\n", b"x" * 10_000])
    async def test_nonsense_is_answered_and_changes_nothing(self, tmp_path: Path, line: bytes) -> None:
        async with (
            running(tmp_path) as (supervisor, _),
            await Control(supervisor).open(tmp_path / "ctl.json") as server,
        ):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(line)
            writer.write_eof()
            assert b'"ok": false' in await reader.read()
            writer.close()

    async def test_no_stack_is_said_so(self, tmp_path: Path) -> None:
        with pytest.raises(StartError, match="no stack is running in"):
            await self.asked(tmp_path / "ctl.json", "ps")
