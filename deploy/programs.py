"""The processes that the embedded system and the stack have in common."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence

from deploy import nginx, probe
from deploy.folder import DataFolder
from deploy.nginx import Gateway
from deploy.options import Options
from deploy.postgres import Cluster
from deploy.process import Command
from deploy.supervisor import Program


def gateway_program(options: Options, folder: DataFolder, services: Mapping[str, Sequence[str]]) -> Program:
    """NGINX; its configuration is rendered and checked at every start. Raises StartError for a wrong setting."""
    log = folder.log("gateway")
    own = {"PUBLIC_URL": options.public_url, "ATTACHMENTS_URL": options.attachments_url}
    environment = {**options.environment, **own}
    gateway = Gateway(folder.gateway, options.host, options.port, services, str(log), environment)
    gateway.values()  # a wrong setting is said before anything has started

    def command() -> Command:
        return Command(nginx.command(gateway.write()), options.environment, log)

    return Program("gateway", command, lambda: probe.answers(options.port, options.reached_at), signal.SIGQUIT)


def database_program(name: str, cluster: Cluster) -> Program:
    def command() -> Command:
        cluster.clear_stale_lock()
        return cluster.command()

    async def is_up() -> bool:
        return cluster.is_ready()

    return Program(name, command, is_up, signal.SIGINT)
