"""`make stack`: the production topology without containers, every process separate and under control."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterable
from dataclasses import replace

from deploy import jobs
from deploy.announce import announce
from deploy.control import Control
from deploy.errors import StartError
from deploy.folder import DataFolder
from deploy.options import ADMIN, SERVICES, Options, say
from deploy.probe import status, until_status
from deploy.process import adopt_orphans
from deploy.supervisor import Supervisor, serve_until_stopped
from deploy.topology import Topology, plan

PATIENCE = 60.0  # seconds for each step of the start


class Stack:
    """One run of the stack, from the first process to the last."""

    def __init__(self, topology: Topology) -> None:
        self.topology, self.options, self.folder = topology, topology.options, topology.folder
        self.supervisor = Supervisor(topology.programs(), restart=self.options.supervise, say=self.tell)
        self.began = time.monotonic()

    def tell(self, line: str) -> None:
        say(f"{time.monotonic() - self.began:6.2f} s  {line}")

    async def run(self) -> None:
        """Starts everything, serves until a signal comes, ends everything."""
        watching = asyncio.create_task(self.supervisor.watch())
        control = await Control(self.supervisor).open(self.folder.control)
        try:
            await serve_until_stopped(self._start(), self.supervisor.kill_all)
        finally:
            self.folder.control.unlink(missing_ok=True)
            control.close()
            await self._end()
            watching.cancel()

    async def _start(self) -> None:
        if self.topology.node:
            self.supervisor.children["rabbitmq"].spawn()
            self.tell("rabbitmq starting")
        document = self._job("users", "openapi", "-m", "deploy.openapi", str(self.folder.gateway))
        await self._start_databases()
        await self._migrate()
        await self._all_up(SERVICES)
        await self._finish("API description", document, "openapi")
        await self._all_up(["gateway"])
        administrator = self._bootstrap()
        await self._all_up(f"{service}-worker" for service in SERVICES)
        await self._finish("administrator", administrator, "administrator")
        await self._until_well()
        announce(self.options, self.folder)

    async def _start_databases(self) -> None:
        clusters = self.topology.clusters
        new = {name: cluster.initialise() for name, cluster in clusters.items() if cluster.is_new}
        for name, initdb in new.items():
            await asyncio.to_thread(clusters[name].adopt, initdb)
        for name in clusters:
            self.supervisor.children[f"postgres-{name}"].spawn()
        await self._all_up([f"postgres-{name}" for name in clusters])
        for cluster in clusters.values():
            cluster.ensure_roles()
        self.folder.write_databases(self.topology.database_urls())

    async def _migrate(self) -> None:
        migrating = {
            name: self._job(name, f"migrate-{name}", "-m", "shared.migrations", f"{name}_service") for name in SERVICES
        }
        for name, job in migrating.items():
            await self._finish(f"migration of {name}", job, f"migrate-{name}")

    def _job(self, service: str, log: str, *words: str) -> subprocess.Popen[bytes]:
        return jobs.start(self.topology.python(service, *words, log=log))

    def _bootstrap(self) -> subprocess.Popen[bytes]:
        """Its output is not logged: it shows a new administrator's password."""
        words = ("-m", "users_service.bootstrap")
        return jobs.start(
            replace(self.topology.python("users", *words, log="administrator", **self._admin()), quiet=True)
        )

    def _admin(self) -> dict[str, str]:
        given = {name: value for name, value in self.options.environment.items() if name in ADMIN}
        return {**given, "ADMIN_FILE": str(self.folder.admin)}

    async def _finish(self, what: str, job: subprocess.Popen[bytes], log: str) -> None:
        await jobs.finish(what, job, self.folder.log(log))
        self.tell(f"{what} done")

    async def _all_up(self, names: Iterable[str]) -> None:
        """Raises StartError for one that is not up in time."""
        waiting = {name: asyncio.create_task(self.supervisor.start(name, PATIENCE)) for name in names}
        for name, task in waiting.items():
            if not await task:
                raise StartError(f"{name} does not start:\n{jobs.tail_of(self.folder.log(name))}")
            self.tell(f"{name} up")

    async def _until_well(self) -> None:
        if await until_status(self.options.port, "/health", PATIENCE, host=self.options.reached_at):
            self.tell("all is well")
        else:
            answer = await status(self.options.port, "/health", self.options.reached_at)
            self.tell(f"not all is well yet (/health answers {answer})")

    async def _end(self) -> None:
        """Gateway first, so that what is under way finishes; databases and broker last."""
        children = self.supervisor.children
        databases = [name for name in children if name.startswith("postgres-") or name == "rabbitmq"]
        others = [name for name in children if name not in databases and name != "gateway"]
        self.supervisor.ask_to_end(["gateway"])
        await asyncio.sleep(0.3)
        await self.supervisor.end(["gateway", *others], 6)
        await self.supervisor.end(databases, 2.5)
        self.supervisor.kill_all()


def run(options: Options) -> None:
    """Runs the stack until it is told to end. Raises StartError when it cannot."""
    options.require_free_port()
    folder = DataFolder(options.data)
    folder.open(options.kind)
    adopt_orphans()
    asyncio.run(Stack(plan(options, folder)).run())
