"""The production topology on one machine: which processes there are, and what each is told."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from deploy import probe, rabbitmq
from deploy.errors import StartError
from deploy.folder import DataFolder
from deploy.options import SERVICES, Options
from deploy.ports import Ports
from deploy.postgres import Cluster
from deploy.process import Command
from deploy.programs import database_program, gateway_program
from deploy.rabbitmq import Node
from deploy.supervisor import Program


@dataclass(frozen=True)
class Topology:
    """All of the stack, with its ports chosen. `node` is None when the caller's AMQP_URL is used."""

    options: Options
    folder: DataFolder
    clusters: Mapping[str, Cluster]
    ports: Mapping[str, int]
    amqp_url: str
    node: Node | None

    def programs(self) -> list[Program]:
        """Every process in the order of `taskwire ctl ps`."""
        apis = [self._api(service) for service in SERVICES]
        workers = [self._worker(service) for service in SERVICES]
        brokers = [self._broker(self.node)] if self.node else []
        databases = [database_program(f"postgres-{service}", self.clusters[service]) for service in SERVICES]
        addresses = {name: [f"127.0.0.1:{port}" for port in self.api_ports(name)] for name in SERVICES}
        return [gateway_program(self.options, self.folder, addresses), *apis, *workers, *brokers, *databases]

    def api_ports(self, service: str) -> range:
        return range(self.ports[service], self.ports[service] + self.options.workers)

    def database_urls(self) -> dict[str, str]:
        return {service: cluster.url(service) for service, cluster in self.clusters.items()}

    def environment(self, service: str) -> dict[str, str]:
        """What every process of a service sees."""
        bases = {
            f"{name.upper()}_URL": ",".join(f"http://127.0.0.1:{port}" for port in self.api_ports(name))
            for name in SERVICES
        }
        own = {
            **bases,
            "AMQP_URL": self.amqp_url,
            "DATABASE_URL": self.clusters[service].url(service),
            "HOST": "127.0.0.1",
            "PORT": str(self.ports[service]),
            "WORKERS": str(self.options.workers),
            "PYTHONUNBUFFERED": "1",
        }
        given = self.options.service_environment(service)
        if service == "users" and not given.get("SIGNING_KEY") and not given.get("SIGNING_KEY_FILE"):
            own["SIGNING_KEY_FILE"] = str(self.folder.signing_key())
        if service == "notifications" and not given.get("SECRETS_KEY") and not given.get("SECRETS_KEY_FILE"):
            own["SECRETS_KEY_FILE"] = str(self.folder.secrets_key())
        return {**given, **own}

    def python(self, service: str, *words: str, log: str = "", **more: str) -> Command:
        """A command of the project's own, told what `service` is told."""
        environment = {**self.environment(service), **more}
        return Command([sys.executable, *words], environment, self.folder.log(log or service))

    def _api(self, service: str) -> Program:
        async def is_up() -> bool:
            return all([await probe.status(port, "/livez") == 200 for port in self.api_ports(service)])

        def command() -> Command:
            return self.python(service, "-m", f"{service}_service.main")

        return Program(service, command, is_up, reload_signal=signal.SIGHUP)

    def _worker(self, service: str) -> Program:
        name = f"{service}-worker"
        return Program(name, lambda: self.python(service, "-m", f"{service}_service.worker", log=name))

    def _broker(self, node: Node) -> Program:
        return Program("rabbitmq", node.command, lambda: probe.answers(node.port))


def plan(options: Options, folder: DataFolder) -> Topology:
    """Chooses ports and makes what secrets are missing. Raises StartError when there is no broker to be had."""
    ports = Ports()
    clusters = {
        service: Cluster(
            folder=folder.root / f"postgres-{service}",
            port=ports.block(),
            log=folder.log(f"postgres-{service}"),
            superuser_password=folder.secret(f"postgres-{service}-superuser"),
            passwords={service: folder.secret(f"postgres-{service}")},
        )
        for service in SERVICES
    }
    node = None if options.environment.get("AMQP_URL") else _node(folder, ports)
    amqp_url = node.url if node else options.environment["AMQP_URL"]
    apis = {service: ports.block(options.workers) for service in SERVICES}
    return Topology(options, folder, clusters, apis, amqp_url, node)


def _node(folder: DataFolder, ports: Ports) -> Node:
    if not rabbitmq.is_installed():
        raise StartError(rabbitmq.HOW_TO_GET_ONE)
    return Node(
        folder=folder.root / "rabbitmq",
        port=ports.block(),
        names_port=ports.block(),
        distribution_port=ports.block(),
        password=folder.secret("rabbitmq"),
        cookie=folder.secret("erlang-cookie"),
        log=folder.log("rabbitmq"),
    )
