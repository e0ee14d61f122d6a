"""`make run`: the three services in one process, on a private PostgreSQL, behind NGINX."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deploy import jobs, openapi, probe
from deploy.announce import announce
from deploy.errors import StartError
from deploy.folder import DataFolder
from deploy.options import SERVICES, Options, say
from deploy.ports import Ports
from deploy.postgres import Cluster
from deploy.process import Command, adopt_orphans
from deploy.programs import database_program, gateway_program
from deploy.supervisor import Supervisor, serve_until_stopped

if TYPE_CHECKING:
    from fastapi import FastAPI

    from shared.bus import Bus
    from shared.serve import DrainingServer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Service:
    """One of the three, as it runs in this process."""

    name: str
    settings: Any
    app: FastAPI
    server: DrainingServer
    bus: Bus


class MailNotice(logging.Handler):
    """Tells the terminal which file a mail was written to: without a mail server that is where links are found."""

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, dict) and "file" in record.msg:
            say(f"  mail             {record.msg['file']}")


class Embedded:
    """One run of the embedded system."""

    def __init__(self, options: Options, folder: DataFolder) -> None:
        self.options, self.folder = options, folder
        ports = Ports()
        self.ports = {name: ports.block() for name in SERVICES}
        self.cluster = Cluster(
            folder=folder.root / "postgres",
            port=ports.block(),
            log=folder.log("postgres"),
            superuser_password=folder.secret("postgres-superuser"),
            passwords={name: folder.secret(f"postgres-{name}") for name in SERVICES},
        )
        addresses = {name: [f"127.0.0.1:{port}"] for name, port in self.ports.items()}
        programs = [gateway_program(options, folder, addresses), database_program("postgres", self.cluster)]
        self.supervisor = Supervisor(programs, restart=True, say=say)
        self.workers_stop = asyncio.Event()
        self.services: list[Service] = []
        self.serving: list[asyncio.Task[None]] = []
        self.working: list[asyncio.Task[None]] = []
        self.buses = contextlib.AsyncExitStack()

    async def run(self) -> None:
        """Starts everything, serves until a signal comes, ends everything."""
        watching = asyncio.create_task(self.supervisor.watch())
        try:
            await serve_until_stopped(self._start_or_say_why(), self._give_up)
        finally:
            await self._end()
            watching.cancel()

    def _give_up(self) -> None:
        self.supervisor.kill_all()
        os._exit(130)

    async def _start_or_say_why(self) -> None:
        """A SystemExit that leaves a task is shown with where it came from, of which nobody has anything."""
        try:
            await self._start()
        except SystemExit as refusal:
            raise StartError(str(refusal)) from None

    async def _start(self) -> None:
        """The database starts while the services are imported: both take most of a second.

        What is done once for a version is done by other processes: this one would keep the memory of it for good.
        """
        describing = None
        if not openapi.is_written(self.folder.gateway):
            describing = self._job("openapi", "-m", "deploy.openapi", str(self.folder.gateway))
        async with self._database():
            await self._build()
        await self._migrate()
        await self._serve()
        if describing:
            await jobs.finish("API description", describing, self.folder.log("openapi"))
        if not await self.supervisor.start("gateway", 10):
            raise StartError(f"NGINX does not start: see {self.folder.log('gateway')}")
        if not await probe.until_status(self.options.port, "/health", 20, host=self.options.reached_at):
            say(f"not all is well yet: see {self.options.public_url}/health")
        announce(self.options, self.folder)

    @contextlib.asynccontextmanager
    async def _database(self) -> AsyncIterator[None]:
        """Starts PostgreSQL on the way in, and has it ready on the way out."""
        initdb = self.cluster.initialise() if self.cluster.is_new else None
        if initdb is None:
            self.supervisor.children["postgres"].spawn()
        yield
        if initdb is not None:
            self.cluster.adopt(initdb)
        if not await self.supervisor.start("postgres", 60):
            raise StartError(f"PostgreSQL does not start:\n{self.cluster.log_tail()}")
        self.cluster.ensure_roles()
        self.folder.write_databases({name: self.cluster.url(name) for name in SERVICES})

    async def _build(self) -> None:
        """Imports the services and builds their applications. A wrong setting ends the process with its name."""
        from shared.logging import configure
        from shared.memory import share_one_arena
        from shared.serve import server_for
        from shared.settings import load

        share_one_arena()
        for name in SERVICES:
            main = importlib.import_module(f"{name}_service.main")
            settings_class = importlib.import_module(f"{name}_service.settings").Settings
            settings = load(settings_class, **self._given(name))
            if not self.services:
                configure(settings, "taskwire")
                self._log_to_file()
            bus = await self._bus(name, settings)
            app = main.create_app(settings, bus)
            self.services.append(Service(name, settings, app, server_for(app, "127.0.0.1", self.ports[name]), bus))

    def _given(self, name: str) -> dict[str, Any]:
        """What the settings of a service are told beside the caller's environment."""
        environment = self.options.service_environment(name)
        given: dict[str, Any] = {f"{peer}_url": f"http://127.0.0.1:{port}" for peer, port in self.ports.items()}
        given |= {"host": "127.0.0.1", "workers": 1, "database_url": self.cluster.url(name)}
        given |= {"public_url": self.options.public_url, "attachments_url": environment["ATTACHMENTS_URL"]}
        given["mail_dir"] = environment["MAIL_DIR"]
        if name == "users":
            given["admin_file"] = str(self.folder.admin)
            if not environment.get("SIGNING_KEY") and not environment.get("SIGNING_KEY_FILE"):
                given["signing_key"] = self.folder.signing_key().read_text()
        if name == "notifications" and not environment.get("SECRETS_KEY") and not environment.get("SECRETS_KEY_FILE"):
            given["secrets_key"] = self.folder.secrets_key().read_text().strip()
        return {**given, "port": self.ports[name]}

    def _log_to_file(self) -> None:
        """The terminal is for the person who started it; the services' records go to the data folder."""
        stream = self.folder.log("services").open("a", buffering=1)
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(stream)
        logging.getLogger("shared.mail").addHandler(MailNotice())

    async def _bus(self, name: str, settings: Any) -> Bus:
        """One bus in memory for all, or with AMQP_URL a connection for each service."""
        if settings.amqp_url is not None:
            from shared.renewal import open_bus

            return await self.buses.enter_async_context(open_bus(settings, name))
        if self.services:
            return self.services[0].bus
        from shared.bus.memory import MemoryBus

        return await self.buses.enter_async_context(MemoryBus())

    async def _migrate(self) -> None:
        from shared.migrations import is_at_head
        from users_service.bootstrap import ensure_admin

        migrating = {}
        for service in self.services:
            url = service.settings.database_url
            if not await is_at_head(f"{service.name}_service", url):
                words = ("-m", "shared.migrations", f"{service.name}_service")
                migrating[service.name] = self._job(f"migrate-{service.name}", *words, DATABASE_URL=url)
        for name, job in migrating.items():
            await jobs.finish(f"migration of {name}", job, self.folder.log(f"migrate-{name}"))
        await ensure_admin(self.services[0].settings)

    def _job(self, log: str, *words: str, **more: str) -> subprocess.Popen[bytes]:
        environment = {**self.options.environment, **more}
        return jobs.start(Command([sys.executable, *words], environment, self.folder.log(log)))

    async def _serve(self) -> None:
        """Servers first, then the workers. Raises StartError when an application does not start."""
        self.serving = [asyncio.create_task(service.server.serve()) for service in self.services]
        while not all(service.server.started for service in self.services):
            if any(task.done() for task in self.serving):
                raise StartError(f"a service does not start: see {self.folder.log('services')}")
            await asyncio.sleep(0.01)
        self.working = [asyncio.create_task(self._work(service)) for service in self.services]

    async def _work(self, service: Service) -> None:
        """Keeps the background loops of a service going."""
        worker = importlib.import_module(f"{service.name}_service.worker")
        while not self.workers_stop.is_set():
            try:
                await worker.run(service.settings, service.bus, self.workers_stop)
            except Exception:
                log.exception("the worker of %s ended", service.name)
                await asyncio.sleep(1)

    async def _end(self) -> None:
        """Gateway first, so that what is under way finishes; the database last."""
        self.supervisor.ask_to_end(["gateway"])
        await asyncio.sleep(0.2)
        for service in self.services:
            service.server.should_exit = True
        await self._within(4, self.serving)
        self.workers_stop.set()
        await self._within(2, self.working)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.buses.aclose(), 1)
        await self.supervisor.end(list(self.supervisor.children), 2)

    async def _within(self, seconds: float, tasks: list[asyncio.Task[None]]) -> None:
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()


def run(options: Options) -> None:
    """Runs the embedded system until it is told to end. Raises StartError when it cannot."""
    options.require_free_port()
    folder = DataFolder(options.data)
    folder.open(options.kind)
    adopt_orphans()
    import uvloop

    async def main() -> None:
        await Embedded(options, folder).run()

    uvloop.run(main())
