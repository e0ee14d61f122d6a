"""Child processes that never outlive their runner, and the /proc view of their families. Linux only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None, use_errno=True)
_spawned: set[int] = set()


@dataclass(frozen=True)
class Command:
    """How a child is started. `death_signal` is what it gets when the runner dies, however that happens.

    `account` is the (user id, group id) to become; None keeps the runner's own. `quiet` logs the error output alone.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    death_signal: signal.Signals = signal.SIGTERM
    account: tuple[int, int] | None = None
    quiet: bool = False


def spawn(command: Command) -> subprocess.Popen[bytes]:
    """Starts the command in a session of its own, its output appended to its log.

    Call it from the main thread: the kernel ties the death signal to the thread that started the child.
    """
    uid, gid = command.account or (None, None)
    with command.log.open("ab") as log:
        child = subprocess.Popen(
            list(command.arguments),
            env=dict(command.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if command.quiet else log,
            stderr=log,
            start_new_session=True,
            user=uid,
            group=gid,
            extra_groups=[] if command.account else None,
            preexec_fn=_tether(command.death_signal),
        )
    _spawned.add(child.pid)
    return child


def _tether(death_signal: int) -> Callable[[], None]:
    runner = os.getpid()

    def in_child() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        # a background job hands an ignored SIGINT down
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if os.getppid() != runner:
            os._exit(1)

    return in_child


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become children of this process, so that they can be reaped."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans() -> None:
    """Collects adopted children that ended, and leaves what `spawn` started to its Popen objects."""
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if ended.si_pid in _spawned:
                return
            os.waitpid(ended.si_pid, os.WNOHANG)


@dataclass(frozen=True)
class _Entry:
    state: str
    parent: int
    session: int


def _read(pid: int) -> _Entry | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):
        return None
    return _Entry(fields[0], int(fields[1]), int(fields[3]))


def _table() -> dict[int, _Entry]:
    pids = (int(name) for name in os.listdir("/proc") if name.isdecimal())  # noqa: PTH208
    return {pid: entry for pid in pids if (entry := _read(pid))}


def family(root: int) -> list[int]:
    """The living process `root`, whatever shares its session, and all their descendants; root first."""
    table = _table()
    found = {pid for pid, entry in table.items() if pid == root or entry.session == root}
    while more := {pid for pid, entry in table.items() if entry.parent in found} - found:
        found |= more
    living = sorted(pid for pid in found if pid in table and table[pid].state not in "ZX")
    return sorted(living, key=lambda pid: pid != root)


def children(root: int) -> set[int]:
    """The living direct children."""
    return {pid for pid, entry in _table().items() if entry.parent == root and entry.state not in "ZX"}


def is_alive(pid: int) -> bool:
    """Whether the process runs or is stopped; a zombie does neither."""
    entry = _read(pid)
    return entry is not None and entry.state not in "ZX"


def is_stopped(pid: int) -> bool:
    entry = _read(pid)
    return entry is not None and entry.state in "Tt"


def command_line(pid: int) -> str:
    """The words of a process, joined by blanks; empty when there is no such process."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Signals every process that still exists."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def kill_family(root: int) -> None:
    """SIGKILL to root and all its descendants, those included that are born meanwhile."""
    for _ in range(50):
        members = family(root)
        if not members:
            return
        send(members, signal.SIGKILL)
        time.sleep(0.01)
