from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from deploy.process import Command, children, family, is_alive, is_stopped, kill_family, send, spawn

RUNNER = """
import sys, time
from pathlib import Path
from deploy.process import Command, spawn
child = spawn(Command(["sleep", "60"], {"PATH": "/usr/bin:/bin"}, Path(sys.argv[1])))
print(child.pid, flush=True)
time.sleep(60)
"""


def shell(script: str, log: Path, quiet: bool = False) -> subprocess.Popen[bytes]:
    return spawn(Command(["/bin/sh", "-c", script], {"PATH": "/usr/bin:/bin"}, log, quiet=quiet))


def until(holds: object, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


class TestSpawn:
    def test_a_child_dies_with_its_runner_however_that_dies(self, tmp_path: Path) -> None:
        words = [sys.executable, "-c", RUNNER, str(tmp_path / "log")]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as runner:
            assert runner.stdout
            child = int(runner.stdout.readline())
            runner.kill()
        until(lambda: not is_alive(child))

    def test_it_is_out_of_reach_of_the_terminal(self, tmp_path: Path) -> None:
        child = shell("sleep 60", tmp_path / "log")
        assert os.getsid(child.pid) == child.pid != os.getsid(0)
        kill_family(child.pid)
        child.wait(5)

    def test_a_quiet_command_logs_errors_alone(self, tmp_path: Path) -> None:
        shell("echo secret; echo wrong >&2", tmp_path / "log", quiet=True).wait(5)
        assert (tmp_path / "log").read_text() == "wrong\n"


class TestFamily:
    def test_it_holds_every_descendant_root_first(self, tmp_path: Path) -> None:
        child = shell("sleep 60 & setsid sleep 61 & wait", tmp_path / "log")
        until(lambda: len(family(child.pid)) == 3)
        assert family(child.pid)[0] == child.pid
        assert len(children(child.pid)) == 2
        kill_family(child.pid)
        child.wait(5)
        assert family(child.pid) == []

    def test_orphans_of_the_session_still_belong_to_it(self, tmp_path: Path) -> None:
        child = shell("sleep 60 & sleep 61 & wait", tmp_path / "log")
        until(lambda: len(family(child.pid)) == 3)
        child.kill()
        child.wait(5)
        assert len(family(child.pid)) == 2
        kill_family(child.pid)
        until(lambda: family(child.pid) == [])

    def test_stopping_and_going_on(self, tmp_path: Path) -> None:
        child = shell("sleep 60", tmp_path / "log")
        send([child.pid], signal.SIGSTOP)
        until(lambda: is_stopped(child.pid))
        send([child.pid], signal.SIGCONT)
        until(lambda: not is_stopped(child.pid))
        assert is_alive(child.pid)
        kill_family(child.pid)
        child.wait(5)
        assert not is_alive(child.pid)
