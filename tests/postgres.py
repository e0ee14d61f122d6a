"""PostgreSQL for a test run: one server, one migrated template for each service, databases copied from it."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from deploy.ports import Ports
from deploy.postgres import Cluster
from deploy.process import spawn
from shared import migrations


class Server:
    """A running server. Databases are never dropped: the whole cluster goes at the end of the run."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._templates: set[str] = set()
        self._numbers = itertools.count(1)

    def url(self, database: str) -> str:
        return f"postgresql://postgres:{self._cluster.superuser_password}@127.0.0.1:{self._cluster.port}/{database}"

    async def empty_database(self, name: str = "empty") -> str:
        """The address of a new database without tables."""
        return await self._create(name, "template1")

    async def database(self, service: str) -> str:
        """The address of a new database with the tables of a service and no rows."""
        template = f"template_{service}"
        if template not in self._templates:
            await self._execute(f"CREATE DATABASE {template}")
            await migrations.migrate(service, self.url(template))
            self._templates.add(template)
        return await self._create(service, template)

    async def _create(self, name: str, template: str) -> str:
        database = f"{name}_{next(self._numbers)}"
        await self._execute(f"CREATE DATABASE {database} TEMPLATE {template}")
        return self.url(database)

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


@contextmanager
def running_server() -> Iterator[Server]:
    """A new cluster in a temporary folder, gone afterwards. Call it from the main thread."""
    root = Path(tempfile.mkdtemp(prefix="taskwire-test-"))
    root.chmod(0o755)
    cluster = Cluster(root / "data", Ports().block(), root / "log", secrets.token_hex(24), {})
    process: subprocess.Popen[bytes] | None = None
    try:
        cluster.adopt(cluster.initialise())
        process = spawn(cluster.command())
        cluster.wait_until_ready(process)
        yield Server(cluster)
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
        shutil.rmtree(root, ignore_errors=True)
