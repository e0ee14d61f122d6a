"""A private RabbitMQ node from the distribution's package: loopback only, its own epmd, cookie, user and folders."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.folder import write_private
from deploy.process import Command

PROGRAMS = Path("/usr/lib/rabbitmq/bin")
HOW_TO_GET_ONE = (
    "No RabbitMQ: install one (Debian, Ubuntu: apt-get install rabbitmq-server), or give the address of one that runs,"
    " AMQP_URL=amqp://user:password@host:5672/ (or start the embedded system, which needs none: make run)"
)


@dataclass(frozen=True)
class Node:
    """`port` is for AMQP, `names_port` for epmd, `distribution_port` for Erlang's own connections."""

    folder: Path
    port: int
    names_port: int
    distribution_port: int
    password: str
    cookie: str
    log: Path

    @property
    def url(self) -> str:
        return f"amqp://taskwire:{self.password}@127.0.0.1:{self.port}/"

    def write(self) -> None:
        """Writes configuration and cookie."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        lines = [
            f"listeners.tcp.1 = 127.0.0.1:{self.port}",
            "default_user = taskwire",
            f"default_pass = {self.password}",
            "loopback_users.taskwire = true",
            "log.console = true",
            "log.console.level = warning",
            "log.file = false",
            "disk_free_limit.absolute = 50MB",
            "heartbeat = 20",
        ]
        write_private(self.folder / "rabbitmq.conf", "\n".join(lines) + "\n")
        write_private(self.folder / "enabled_plugins", "[].\n")
        cookie = self.folder / ".erlang.cookie"
        if not cookie.exists():
            write_private(cookie, self.cookie)
            cookie.chmod(0o400)

    def command(self) -> Command:
        """epmd and the node as one family: the Erlang machine replaces the shell, epmd ends with it."""
        self.write()
        epmd = ["setpriv", "--pdeathsig", "KILL", "epmd", "-address", "127.0.0.1", "-port", str(self.names_port)]
        script = f"{shlex.join(epmd)} & exec {PROGRAMS / 'rabbitmq-server'}"
        return Command(["/bin/sh", "-c", script], self.environment(), self.log, signal.SIGKILL)

    def environment(self) -> Mapping[str, str]:
        folder = str(self.folder)
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": folder,
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": "taskwire@localhost",
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/none.conf",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            # the server script then becomes the Erlang machine instead of waiting beside it
            "RUNNING_UNDER_SYSTEMD": "true",
            "ERL_EPMD_PORT": str(self.names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}"
            " +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        }


def is_installed() -> bool:
    return (PROGRAMS / "rabbitmq-server").exists() and bool(shutil.which("setpriv")) and bool(shutil.which("epmd"))
