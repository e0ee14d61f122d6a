"""A whole system in a folder of its own, started by the same command as `make run` or `make stack`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

from deploy.ports import Ports

TASKWIRE = Path(sys.executable).with_name("taskwire")
LIFTED = {f"RATE_LIMIT_{name}": "off" for name in ("REGISTER", "LOGIN", "READ", "WRITE")}


class RunningSystem:
    """`with RunningSystem("stack", folder) as system:`; the folder keeps logs and data."""

    def __init__(self, kind: str, folder: Path, **environment: str) -> None:
        self.kind, self.folder, self.data = kind, folder, folder / "data"
        self.port = Ports().block()
        self.base = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, "PORT": str(self.port), "DATA_DIR": str(self.data), **environment}
        self._process: subprocess.Popen[bytes]

    def __enter__(self) -> RunningSystem:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [TASKWIRE, self.kind],
                env=self._environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            self.until_well(90)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._process.pid

    def until_well(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise AssertionError(f"{self.kind} ended with {self._process.returncode}: {self.log()}")
            if self.health() == 200:
                return
            time.sleep(0.1)
        raise AssertionError(f"{self.kind} is not well after {seconds} s: {self.log()}")

    def health(self) -> int:
        try:
            return httpx.get(f"{self.base}/health", timeout=5, trust_env=False).status_code
        except httpx.HTTPError:
            return 0

    def stop(self) -> float:
        """Ctrl-C; the seconds it took."""
        began = time.monotonic()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        return time.monotonic() - began

    def crash(self) -> None:
        """`kill -9` of the runner itself."""
        self._process.kill()
        self._process.wait(10)

    def left_behind(self) -> list[str]:
        """Command lines of processes that still belong to this system."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if words and str(self.data) in words + environment and int(entry.name) != os.getpid():
                found.append(words[:80])
        return found

    def ctl(self, *words: str) -> str:
        done = subprocess.run(
            [TASKWIRE, "ctl", *words], env=self._environment, capture_output=True, text=True, timeout=90, check=False
        )
        return done.stdout + done.stderr

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [TASKWIRE, *words], env=self._environment, capture_output=True, text=True, timeout=90, check=True
        )
        return done.stdout

    def admin(self) -> tuple[str, str]:
        credentials = json.loads((self.data / "admin.json").read_text())
        return credentials["username"], credentials["password"]

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]
